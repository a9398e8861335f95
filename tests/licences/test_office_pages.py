"""Officials of the issuing department find licences and change their state; those who used one see what was granted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civic.audit.models import Entry
from civic.home.services import readings_of
from civic.licences.models import Ground, Licence, Use
from tests.factories import wallet
from tests.factories.accounts import MONDAY, at_home, department, official

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("office.register", "office.uses"):
        monkeypatch.setattr(f"civic.licences.{door}.now", lambda: LATER)


@pytest.fixture
def leader():
    return official("周丽", department=department("gaj", "六安市公安局"), roles=["unit_leader"])


def words(page) -> str:
    return page.content.decode()


def test_a_department_lists_its_own_licences_masked(leader):
    held = wallet.own_licence()
    other = wallet.own_licence("marriage_certificate")

    page = words(at_home(leader).get("/office/licences/"))

    assert held.shown_code in page and other.shown_code not in page
    assert "王小宝" not in page and "示范路" not in page
    assert at_home(wallet.wang()).get("/office/licences/").status_code == 404


@pytest.mark.parametrize("what", ["code", "shown_code", "number", "case"])
def test_a_code_or_number_leads_straight_to_the_licence(leader, what):
    held = wallet.own_licence()
    wallet.own_licence(case="LA202603020000000025")

    answer = at_home(leader).get("/office/licences/", {"q": getattr(held, what)})

    assert answer["Location"] == f"/office/licences/{held.token}/"


def test_the_list_asks_as_often_for_many_as_for_one(leader):
    client = at_home(leader)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/office/licences/")
        return len(asked)

    wallet.own_licence()
    count()
    one = count()
    for number in range(5):
        wallet.own_licence(case=f"LA{number}")

    assert count() == one


def test_a_look_is_recorded_and_a_stranger_finds_nothing(leader):
    held = wallet.own_licence()
    li = official("李强", department=department("zrzy", "六安市自然资源和规划局"), roles=["unit_leader"])

    page = at_home(leader).get(f"/office/licences/{held.token}/")

    assert page.status_code == 200 and "王小宝" not in words(page)
    assert Entry.objects.get(step="licences.licence.read").actor == leader.ledger_id()
    told = [(line.department, line.field) for line in readings_of(wallet.wang(), at=LATER)]
    assert told == [("六安市公安局", "户口电子页（示范）")]
    assert at_home(li).get(f"/office/licences/{held.token}/").status_code == 404
    assert at_home(li).post(f"/office/licences/{held.token}/suspension/", {"reason": "核查。"}).status_code == 404


def test_a_leader_suspends_resumes_and_revokes_from_the_first_day(leader):
    held, client = wallet.own_licence(), at_home(leader)
    here = f"/office/licences/{held.token}/"

    client.post(here + "suspension/", {"reason": "核查户口信息。", "decision": "六公户〔2026〕1号"})
    assert Licence.objects.get().state == "SUSPENDED"
    client.post(here + "resumption/", {"reason": "核查无误。"})
    assert Licence.objects.get().state == "VALID"
    client.post(here + "revocation/", {"reason": "以欺骗手段取得。", "from_start": "true"})

    found = Licence.objects.get()
    assert (found.state, found.state_as_of(MONDAY)) == ("REVOKED", "REVOKED")
    page = words(client.get(here))
    assert "六公户〔2026〕1号" in page and "核查户口信息。" in page
    assert "证照现在是「已注销」状态，不能进行这一步。" in page


def test_without_a_reason_or_seen_by_an_older_page_nothing_changes(leader):
    held, client = wallet.own_licence(), at_home(leader)
    here = f"/office/licences/{held.token}/suspension/"

    assert client.post(here, {"reason": " "}).status_code == 400
    assert client.post(here, {"reason": "核查。", "seen": "7"}).status_code == 412
    assert Licence.objects.get().state == "VALID"


def test_a_handler_reads_why_they_may_not_move_it():
    held = wallet.own_licence()
    handler = official("李强", department=held.authority, roles=["unit_handler"])
    here = f"/office/licences/{held.token}/"

    assert "变更证照状态由部门负责人办理" in words(at_home(handler).get(here))
    assert at_home(handler).post(here + "suspension/", {"reason": "核查。"}).status_code == 403
    assert Licence.objects.get().state == "VALID"


def test_a_department_sees_of_a_used_licence_what_it_was_granted_and_no_more():
    use = wallet.use()
    li = official("李强", department=use.department)
    client, here = at_home(li), f"/office/licences/uses/{use.handle}/"

    masked = words(client.get(here))
    refused = client.post(here, {"purpose": "查"})
    clear = words(client.post(here, {"purpose": "核对申请人的婚姻状况"}))

    assert "姓名示范" not in masked and "配偶姓名" in masked
    assert refused.status_code == 400 and "姓名示范" not in words(refused)
    assert "姓名示范" in clear and "配偶姓名示范" in clear and "结婚证字号示范" not in clear
    assert [entry.step for entry in Entry.objects.filter(actor=li.ledger_id()).order_by("pk")] == [
        *("licences.use.read", "licences.use.note") * 3,
        "masking.value.reveal",
    ]
    assert Use.objects.filter(kind="LOOK", reader=li.ledger_id()).count() == 3  # each page that was shown


def test_another_department_does_not_see_the_use():
    use = wallet.use()
    stranger = official("李强", department=department("sw", "六安市税务局"))

    assert at_home(stranger).get(f"/office/licences/uses/{use.handle}/").status_code == 404
    assert at_home(wallet.wang()).get(f"/office/licences/uses/{use.handle}/").status_code == 404


def test_of_a_deleted_holder_nothing_is_left_but_that_there_was_a_licence(leader):
    held, client = wallet.own_licence(), at_home(leader)
    held.suspend(Ground("核查户口信息。"), by="rules", at=MONDAY)
    held.key.shred(by="test", at=MONDAY)

    pages = [client.get("/office/licences/"), client.get(f"/office/licences/{held.token}/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert all(held.shown_code in words(page) and "核查户口信息" not in words(page) for page in pages)
