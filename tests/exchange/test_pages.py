"""The pages of data sharing: public lists, my data, the board, demands, contests, the record of questions."""

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.exchange.models import Call, Contest, Demand, Provider
from civic.exchange.services import draw
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, at_home, official, resident
from tests.factories.exchange import THREE, context

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city", "sources")]
DOORS = ("portal", "office.sources", "office.demands", "office.contests")


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in DOORS:
        monkeypatch.setattr(f"civic.exchange.{door}.now", lambda: MONDAY)


def staff(code: str = "gaj", *roles: str) -> Account:
    return official("李强", department=make.office_of(code), roles=roles or ("unit_handler",))


# Residents


@pytest.mark.parametrize(
    ("view", "words"),
    [("resources", "不动产涉税信息"), ("demands", "新生儿落户"), ("duties", "市公安局户政支队 0564-12345"),
     ("never", "宗教信仰"), ("odd", "不动产涉税信息")],
)  # fmt: skip
def test_the_lists_are_public(client: Client, view: str, words: str) -> None:
    answer = client.get(f"/exchange/?list={view}")

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_person_reads_who_asked_about_them_in_plain_words_and_no_value() -> None:
    wang = make.wang_fang()
    make.call(for_=wang)

    text = at_home(wang).get("/my/exchange/").content.decode()

    for words in ("六安市公安局", "人口基本信息", "新生儿落户", "审批", "户籍地址", "第七条", "已提供", "有一项不对"):
        assert words in text
    assert "皖西大道" not in text and "341502199001010025" not in text
    assert "新生儿落户" in at_home(wang).get("/my/").content.decode()


def test_a_person_reads_what_was_asked_about_them_in_the_matter_of_another(sources: make.Sources) -> None:
    wang, sun = make.wang_fang(), resident("孙浩", id_number="341503198812120019")
    make.call(for_=sun)

    assert "人口基本信息" in at_home(wang).get("/my/exchange/").content.decode()
    assert "人口基本信息" in at_home(sun).get("/my/exchange/").content.decode()
    assert "人口基本信息" not in at_home(resident("周建国")).get("/my/exchange/").content.decode()


def test_a_person_contests_a_field_reads_the_state_and_takes_it_back() -> None:
    wang = make.wang_fang()
    call, client = make.call(for_=wang), at_home(wang)
    path = f"/my/exchange/{call.handle}/contest/"
    assert "户籍地址" in client.get(f"{path}?field=address").content.decode()

    empty = client.post(path, {"field": "address", "words": ""})
    answer = client.post(path, {"field": "address", "words": "去年已经搬到裕安区。"})

    assert (empty.status_code, answer.status_code) == (400, 302)
    contest = Contest.objects.get()
    assert answer["Location"] == f"/my/contests/{contest.handle}/"
    shown = client.get(answer["Location"]).content.decode()
    assert "去年已经搬到裕安区。" in shown and "2026年3月16日" in shown
    assert "户籍地址" in client.get("/my/contests/").content.decode()
    assert "正在核实" in client.get("/my/exchange/").content.decode()
    assert client.post(f"/my/contests/{contest.handle}/withdrawal/").status_code == 302
    assert Contest.objects.get().state == "WITHDRAWN"


def test_a_stranger_finds_neither_the_call_nor_the_contest() -> None:
    wang, zhou = make.wang_fang(), resident("周建国")
    contest = make.contest(by=wang)
    client = at_home(zhou)

    for path in (f"/my/exchange/{contest.call.handle}/contest/", f"/my/contests/{contest.handle}/"):
        assert client.get(path).status_code == 404
    answer = client.post(f"/my/exchange/{contest.call.handle}/contest/", {"field": "name", "words": "写错了。"})
    assert (answer.status_code, Contest.objects.count()) == (404, 1)
    assert client.post(f"/my/contests/{contest.handle}/withdrawal/").status_code == 404


# Officials


def test_the_board_shows_every_source_with_failures_and_the_open_breaker(sources: make.Sources) -> None:
    sources.say("house", "TIMEOUT")
    for _ in range(3):
        draw(THREE, context=context(), at=MONDAY)
    make.contest(by=make.wang_fang())

    text = at_home(staff("sjzy", "supervisor")).get("/office/exchange/").content.decode()

    for words in ("已断开", "来源部门的系统没有在规定时间内答复。 ×2", "已断开", "数据核实 (1)"):
        assert words in text
    assert text.count("/office/exchange/sources/") == 8


@pytest.mark.parametrize("many", [1, 6])
def test_the_board_and_the_lists_ask_the_same_questions_however_much_there_is(
    django_assert_max_num_queries, many
) -> None:
    wang, steward = make.wang_fang(), staff("sjzy", "data_steward")
    contests = [
        make.contest(by=wang, field=field)
        for field in ("name", "address", "born_on", "sex", "alive", "area_code")[:many]
    ]
    for n in range(many):
        make.demand(by=official(department=make.office_of("rsj")), service=f"LA-JY-00{n}")
    client, me = at_home(steward), at_home(wang)
    client.get("/office/exchange/")
    me.get("/my/exchange/")

    for path, most in (
        ("/office/exchange/", 14), ("/office/exchange/calls/", 9), ("/office/exchange/demands/", 9),
        ("/office/exchange/contests/", 9),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    for path, most in (("/my/exchange/", 9), ("/my/contests/", 7), ("/exchange/?list=demands", 5)):
        with django_assert_max_num_queries(most):
            assert me.get(path).status_code == 200
    assert len(contests) == many


def test_the_record_of_questions_is_filtered_and_holds_no_value(sources: make.Sources) -> None:
    draw(THREE, context=context(), at=MONDAY)
    client = at_home(staff("sjzy", "auditor"))

    every = client.get("/office/exchange/calls/").content.decode()
    one = client.get("/office/exchange/calls/?resource=sw.property_tax&outcome=ANSWERED").content.decode()
    none = client.get("/office/exchange/calls/?service=LA-XX-001").content.decode()

    assert every.count("/office/exchange/calls/") >= 3
    assert "不动产涉税信息</td>" in one and "房屋交易和网签信息</td>" not in one
    assert "没有符合条件的查询。" in none
    detail = client.get(f"/office/exchange/calls/{Call.objects.first().handle}/").content.decode()
    assert "答复的指纹" in detail
    for value in ("王芳", "皖西大道", "800000"):
        assert value not in every + detail


def test_another_department_finds_no_call_of_others(sources: make.Sources) -> None:
    draw(THREE, context=context(), at=MONDAY)

    health = at_home(staff("wjw"))

    assert "没有符合条件的查询。" in health.get("/office/exchange/calls/").content.decode()
    assert health.get(f"/office/exchange/calls/{Call.objects.first().handle}/").status_code == 404
    assert at_home(resident()).get("/office/exchange/calls/").status_code == 404


def test_a_demand_is_proposed_and_approved_by_the_provider(sources: make.Sources) -> None:
    jobs, land = staff("rsj"), staff("zrzy", "unit_leader")
    form = {
        "resource": "zrzy.land", "service": "LA-JY-001", "service_name": "就业困难人员认定", "purpose": "decide",
        "legal_basis": "《中华人民共和国就业促进法》第五十二条", "fields": ["address"],
    }  # fmt: skip
    client = at_home(jobs)
    assert "不动产登记信息" in client.get("/office/exchange/demands/new/").content.decode()
    assert "坐落" in client.get("/office/exchange/demands/new/?resource=zrzy.land").content.decode()
    refused = client.post("/office/exchange/demands/new/", {**form, "legal_basis": ""})
    made = client.post("/office/exchange/demands/new/", form)

    demand = Demand.objects.get(service="LA-JY-001")
    path = f"/office/exchange/demands/{demand.pk}/"
    assert (refused.status_code, made["Location"], demand.state) == (400, path, "PROPOSED")
    assert "就业困难人员认定" in at_home(land).get("/office/exchange/demands/").content.decode()
    assert client.post(f"{path}approval/").status_code == 403
    assert Demand.objects.get(pk=demand.pk).state == "PROPOSED"
    assert at_home(land).post(f"{path}refusal/", {"reason": ""}).status_code == 400
    assert at_home(land).post(f"{path}approval/", {"seen": demand.version}).status_code == 302
    assert Demand.objects.get(pk=demand.pk).state == "APPROVED"
    assert client.get(path).status_code == 200
    assert client.post(f"{path}withdrawal/").status_code == 302
    assert Demand.objects.get(pk=demand.pk).state == "WITHDRAWN"


def test_the_source_answers_a_contest_and_the_person_reads_it() -> None:
    wang, police = make.wang_fang(), staff("gaj")
    contest = make.contest(by=wang)
    client, path = at_home(police), f"/office/exchange/contests/{contest.pk}/"
    assert "地址是旧的" in client.get(path).content.decode()
    assert "户籍地址" in client.get("/office/exchange/contests/").content.decode()

    assert client.post(f"{path}answer/", {"answer": "已更正。"}).status_code == 400
    assert client.post(f"{path}answer/", {"result": "corrected", "answer": "已按户籍档案更正。"}).status_code == 302

    assert Contest.objects.get().state == "CORRECTED"
    shown = at_home(wang).get(f"/my/contests/{contest.handle}/").content.decode()
    assert "已按户籍档案更正。" in shown and "已经更正" in shown
    assert at_home(staff("wjw")).get(path).status_code == 404


def test_an_official_contests_what_their_department_was_answered(sources: make.Sources) -> None:
    land = staff("zrzy")
    draw(THREE, context=context(land), at=MONDAY)
    call = Call.objects.get(resource__code="zjj.house")
    path = f"/office/exchange/calls/{call.handle}/"

    answer = at_home(land).post(f"{path}contest/", {"field": "built_in", "words": "档案写明为2012年建成。"})

    contest = Contest.objects.get()
    assert answer["Location"] == f"/office/exchange/contests/{contest.pk}/"
    assert contest.clear("words") == "档案写明为2012年建成。"
    assert (
        at_home(staff("zjj")).post(f"{path}contest/", {"field": "structure", "words": "不对。不对。"}).status_code
        == 403
    )


def test_only_the_operator_moves_a_source_and_never_inwards() -> None:
    operator, path = at_home(staff("sjzy", "operator")), "/office/exchange/sources/gaj/"

    for address in (
        "http://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://10.0.0.8/",
        "ftp://x",
        "https://[::1]/",
    ):
        answer = operator.post(path, {"address": address})
        assert answer.status_code == 400, address
        assert address in answer.content.decode()
    assert at_home(staff("gaj", "unit_leader")).post(path, {"address": ""}).status_code == 403
    assert Provider.objects.get(department__code="gaj").address == ""


def test_the_operator_sees_the_board_and_no_records() -> None:
    operator = at_home(staff("sjzy", "operator"))

    assert "查询记录" not in operator.get("/office/exchange/").content.decode()
    assert operator.get("/office/exchange/calls/").status_code == 404
