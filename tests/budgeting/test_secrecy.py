"""A superuser takes all there is and tries to find out who chose what: no attack is better than drawing lots.

200 people vote, each for a choice of their own, and the attacker knows the whole database, during the vote and after:
every table with xmin and ctid, the ledger with its times, what pg_dump writes and in which order, and the row images
that a trigger on each table writes down in the order of the statements, as the log of the database (WAL) has them. He
guesses a ballot for each voter. Drawing lots within a batch of 50 he would be right four times of 200 on average.

The same attacks on a box that is filled as ballots come in find nearly everybody: they can see what there is to see.
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from civic.budgeting.models import Ballot, Batch, Envelope, Mark, Opening, Poll, Stub
from civic.budgeting.models.casting import _written
from civic.budgeting.rules.marking import Choices
from civic.budgeting.states import Source
from tests.factories import budgeting as make
from tests.factories import participation as shared
from tests.factories.accounts import MONDAY
from tests.factories.budgeting import AFTER

VOTERS, ROUND = 200, 50
PROJECTS = [f"P{nth}" for nth in range(1, 25)]
CHOICES = list(combinations(PROJECTS, 2))[:VOTERS]  # each voter another one, so that a hit is a hit
CHANCE = 2e-4  # of calling an honest box bad, for each attack

Row = Mapping[str, Any]
Guess = dict[int, tuple[str, ...]]  # voter's mark -> choice


@dataclass
class View:
    """All that the attacker has: rows by table, each with xmin, ctid and its columns, and row images in log order."""

    tables: dict[str, list[Row]]
    log: list[tuple[str, Row]]

    def marks(self) -> list[Row]:
        return sorted(self.tables["budgeting_mark"], key=lambda row: row["id"])

    def ballots(self) -> list[Row]:
        return self.tables["budgeting_ballot"]


# What the attacker sees


@contextmanager
def wiretap() -> Iterator[None]:
    """Write down every row that any statement writes, in order and with its transaction: what the log holds."""
    names = ("mark", "stub", "envelope", "batch", "ballot", "opening")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tapped (nth bigserial, name text, row jsonb, xid text)")
        cursor.execute("""CREATE FUNCTION tap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO tapped (name, row, xid)
            VALUES (TG_TABLE_NAME, to_jsonb(NEW), pg_current_xact_id()::text); RETURN NEW; END $$""")
        for name in (*(f"budgeting_{one}" for one in names), "audit_entry", "procrastinate_jobs"):
            cursor.execute(f"CREATE TRIGGER tapped AFTER INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION tap()")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in (*(f"budgeting_{one}" for one in names), "audit_entry", "procrastinate_jobs"):
                cursor.execute(f"DROP TRIGGER tapped ON {name}")
            cursor.execute("DROP FUNCTION tap(); DROP TABLE tapped")


def view() -> View:
    """Read every table there is, as a superuser."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tapped'")
        names = [name for (name,) in cursor.fetchall()]
        tables = {name: _rows(cursor, f'SELECT xmin::text AS "_xmin", ctid::text AS "_ctid", * FROM "{name}"')
                  for name in names}  # fmt: skip
        log = [(row["name"], {**json.loads(row["row"]), "_xmin": row["xid"]})
               for row in _rows(cursor, "SELECT name, row::text, xid FROM tapped ORDER BY nth")]  # fmt: skip
    return View(tables, log)


def _rows(cursor: Any, statement: str) -> list[Row]:
    cursor.execute(statement)
    columns = [column.name for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


# The attacks: each guesses for every voter, one to one within what it pairs


def pair(marks: Sequence[Row], ballots: Sequence[Row]) -> Guess:
    return {mark["id"]: tuple(ballot["projects"]) for mark, ballot in zip(marks, ballots, strict=False)}


def place(row: Row) -> tuple[int, ...]:
    return tuple(int(part) for part in row["_ctid"].strip("()").split(","))


def by_place(seen: View) -> Guess:
    """The nth on the register cast the nth ballot that lies in the table."""
    return pair(sorted(seen.marks(), key=place), sorted(seen.ballots(), key=place))


def by_dump_order(seen: View) -> Guess:
    """As pg_dump writes the rows: in the order of the scan."""
    return pair(seen.tables["budgeting_mark"], seen.ballots())


def by_transaction(seen: View) -> Guess:
    """By the transaction that wrote them, oldest first, then place."""
    rank = lambda row: (int(row["_xmin"]), place(row))  # noqa: E731
    return pair(sorted(seen.marks(), key=rank), sorted(seen.ballots(), key=rank))


def by_id(seen: View) -> Guess:
    return pair(seen.marks(), sorted(seen.ballots(), key=lambda row: str(row["id"])))


def by_log(seen: View) -> Guess:
    """By the order of row images in the log: the last mark before each ballot that nobody has been given."""
    marks = [row for name, row in seen.log if name == "budgeting_mark"]
    return pair(marks, [row for name, row in seen.log if name == "budgeting_ballot"])


def by_time(seen: View) -> Guess:
    """By the ledger's times: who was marked nth at the clock, and what the ledger names nth."""
    entries = sorted(seen.tables["audit_entry"], key=lambda row: (row["recorded_at"], row["id"]))
    ids = [int(row["subject"].split(":")[1]) for row in entries if row["step"] == "budgeting.mark.put"]
    by_pk = {row["id"]: row for row in seen.marks()}
    return pair([by_pk[one] for one in ids], sorted(seen.ballots(), key=lambda row: (int(row["_xmin"]), place(row))))


def by_envelope(seen: View) -> Guess:
    """By the envelopes: the nth used credential came with the nth envelope; try its name and bytes on the ballots."""
    envelopes = [row for name, row in seen.log if name == "budgeting_envelope"]
    found: Guess = {}
    left = {str(row["id"]): row for row in seen.ballots()}
    for mark, envelope in zip(seen.marks(), envelopes, strict=False):
        said = [row for row in left.values() if all(one in bytes.fromhex(envelope["content"][2:]).decode("latin-1")
                for one in (f'"{project}"' for project in row["projects"]))]  # fmt: skip
        hit = left.get(str(envelope["id"])) or (said[0] if len(said) == 1 else None)
        if hit is not None:
            found[mark["id"]] = tuple(hit["projects"])
    return found or pair(seen.marks(), sorted(seen.ballots(), key=lambda row: str(row["id"])))


def by_batch_and_rank(seen: View) -> Guess:
    """By the rank of the ids of the envelopes: both lots might have been drawn alike."""
    envelopes = [row for name, row in seen.log if name == "budgeting_envelope"]
    order = sorted(range(len(envelopes)), key=lambda nth: str(envelopes[nth]["id"]))
    marks = seen.marks()
    return pair([marks[nth] for nth in order], sorted(seen.ballots(), key=lambda row: str(row["id"])))


def by_latest_batch(seen: View) -> Guess:
    """A batch's ballots are those of the voters marked just before it, in turn."""
    found: Guess = {}
    waiting: list[Row] = []
    batch: list[Row] = []
    for name, row in [*seen.log, ("end", {})]:
        if batch and name != "budgeting_ballot":
            found |= pair(waiting[: len(batch)], batch)
            waiting, batch = waiting[len(batch) :], []
        if name == "budgeting_mark":
            waiting.append(row)
        elif name == "budgeting_ballot":
            batch.append(row)
    return found


ATTACKS: list[Callable[[View], Guess]] = [
    by_place, by_dump_order, by_transaction, by_id, by_log, by_time, by_envelope, by_batch_and_rank, by_latest_batch,
]  # fmt: skip


# What is attacked


def held() -> Poll:
    options = [{"id": name, "name": f"项目{name}", "cost": "1000.00"} for name in PROJECTS]
    return make.poll(options=options, limits={})


def everybody_votes(poll: Poll, cast: Callable[[make.Voter, tuple[str, ...]], object]) -> dict[int, tuple[str, ...]]:
    """Let 200 vote one after another, each at once after the register, as people do; return who chose what."""
    truth: dict[int, tuple[str, ...]] = {}
    chosen = random.Random(7).sample(CHOICES, VOTERS)
    for nth, choice in enumerate(chosen):
        at = MONDAY + timedelta(seconds=nth)
        voter = make.voter(poll, make.neighbour(nth))
        voter.ask(at=at)
        cast(voter, choice)
        truth[Mark.objects.get(person=voter.account.person).pk] = choice
        if nth % ROUND == ROUND - 1:
            Batch.objects.mix(poll, at=at)
    Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)
    return truth


def bound(chances: Sequence[float]) -> int:
    """Return the least number of hits that lots drawn with these chances reach less often than CHANCE (exact)."""
    spread = [1.0]
    for chance in chances:  # the distribution of a sum of independent draws
        spread = [
            (spread[n] * (1 - chance) if n < len(spread) else 0) + (spread[n - 1] * chance if n else 0)
            for n in range(len(spread) + 1)
        ]
    tail, hits = 1.0, 0
    while tail >= CHANCE:
        tail -= spread[hits]
        hits += 1
    return hits


def hits(guess: Guess, truth: Guess) -> int:
    return sum(guess.get(mark) == choice for mark, choice in truth.items())


@pytest.mark.django_db(transaction=True)
def test_who_takes_the_whole_database_finds_no_more_than_who_draws_lots() -> None:
    poll = held()
    with wiretap():
        truth = everybody_votes(poll, lambda voter, choice: voter.cast(*choice, at=MONDAY))
        seen = view()

    sizes = sorted(Batch.objects.values_list("size", flat=True))
    assert (sum(sizes), min(sizes) >= 20, Ballot.objects.count()) == (VOTERS, True, VOTERS)
    assert sorted(tuple(row["projects"]) for row in seen.ballots()) == sorted(truth.values())
    most = bound([1 / size for size in sizes for _ballot in range(size)])
    found = {attack.__name__: hits(attack(seen), truth) for attack in ATTACKS}
    assert {name: count for name, count in found.items() if count >= most} == {}
    assert math.isclose(sum(1 / size for size in sizes for _ballot in range(size)), len(sizes))


@pytest.mark.django_db(transaction=True)
def test_the_same_attacks_open_a_box_that_is_filled_as_ballots_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    poll = held()

    def straight_in(voter: make.Voter, choice: tuple[str, ...]) -> None:
        Batch.objects.put(poll, [(uuid4(), Choices(choice))], source=Source.URN, by="test", at=MONDAY)

    with wiretap():
        monkeypatch.setattr("civic.budgeting.models.box.OpeningManager._counted", _unchecked)
        truth = everybody_votes(poll, straight_in)
        seen = view()

    found = {attack.__name__: hits(attack(seen), truth) for attack in ATTACKS}
    assert {name for name, count in found.items() if count == VOTERS} >= {
        "by_place", "by_dump_order", "by_transaction", "by_log", "by_time", "by_latest_batch",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_same_attacks_read_envelopes_that_are_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    poll = held()
    monkeypatch.setattr("civic.masking.models.SubjectKey.seal_bytes", lambda _key, plain, field: plain)
    monkeypatch.setattr("civic.masking.models.SubjectKey.open_bytes", lambda _key, plain, field: bytes(plain))
    poll.signing_key = _resealed(poll)

    with wiretap():
        truth = everybody_votes(poll, lambda voter, choice: voter.cast(*choice, at=MONDAY))
        seen = view()

    assert hits(by_envelope(seen), truth) == VOTERS


def _resealed(poll: Poll) -> bytes:
    """Return a signing key in the clear that fits the poll that is held in memory."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    from civic.core import blind_signature

    fresh = blind_signature.new_key(2048)
    poll.public_key = fresh.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return fresh.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _unchecked(_manager: object, poll: Poll, at: object) -> Opening:
    return Opening(poll=poll, ending="OPENED", marks=VOTERS, online=0, paper=VOTERS, spoiled=0, opened_at=at)


# Where else a link could lie


@pytest.mark.django_db(transaction=True)
def test_no_table_holds_anything_of_a_credential_or_a_choice_but_stub_and_box() -> None:
    """The blinded message's digest is all that stands beside the person; it is of no use without the veil."""
    poll = held()
    with wiretap():
        voter = make.voter(poll)
        voter.ask()
        stub, _first = voter.cast("P7", "P9")
        seen = view()

    words = [stub.receipt, voter.prepared.hex(), voter.signature.hex(), '["P7", "P9"]', "P7,P9"]
    holding = {
        (name, word[:12])
        for name, rows in seen.tables.items()
        for row in rows
        for word in words
        if word in json.dumps(row, default=_as_text)
    }
    assert {name for name, _word in holding} == {"budgeting_stub", "audit_entry"}
    entry = next(row for row in seen.tables["audit_entry"] if row["step"] == "budgeting.stub.cast")
    assert (entry["actor"], json.loads(entry["detail"]) if isinstance(entry["detail"], str) else entry["detail"]) == (
        "voter", {},
    )  # fmt: skip
    stub_columns = {field.name for field in Stub._meta.concrete_fields}
    envelope_columns = {field.name for field in Envelope._meta.concrete_fields}
    assert stub_columns == {"receipt", "poll", "message", "signature"}
    assert envelope_columns == {"id", "poll", "content"}
    assert seen.tables["procrastinate_jobs"] == []


@pytest.mark.django_db(transaction=True)
def test_the_register_and_the_used_credential_are_written_in_different_transactions() -> None:
    poll = held()
    with wiretap():
        voter = make.voter(poll)
        voter.ask()
        voter.cast("P1")
        seen = view()

    (mark,), (stub,) = seen.tables["budgeting_mark"], seen.tables["budgeting_stub"]
    assert mark["_xmin"] != stub["_xmin"]


def test_any_credential_could_have_been_under_any_veil() -> None:
    """For two voters and either of their credentials there is a veil that leads to the blinded message of the other."""
    from civic.core import blind_signature as blind

    key = blind.new_key(2048)
    n, d = key.public_key().public_numbers().n, key.private_numbers().d
    messages = [blind.prepare(b"a" * 32), blind.prepare(b"b" * 32)]
    veiled = [blind.blind(key.public_key(), one) for one in messages]
    signed = [blind.finalise(key.public_key(), one, blind.sign(key, veil.words), veil.inverse)
              for one, veil in zip(messages, veiled, strict=True)]  # fmt: skip

    for words in (int.from_bytes(veil.words) for veil in veiled):
        for signature in (int.from_bytes(one) for one in signed):
            encoded = pow(signature, 65537, n)
            veil = pow(words * pow(encoded, -1, n) % n, d, n)
            assert encoded * pow(veil, 65537, n) % n == words


def _as_text(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def test_the_bound_is_the_exact_tail_of_the_binomial() -> None:
    chances = [1 / 50] * 200
    most = bound(chances)
    tail = sum(math.comb(200, n) * 0.02**n * 0.98 ** (200 - n) for n in range(most, 201))

    assert tail < CHANCE <= tail + math.comb(200, most - 1) * 0.02 ** (most - 1) * 0.98 ** (201 - most)


def test_what_lies_in_an_envelope_is_named_by_an_id_that_is_nowhere_else() -> None:
    assert json.loads(_written(UUID(int=5), Choices(("P1",))))["id"] == UUID(int=5).hex
