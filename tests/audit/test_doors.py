"""The public doors of the ledger: proofs that anyone can check, and pages that say it in words."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client

from civic.audit import merkle
from civic.audit.models import Entry, Head, leaf_data
from civic.audit.services import record
from civic.audit.services.receipts import check_code, check_receipt, receipt_code, receipt_for
from civic.audit.services.sequence import sequence

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def entries(db: None) -> list[Entry]:
    """Eleven recorded steps under three heads: 4, 8 and 11 leaves."""
    found = [record(at=MONDAY, actor="timer", step="cases.case.accept", subject=f"cases.case:{i}") for i in range(11)]
    sequence(at=MONDAY, batch=4)
    return found


# API


def test_the_newest_head_carries_a_signature_that_the_published_key_verifies(client: Client, entries: object) -> None:
    head = client.get("/api/transparency/head").json()
    key = client.get("/api/transparency/keys").json()[0]

    load_pem_public_key(key["pem"].encode()).verify(base64.b64decode(head["signature"]), head["note"].encode())
    assert head["size"] == 11
    assert head["note"].split("\n")[:3] == ["civic/luan", "11", head["root"]]
    assert (head["key_id"], key["current"]) == (key["key_id"], True)


def test_before_the_first_record_there_is_no_head(client: Client, db: None) -> None:
    answer = client.get("/api/transparency/head")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("size", ["", "?size=8", "?size=5"])
def test_an_inclusion_proof_leads_from_the_entry_to_the_root(client: Client, entries: list[Entry], size: str) -> None:
    proof = client.get(f"/api/transparency/proof/3{size}").json()
    public = client.get("/api/transparency/entries/3").json()

    leaf = merkle.leaf_hash(leaf_data(3, bytes.fromhex(public["entry_hash"])))
    path = [bytes.fromhex(value) for value in proof["proof"]]
    assert leaf.hex() == proof["leaf_hash"] == public["leaf_hash"]
    assert merkle.verify_inclusion(leaf, 3, proof["tree_size"], path, bytes.fromhex(proof["root"]))
    assert (proof["head"] is None) == (size == "?size=5")


def test_an_entry_is_public_without_who_and_whom(client: Client, entries: list[Entry]) -> None:
    public = client.get("/api/transparency/entries/3").json()

    assert set(public) == {"leaf_index", "leaf_hash", "entry_hash", "step", "at"}
    assert (public["step"], public["at"]) == ("cases.case.accept", "2026-03-02T09:00:00.000000Z")


def test_any_two_signed_heads_are_consistent(client: Client, entries: list[Entry]) -> None:
    sizes = [head["size"] for head in client.get("/api/transparency/heads").json()["heads"]]
    assert sizes == [11, 8, 4]
    for first in sizes:
        for second in sizes:
            if first <= second:
                answer = client.get(f"/api/transparency/consistency?first={first}&second={second}").json()
                roots = tuple(bytes(Head.objects.get(size=size).root) for size in (first, second))
                path = [bytes.fromhex(value) for value in answer["proof"]]
                assert merkle.verify_consistency(first, second, path, roots)


def test_heads_come_in_pages(client: Client, entries: list[Entry]) -> None:
    newest = client.get("/api/transparency/heads?limit=2").json()
    older = client.get(f"/api/transparency/heads?limit=2&before={newest['older']}").json()

    assert ([h["size"] for h in newest["heads"]], newest["older"]) == ([11, 8], 8)
    assert ([h["size"] for h in older["heads"]], older["older"]) == ([4], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("proof/11", 404),
        ("proof/-1", 404),
        ("proof/99999999999999999999999", 404),
        ("proof/3?size=3", 404),
        ("proof/3?size=12", 404),
        ("entries/11", 404),
        ("entries/99999999999999999999999", 404),
        ("consistency?first=5&second=4", 404),
        ("consistency?first=5&second=12", 404),
        ("consistency?first=0&second=4", 422),
        ("consistency?first=1", 422),
        ("heads?limit=0", 422),
        ("proof/x", 422),
    ],
)
def test_what_is_not_in_the_ledger_is_refused(client: Client, entries: list[Entry], path: str, status: int) -> None:
    assert client.get(f"/api/transparency/{path}").status_code == status


@pytest.mark.parametrize(
    ("path", "queries"),
    [("head", 1), ("proof/3", 6), ("consistency?first=4&second=11", 7), ("entries/3", 2), ("heads", 1)],
)
def test_the_number_of_queries_does_not_grow_with_the_tree(
    client: Client, entries: list[Entry], django_assert_max_num_queries: object, path: str, queries: int
) -> None:
    with django_assert_max_num_queries(queries):  # type: ignore[operator]
        client.get(f"/api/transparency/{path}")


# Receipts


def test_a_receipt_holds_by_itself_and_against_the_ledger(entries: list[Entry]) -> None:
    receipt = json.loads(json.dumps(receipt_for(entries[5])))

    assert (receipt["state"], receipt["leaf_index"], receipt["tree_size"]) == ("sealed", 5, 11)
    assert len(receipt["proof"]) == 4
    assert check_receipt(receipt).holds


def test_an_old_receipt_still_holds_after_the_ledger_has_grown(entries: list[Entry]) -> None:
    receipt = receipt_for(entries[5])
    record(at=MONDAY, actor="timer", step="cases.case.decide", subject="cases.case:5")
    sequence(at=MONDAY)

    assert check_receipt(receipt).holds


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"entry_hash": "0" * 64}, [0]),
        ({"leaf_index": 4}, [0]),
        ({"leaf_index": "5"}, [0]),
        ({"leaf_index": True}, [0]),
        ({"proof": []}, [0]),
        ({"proof": ["xyz"]}, [0]),
        ({"proof": None}, [0]),
        ({"head": None}, [0, 1, 2]),
        ({"head": {"note": "civic/luan\n11\nAAAA\n", "key_id": "0", "signature": "AAAA"}}, [0, 1, 2]),
        ({"head": {"note": "civic/luan\n11\nAAAA\n", "key_id": "0", "signature": "ä"}}, [0, 1, 2]),
    ],
)
def test_a_changed_receipt_does_not_hold(entries: list[Entry], change: dict[str, object], wrong: list[int]) -> None:
    verdict = check_receipt({**receipt_for(entries[5]), **change})

    assert [number for number, (_, holds) in enumerate(verdict.checks) if not holds] == wrong
    assert not verdict.holds


def test_a_receipt_shows_that_the_ledger_was_rewritten(entries: list[Entry]) -> None:
    receipt = receipt_for(entries[5])
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_node SET hash = sha256('x') WHERE level = 3 AND index = 0")

    assert [holds for _, holds in check_receipt(receipt).checks] == [True, True, False]


def test_a_code_from_paper_is_checked_against_the_entry(entries: list[Entry]) -> None:
    code = receipt_code(entries[5])

    assert check_code(code).holds
    assert check_code(code.lower()).holds
    assert not check_code(code[:-1] + ("0" if code[-1] != "0" else "1")).holds
    assert not check_code("999999999-0000-0000-0000").holds


def test_before_it_is_sequenced_a_receipt_says_when_it_will_be(entries: list[Entry]) -> None:
    entry = record(at=MONDAY, actor="timer", step="cases.case.decide", subject="cases.case:5")

    receipt = receipt_for(entry)

    assert receipt["state"] == "pending"
    assert receipt["entry_hash"] == entry.hash().hex()
    assert receipt["expected_at"] > receipt["recorded_at"]
    assert check_code(receipt_code(entry)).holds


# Pages


def test_the_page_says_what_the_ledger_is_and_how_large(client: Client, entries: list[Entry]) -> None:
    answer = client.get("/transparency/")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "谁也不能悄悄改记录" in text
    assert base64.b64encode(bytes(Head.objects.newest().root)).decode() in text


def test_the_page_is_there_before_the_first_record(client: Client, db: None) -> None:
    assert "账本还没有记录" in client.get("/transparency/").content.decode()


def test_a_code_in_the_address_is_checked_at_once(client: Client, entries: list[Entry]) -> None:
    text = client.get("/transparency/verify/", {"code": receipt_code(entries[2])}).content.decode()

    assert "核对通过" in text
    assert "cases.case:2" not in text


def test_a_pasted_receipt_is_checked(client: Client, entries: list[Entry]) -> None:
    receipt = receipt_for(entries[2])
    good = client.post("/transparency/verify/", {"receipt": json.dumps(receipt)})
    bad = client.post("/transparency/verify/", {"receipt": json.dumps({**receipt, "leaf_index": 7})})

    assert "核对通过" in good.content.decode()
    assert "核对不通过" in bad.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "请填写回执编号，或者粘贴电子回执全文。"),
        ({"code": "12-zz"}, "回执编号的写法不对"),
        ({"receipt": "{"}, "这不是完整的电子回执"),
        ({"receipt": "[" * 9000}, "这不是完整的电子回执"),
        ({"receipt": "[1]"}, "这不是完整的电子回执"),
    ],
)
def test_what_cannot_be_a_receipt_is_answered_with_how_it_looks(
    client: Client, db: None, given: dict[str, str], words: str
) -> None:
    answer = client.post("/transparency/verify/", given)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert given.get("code", "") in answer.content.decode()


def test_the_pages_speak_english(client: Client, entries: list[Entry]) -> None:
    client.cookies["django_language"] = "en"

    assert "The public ledger: nobody can quietly change a record" in client.get("/transparency/").content.decode()
    assert "Check a receipt" in client.get("/transparency/verify/").content.decode()
