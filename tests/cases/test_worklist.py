"""The lines of the worklist: read flat, they say what the cases themselves say, and to nobody else."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from civic.cases.lights import light_of
from civic.cases.lines import lines_of
from civic.cases.models import Case
from civic.cases.querysets import CaseQuerySet
from civic.cases.services import Principal
from civic.masking import keys
from civic.masking.models import SubjectKey
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
OLD_MASTER = base64.b64encode(bytes(range(32))).decode()
NEW_MASTER = base64.b64encode(bytes(32)).decode()
NOON = make.MONDAY + timedelta(hours=3)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.cases.office.worklist.now", lambda: NOON)


@pytest.fixture
def staff() -> dict[str, Client]:
    clients = {}
    for name, account in make.officials().items():
        clients[name] = Client()
        clients[name].force_login(account)
        clients[name].account = account
    return clients


def seen(client: Client, query: str = "", **cookies: str) -> str:
    client.cookies.load(cookies)
    return client.get(f"/office/cases/{query}").content.decode()


def by_urgency() -> CaseQuerySet:
    return Case.objects.all().by_urgency()


def cases_of_all_kinds(staff) -> None:
    """One that waits, one with three departments at once, one with the applicant, one of a firm, one that ended."""
    clerk = staff["clerk"].account
    make.case(by=people.resident("王芳"))
    make.case(by=people.resident("刘桂英")).accept(by=clerk, at=make.MONDAY)
    asked = make.case(by=people.resident("欧阳修文"))
    asked.request_correction(items=[{"pointer": "/form/price", "message": "请核对成交价。"}], by=clerk, at=make.MONDAY)
    agent, firm = people.resident("周建军"), people.organisation()
    held = people.mandate(agent=agent, principal=firm)
    make.submit_case(
        version=make.transfer_of_home(),
        application=make.application(),
        by=agent,
        at=make.MONDAY,
        principal=Principal.of(held, own=agent.person),
    )
    taken_back = make.case(by=people.resident("赵磊"))
    taken_back.withdraw(by=taken_back.applicant, at=make.MONDAY)


def test_a_line_says_what_the_case_says(staff) -> None:
    cases_of_all_kinds(staff)
    cases = list(by_urgency().for_list())

    lines = lines_of(by_urgency(), at=NOON)

    assert [(line.pk, line.number, line.state, line.is_over) for line in lines] == [
        (case.pk, case.number, case.state, case.act_by < NOON) for case in cases
    ]
    assert [(line.service, line.applicant, line.holders) for line in lines] == [
        (case.service_version.name, case.applicant_name, "、".join(case.holders)) for case in cases
    ]
    assert {line.applicant for line in lines} == {"王**", "刘**", "欧阳**", "六安示范茶业有限公司", "赵**"}
    assert {line.holders for line in lines} == {
        "自然资源和规划局", "自然资源和规划局、税务局、住建局", "申请人", ""
    }  # fmt: skip


def test_the_page_shows_the_light_and_the_words_of_each_case(staff) -> None:
    cases_of_all_kinds(staff)

    page = seen(staff["clerk"]) + seen(staff["clerk"], "?view=ended")

    for case in Case.objects.for_list():
        light, words = light_of(case, at=NOON)
        row = page.partition(f'href="/office/cases/{case.number}/"')[0].rpartition("<tr>")[2]
        assert f"c-light--{light}" in row
        assert words in row


def test_an_english_reader_gets_english_names_and_chinese_ones_marked_as_such(staff) -> None:
    make.case(by=people.resident("王芳"))

    with override("zh-hans"):
        chinese, english = seen(staff["clerk"]), seen(staff["clerk"], django_language="en")

    assert "Register the transfer of real estate" in english
    assert '<td data-label="Applicant" lang="zh-Hans">王**</td>' in english
    assert '<time datetime="2026-03-02">2 March 2026</time>' in english
    assert '<td data-label="事项">不动产转移登记</td>' in chinese
    assert '<td data-label="申请人">王**</td>' in chinese
    assert '<time datetime="2026-03-02">2026年3月2日</time>' in chinese


def test_only_a_clerk_can_choose_a_row_though_others_saw_it_first(staff) -> None:
    case = make.case(by=people.resident("王芳"))
    box = f'<input type="checkbox" name="number" value="{case.number}"'

    pages = [seen(staff[who]) for who in ("handler", "clerk", "handler")]

    assert [box in page for page in pages] == [False, True, False]


def test_a_department_sees_no_line_of_another_though_it_is_remembered(staff) -> None:
    case = make.case(by=people.resident("王芳"))

    assert case.number in seen(staff["clerk"], "?view=all")
    for view in ("lead", "task", "all", "ended"):
        assert case.number not in seen(staff["stranger"], f"?view={view}")


def test_a_row_follows_its_case(staff) -> None:
    case = make.case(by=people.resident("王芳"))
    before = seen(staff["clerk"])

    case.accept(by=staff["clerk"].account, at=make.MONDAY)

    assert '<td data-label="状态" class="c-nowrap">待受理</td>' in before
    assert '<td data-label="状态" class="c-nowrap">办理中</td>' in seen(staff["clerk"])
    assert '<td data-label="状态" class="c-nowrap">待受理</td>' not in seen(staff["clerk"])


def test_a_deleted_subjects_name_is_gone_from_a_page_that_has_shown_it(staff) -> None:
    case = make.case(by=people.resident("王芳"))
    before = seen(staff["clerk"])

    case.person.key.shred(by="operator", at=NOON)

    after = seen(staff["clerk"])
    assert "王**" in before
    assert "王**" not in after
    assert "(已删除)" in after


def test_a_corrected_name_takes_the_place_of_the_one_that_was_shown(staff) -> None:
    case = make.case(by=people.resident("王芳"))
    seen(staff["clerk"])

    case.person.correct(name="黄小芳", by="test", at=NOON)

    assert "黄**" in seen(staff["clerk"])
    assert "王**" not in seen(staff["clerk"])


def test_a_name_outlives_a_change_of_the_master_key(staff, settings) -> None:
    settings.MASTER_KEY = OLD_MASTER
    case = make.case(by=people.resident("王芳"))
    seen(staff["clerk"])

    settings.MASTER_KEY = f"{NEW_MASTER},{OLD_MASTER}"
    SubjectKey.objects.rewrap()
    settings.MASTER_KEY = NEW_MASTER

    assert SubjectKey.objects.get(pk=case.person.key_id).master_id == keys.current_master_id()
    assert "王**" in seen(staff["clerk"])


def test_a_page_costs_two_questions_however_many_rows(staff, django_assert_num_queries) -> None:
    wang = people.resident("王芳")
    make.case(by=wang)
    seen(staff["clerk"])

    with django_assert_num_queries(2):  # lines, saved filters; session and account are prepared statements of our own
        seen(staff["clerk"])
    for _ in range(3):
        make.case(by=wang)
    with django_assert_num_queries(2):
        assert seen(staff["clerk"]).count("c-light--") == 4


def test_pages_follow_each_other_without_a_gap(staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.cases.office.worklist.PAGE_SIZE", 2)
    wang = people.resident("王芳")
    numbers = [make.case(by=wang, at=make.MONDAY + timedelta(days=n // 2)).number for n in range(5)]

    pages, query = [], ""
    for _ in range(3):
        pages.append(seen(staff["clerk"], query))
        query = pages[-1].partition('href="/office/cases/?cursor=')[2].partition('"')[0]
        query = f"?cursor={query}" if query else ""

    shown = [[number for number in numbers if number in page] for page in pages]
    assert shown == [numbers[:2], numbers[2:4], numbers[4:]]
    assert query == ""


def test_the_rows_alone_are_the_rows_of_the_page(staff) -> None:
    case = make.case(by=people.resident("王芳"))

    rows = staff["clerk"].get("/office/cases/", headers={"HX-Request": "true"}).content.decode()

    assert rows.lstrip().startswith('<form method="post" action="/office/cases/bulk/acceptance/" id="rows">')
    assert case.number in rows
    assert "<html" not in rows
