"""The API: the holder's own licence, verification by anybody, lists that may be kept for a minute."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client

from civic.audit.models import Entry
from civic.licences import services
from civic.licences.models import Ground
from tests.factories.accounts import MONDAY, department, official, resident, token
from tests.factories.licences import DEPARTMENTS, HOUSEHOLD, licence, rendering, signed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def wang():
    return resident("王芳", id_number="341502199001010025")


def get(account, found):
    return Client().get(f"/api/licences/{found.token}", headers={"Authorization": f"Bearer {token(account)}"})


def verify(**payload):
    return Client().post("/api/licences/verify", json.dumps(payload), content_type="application/json")


def test_the_holder_reads_her_licence_with_its_signed_forms():
    mother = wang()
    found = signed(holder=mother.person)

    answer = get(mother, found).json()

    assert answer["is_masked"] is False
    assert {field["key"]: field["value"] for field in answer["fields"]} == dict(HOUSEHOLD)
    assert set(answer["forms"]) == {"JSON", "SD_JWT"}
    assert [move["state"] for move in answer["history"]] == ["VALID"]
    assert answer["number"] == found.number


def test_a_stranger_and_another_department_find_nothing():
    found = signed(holder=wang().person)
    others = (resident("孙浩"), official(department=department("rsj"), roles=("unit_leader",)))

    assert [get(other, found).status_code for other in others] == [404, 404]
    assert Client().get(f"/api/licences/{found.token}").status_code == 401


def test_an_official_of_the_issuer_reads_it_masked_and_the_ledger_says_so():
    found = signed(holder=wang().person)
    li = official("李强", department=department("gaj", DEPARTMENTS["gaj"]), roles=("unit_handler",))

    answer = get(li, found).json()

    assert answer["is_masked"] is True
    assert answer["forms"] == {}
    shown = {field["key"]: field["value"] for field in answer["fields"]}
    assert (shown["name"], shown["id_number"], shown["sex"]) == ("王**", "34****************", "男")
    text = json.dumps(answer, ensure_ascii=False)
    assert not [
        value for key, value in HOUSEHOLD.items() if key in ("id_number", "address", "household_no") and value in text
    ]
    entry = Entry.objects.get(step="licences.licence.read")
    assert (entry.subject, entry.actor) == (found.ledger_id(), li.ledger_id())


def test_a_code_tells_the_state_and_a_masked_name_and_nothing_more():
    found = signed(holder=wang().person)

    answer = verify(code=found.shown_code.lower()).json()

    assert (answer["verdict"], answer["is_valid"], answer["state"]) == ("GENUINE", True, "VALID")
    assert [(claim["name"], claim["value"]) for claim in answer["licence"]["claims"]] == [("持证主体", "王**")]
    assert "341502" not in json.dumps(answer)


def test_an_unknown_code_is_told_so():
    answer = verify(code="2222-2222-2222-2222").json()

    assert (answer["verdict"], answer["is_valid"], answer["state"]) == ("UNKNOWN_CODE", False, None)


@pytest.mark.parametrize("form", ["JSON", "SD_JWT", "PDF"])
def test_a_file_is_genuine_until_a_bit_is_changed(form):
    found = signed()
    services.render_licence(licence=found, by="test", at=MONDAY)
    content = rendering(form, of=found).content
    changed = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]

    good = verify(file=base64.b64encode(content).decode()).json()
    bad = verify(file=base64.b64encode(changed).decode()).json()

    assert (good["verdict"], good["is_valid"], good["licence"]["form"]) == ("GENUINE", True, form)
    assert bad["is_valid"] is False
    assert bad["licence"] is None


def test_a_past_use_is_judged_as_of_its_date():
    found = signed()
    content = base64.b64encode(rendering(of=found).content).decode()
    found.revoke(Ground("户口迁出。"), by="rules", at=MONDAY + 2 * HOUR)

    then = verify(file=content, at=(MONDAY + HOUR).isoformat()).json()
    now = verify(file=content).json()

    assert (then["state"], now["state"]) == ("VALID", "REVOKED")
    assert then["at"] == "2026-03-02T02:00:00Z"
    assert now["message"] == "证照曾经真实颁发，但已注销或撤销，不能再用。"


@pytest.mark.parametrize("payload", [{}, {"code": "A", "file": "QQ=="}, {"file": "no base64!"}])
def test_neither_or_both_or_no_base64_is_refused(payload):
    answer = verify(**payload)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("nothing-to-verify")


def test_a_list_is_public_may_be_kept_and_is_known_again():
    found = licence()
    services.publish_status(status_list=found.status_list_id, at=MONDAY)
    address = f"/api/status-lists/{found.status_list_id}-revocation"

    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Content-Type"]) == (200, "application/vc+jwt")
    assert first["Cache-Control"] == "public, max-age=60"
    assert first["Last-Modified"] == "Mon, 02 Mar 2026 01:00:00 GMT"
    assert first.content.count(b".") == 2
    assert (again.status_code, again.content) == (304, b"")
    assert "Cookie" not in first.get("Vary", "")


def test_a_list_as_it_was_and_lists_that_never_were():
    found = licence()
    number = found.status_list_id
    services.publish_status(status_list=number, at=MONDAY)
    before = Client().get(f"/api/status-lists/{number}-revocation").content
    found.revoke(Ground("户口迁出。"), by="rules", at=MONDAY + HOUR)
    services.publish_status(status_list=number, at=MONDAY + HOUR)

    then = Client().get(f"/api/status-lists/{number}-revocation", {"at": "2026-03-02T01:30:00Z"}).content
    now = Client().get(f"/api/status-lists/{number}-revocation").content

    assert then == before
    assert now != before
    for name in ("9-revocation", f"{number}-beauty", "x-revocation", "99999999999-revocation", str(number)):
        assert Client().get(f"/api/status-lists/{name}").status_code == 404
    assert Client().get(f"/api/status-lists/{number}-revocation?at=2020-01-01T00:00:00Z").status_code == 404


def test_an_instant_without_a_zone_is_refused():
    found = licence()
    services.publish_status(status_list=found.status_list_id, at=MONDAY)

    assert verify(code=found.code, at="2026-03-02T10:00:00").status_code == 422
    assert Client().get(f"/api/status-lists/{found.status_list_id}-revocation?at=2026-03-02").status_code == 422


def test_reading_a_licence_asks_the_database_as_often_as_it_must(django_assert_num_queries):
    mother = wang()
    found = signed(holder=mother.person)
    headers = {"Authorization": f"Bearer {token(mother)}"}
    Client().get(f"/api/licences/{found.token}", headers=headers)

    with django_assert_num_queries(3):
        Client().get(f"/api/licences/{found.token}", headers=headers)
