"""The residents' pages of a case that was sent: where it stands, the decision, corrections, withdrawal, the look-up."""

from datetime import timedelta

import pytest
from django.test import Client

from civic.cases.lights import light_of
from civic.cases.models import Case
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
ANSWERS = {"certificate": "皖2020六安市不动产权第0001234号", "price": "850000.00"}


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal.mine", "portal.track", "office.case"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: make.MONDAY + timedelta(hours=1))


@pytest.fixture
def wang():
    return people.resident("王芳", phone="13800005678")


def test_the_case_page_the_clock_and_the_list_show_where_it_stands(wang) -> None:
    case = make.case(by=wang)
    client = people.at_home(wang)

    assert "待受理" in client.get(f"/my/cases/{case.number}/").content.decode()
    assert "起算当日" in client.get(f"/my/cases/{case.number}/clock/").content.decode()
    assert case.number in client.get("/my/cases/").content.decode()
    assert people.at_home(people.resident("孙浩")).get(f"/my/cases/{case.number}/").status_code == 404


@pytest.mark.parametrize(("verb", "outcome"), [("grant", "准予"), ("refuse", "不予批准")])
def test_a_decision_is_read_and_printed_on_the_case_page(wang, verb, outcome) -> None:
    case = make.decided(verb=verb, by=wang)
    case.deliver(by="system", at=make.MONDAY + timedelta(minutes=1))

    page = people.at_home(wang).get(f"/my/cases/{case.number}/").content.decode()

    decision = page.split('id="decision"')[1].split("<h2")[0]
    for words in (outcome, "材料齐全，权属清楚。", "《不动产登记暂行条例》第十七条", "自然资源和规划局", "电子送达"):
        assert words in decision
    assert "六十日内申请行政复议，或者自收到之日起六个月内提起行政诉讼" in decision
    assert "data-print hidden" in decision
    assert people.at_home(people.resident("孙浩")).get(f"/my/cases/{case.number}/").status_code == 404


def test_why_there_is_more_time_is_told_on_the_case_and_the_clock_page(wang) -> None:
    staff = make.officials()
    case = make.case(by=wang)
    case.accept(by=staff["clerk"], at=make.MONDAY)
    case.ask_extension(days=5, reason="合同要向银行核实。", by=staff["handler"], at=make.MONDAY)
    client = people.at_home(wang)
    assert "合同要向银行核实。" not in client.get(f"/my/cases/{case.number}/").content.decode()

    case.extend(by=staff["leader"], at=make.MONDAY)

    for page in ("", "clock/"):
        shown = client.get(f"/my/cases/{case.number}/{page}").content.decode()
        for words in ("合同要向银行核实。", "5 个工作日", "周丽", "《中华人民共和国行政许可法》第四十二条"):
            assert words in shown


def test_a_correction_is_answered_on_the_page(wang) -> None:
    staff = make.officials()
    case = make.case(by=wang)
    items = [{"pointer": "/form/price", "message": "请核对成交价。"}]
    case.request_correction(items=items, by=staff["clerk"], at=make.MONDAY)
    client = people.at_home(wang)

    assert "请核对成交价。" in client.get(f"/my/cases/{case.number}/correction/").content.decode()
    wrong = client.post(f"/my/cases/{case.number}/correction/", {**ANSWERS, "price": "?"})
    right = client.post(f"/my/cases/{case.number}/correction/", {**ANSWERS, "price": "860000.00"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert Case.objects.get().latest_submission.form["price"] == "860000.00"
    assert client.get(f"/my/cases/{case.number}/correction/")["Location"] == f"/my/cases/{case.number}/"


def test_withdrawal_is_asked_first(wang) -> None:
    case = make.case(by=wang)
    client = people.at_home(wang)

    client.get(f"/my/cases/{case.number}/withdrawal/")
    assert Case.objects.get().state == "SUBMITTED"
    client.post(f"/my/cases/{case.number}/withdrawal/")
    assert Case.objects.get().state == "WITHDRAWN"


def test_the_reason_of_a_withdrawal_is_kept_sealed_and_shown(wang) -> None:
    case = make.case(by=wang)
    client = people.at_home(wang)

    client.post(f"/my/cases/{case.number}/withdrawal/", {"reason": "  买卖已经取消。 "})

    stored = Case.objects.get()
    assert (stored.state, stored.withdrawal_reason) == ("WITHDRAWN", "买卖已经取消。")
    assert "买卖" not in bytes(stored.withdrawal_sealed).decode("utf-8", "ignore")
    assert "买卖已经取消。" in client.get(f"/my/cases/{case.number}/").content.decode()


def test_the_public_look_up_never_says_which_half_was_wrong(wang) -> None:
    case = make.case(by=wang)
    client = Client()

    found = client.post("/track/", {"number": case.number.lower(), "phone_tail": "5678"})
    wrong_tail = client.post("/track/", {"number": case.number, "phone_tail": "0000"})
    typo = client.post("/track/", {"number": case.number[:-1] + "?", "phone_tail": "5678"})
    no_tail = client.post("/track/", {"number": case.number, "phone_tail": "ab"})

    assert found.status_code == 200
    assert "王" not in found.content.decode()
    assert [page.status_code for page in (wrong_tail, typo, no_tail)] == [422, 422, 422]


def test_the_look_up_names_each_empty_field(client: Client) -> None:
    page = client.post("/track/", {"number": "", "phone_tail": ""})

    assert page.status_code == 422
    assert "请填写办件编号。" in page.content.decode()
    assert "请输入申请时手机号的后四位数字。" in page.content.decode()
    assert "编号里有字输错了" not in page.content.decode()


def test_resident_and_official_read_the_same_countdown(wang) -> None:
    case = make.case(by=wang)
    words = light_of(case, at=make.MONDAY + timedelta(hours=1))[1]

    clerk = people.at_home(make.officials()["clerk"]).get(f"/office/cases/{case.number}/").content.decode()
    own = people.at_home(wang).get(f"/my/cases/{case.number}/").content.decode()

    assert words == "剩5个工作日"
    assert words in own
    assert clerk.count(words) == 2
    assert "还剩" not in own + clerk


def test_while_the_applicant_has_to_answer_the_page_shows_their_time_and_no_promise_of_the_city(wang) -> None:
    staff = make.officials()
    case = make.case(by=wang)
    before = people.at_home(wang).get(f"/my/cases/{case.number}/").content.decode()
    items = [{"pointer": "/form/price", "message": "成交价与合同不一致，请核对。"}]

    case.request_correction(items=items, by=staff["clerk"], at=make.MONDAY)

    page = people.at_home(wang).get(f"/my/cases/{case.number}/").content.decode()
    assert "答复是否受理" in before and "补正时限" not in before
    assert "补正时限" in page and "答复是否受理" not in page
