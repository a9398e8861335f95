"""The rule editor and its bench: a clerk writes, tries and compares rules without a programmer or a script."""

from typing import Any

import lxml.html
import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.catalogue.models import Version
from tests.catalogue.rule_sets import loan
from tests.factories import accounts
from tests.factories import catalogue as factory

pytestmark = pytest.mark.django_db
CODE = "LA-RS-009"
OFFICE = f"/office/catalogue/{CODE}"
BENCH = f"{OFFICE}/versions/1/rules/"


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def clerk() -> Client:
    rsj = accounts.department("rsj")
    return signed_in(accounts.official("李强", department=rsj, roles=("catalogue_clerk",)))


@pytest.fixture
def publisher() -> Client:
    sjj = accounts.department("sjj", "数据局")
    return signed_in(accounts.official("张敏", department=sjj, roles=("catalogue_publisher",)))


FACTS = {
    "count": "2",
    "0-key": "age", "0-name": "年龄", "0-name_en": "Age", "0-type": "integer", "0-source": "check.age",
    "1-key": "insured", "1-name": "已参保", "1-type": "boolean", "1-source": "rsj.insurance.insured",
}  # fmt: skip
SETTINGS = {"rules.auto": "true", "rules.recheck_rate": "0.05", "rules.usual": "age = 30\ninsured = 是"}
CONDITIONS = {
    "count": "2",
    "0-table": "申请人", "0-table_en": "The applicant", "0-key": "adult", "0-words": "年满16周岁",
    "0-when": "age: >= 16",
    "0-if_false": "DECLINE", "0-basis": "《社会保险法》第十条", "0-remedy": "请监护人代办。",
    "1-table": "申请人", "1-key": "covered", "1-words": "已经参保", "1-when": "insured：true",
    "1-only_if": "age: >= 16",
    "1-if_false": "PERSON", "1-basis": "《社会保险法》第五十八条",
}  # fmt: skip
EXAMPLES = {
    "count": "2",
    "0-name": "通常的申请", "0-facts": "", "0-outcome": "GRANT", "0-fired": "adult",
    "1-name": "查不到参保", "1-facts": "insured = ?", "1-outcome": "PERSON", "1-fired": "covered",
}  # fmt: skip


def save(client: Client, part: str, data: dict[str, Any], **more: Any) -> Any:
    return client.post(f"{OFFICE}/draft/{part}/", {**data, "do": "save", **more})


def text(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_clerk_writes_rules_and_a_publisher_puts_them_in_force(clerk: Client, publisher: Client) -> None:
    factory.draft(code=CODE)

    for part, data in (("facts", FACTS), ("rules", SETTINGS), ("conditions", CONDITIONS), ("examples", EXAMPLES)):
        assert save(clerk, part, data).status_code == 302, part
    assert "草稿没有错误" in text(clerk, f"{OFFICE}/")
    assert publisher.post(f"{OFFICE}/draft/publication/").status_code == 302

    rules = Version.objects.get(service__code=CODE).rules
    assert (rules["auto"], rules["recheck_rate"], rules["usual"]) == (True, 0.05, {"age": 30, "insured": True})
    (table,) = rules["tables"]
    assert (table["key"], table["name"], table["name_en"]) == ("table1", "申请人", "The applicant")
    assert table["rows"][1] == {
        "key": "covered", "words": "已经参保", "when": {"insured": "true"}, "only_if": {"age": ">= 16"},
        "if_false": "PERSON", "basis": "《社会保险法》第五十八条",
    }  # fmt: skip
    assert rules["examples"][1] == {
        "name": "查不到参保", "outcome": "PERSON", "fired": ["covered"], "facts": {"insured": None},
    }  # fmt: skip


def test_what_the_editor_shows_is_what_it_saves(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan())
    before = Version.objects.get(service__code=CODE).rules

    for part in ("facts", "rules", "conditions", "examples"):
        assert save(clerk, part, shown_form(clerk, part)).status_code == 302, part

    assert Version.objects.get(service__code=CODE).content()["rules"] == {**loan(), **before}


def shown_form(client: Client, part: str) -> dict[str, Any]:
    """Return what a browser would send of the page as it is shown."""
    page = lxml.html.fromstring(client.get(f"{OFFICE}/draft/{part}/").content.decode())
    form = next(form for form in page.forms if "seen" in form.inputs)
    values = {name: (value or "").removeprefix("\n") for name, value in form.form_values()}
    return {name: value for name, value in values.items() if name not in ("do", "csrfmiddlewaretoken")}


def test_rules_that_are_all_removed_leave_none(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(usual={}, examples=[], tables=[], auto=False, recheck_rate=0))

    assert save(clerk, "facts", {"count": "0"}).status_code == 302

    assert Version.objects.get(service__code=CODE).rules == {}


def test_saving_over_the_change_of_another_is_refused_and_stores_nothing(clerk: Client) -> None:
    draft = factory.draft(code=CODE, rules=loan())
    seen = draft.version
    assert (
        save(clerk, "basic", {"name": "新名", "theme": "社会保障", "category": "OTHER", "level": "CITY"}).status_code
        == 302
    )

    response = save(clerk, "conditions", CONDITIONS, seen=str(seen))

    assert response.status_code == 400
    assert "草稿在您编辑期间已被别人修改" in response.content.decode()
    assert Version.objects.get(pk=draft.pk).rules["tables"][1]["key"] == "money"


def test_another_departments_clerk_may_not_write_the_rules() -> None:
    draft = factory.draft(code=CODE, rules=loan())
    stranger = signed_in(accounts.official("孙浩", department=accounts.department("sw"), roles=("catalogue_clerk",)))

    response = save(stranger, "conditions", CONDITIONS)

    assert response.status_code == 400
    assert "只有事项所属部门的事项管理员可以编写这个事项" in response.content.decode()
    assert Version.objects.get(pk=draft.pk).rules == draft.rules


def test_a_failing_example_keeps_the_draft_from_being_published(publisher: Client) -> None:
    wrong = [{"name": "十五岁", "facts": {"age": 15}, "outcome": "GRANT"}]
    draft = factory.draft(code=CODE, rules=loan(examples=wrong))

    response = publisher.post(f"{OFFICE}/draft/publication/")

    assert response.status_code == 400
    told = "例子「十五岁」没有通过：应为「马上办结」，规则得出「不予受理」，没有满足：年满16周岁。"
    assert told in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_the_part_names_only_its_own_errors(clerk: Client) -> None:
    rules = loan(recheck_rate=7)
    factory.draft(code=CODE, rules=rules)

    assert "要填 0 到 1 之间的数" in text(clerk, f"{OFFICE}/draft/rules/?check=1")
    assert "要填 0 到 1 之间的数" not in text(clerk, f"{OFFICE}/draft/examples/?check=1")


# The bench


def test_the_bench_shows_outcome_reason_and_marks_of_the_examples(clerk: Client) -> None:
    wrong = [*loan()["examples"], {"name": "以为可以", "facts": {"age": 3}, "outcome": "GRANT"}]
    factory.draft(code=CODE, rules=loan(examples=wrong))

    page = text(clerk, BENCH)

    assert "有 1 个例子没有通过，现在不能发布。" in page
    assert "应为「马上办结」，规则得出「不予受理」，没有满足：年满16周岁" in page
    assert page.count(">通过<") == 3
    assert "每一百件由人再看 5 件" in page
    assert "不小于 16" in page


def test_typed_facts_are_tried(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan())

    page = text(clerk, BENCH + "?f-age=15&f-insured=?&f-kind=first&f-income=12.5&f-limit=2000&f-since=2020-01-31")

    result = page[page.index('id="ruling"') : page.index("</section>")]
    assert "不予受理" in result
    assert "年满16周岁" in result and "《社会保险法》第十条" in result and "请监护人代办。" in result
    assert "查不到的事实：已参保" in result


def test_a_fact_from_the_form_is_chosen_by_the_words_of_the_form(clerk: Client) -> None:
    facts = [{"key": "bank", "name": "银行", "type": "string", "source": "form.bank"}]
    row = {"key": "icbc", "words": "工商银行", "when": {"bank": '"icbc"'}, "if_false": "PERSON", "basis": "办法第一条"}
    tables = [{"key": "bank", "name": "账户", "rows": [row]}]
    examples = [{"name": "工商银行", "facts": {"bank": "icbc"}, "outcome": "GRANT"}]
    factory.draft(code=CODE, rules=loan(facts=facts, usual={"bank": "abc"}, tables=tables, examples=examples))

    page = text(clerk, BENCH)

    assert '<option value="abc" selected>农业银行</option>' in page
    assert "转人工" in page[page.index('id="ruling"') :]


def test_an_example_is_loaded_and_a_fragment_answers_htmx(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan())

    page = text(clerk, BENCH + "?example=3", **{"HX-Request": "true"})

    assert page.strip().startswith('<section id="ruling"')
    assert "转人工" in page and "已经参保" in page


@pytest.mark.parametrize("query", ["?example=0", "?example=99999999999", "?example=x", "?f-x=1", "?replay=1"])
def test_odd_questions_are_answered(clerk: Client, query: str) -> None:
    factory.draft(code=CODE, rules=loan())

    assert clerk.get(BENCH + query).status_code == 200


def test_the_bench_tells_who_would_be_decided_otherwise_than_now(clerk: Client, publisher: Client) -> None:
    factory.published_service(code=CODE, rules=loan())
    clerk.post(f"{OFFICE}/draft/")
    draft = Version.objects.drafts().get(service__code=CODE)
    draft.rules["tables"][0]["rows"][0]["when"] = {"age": ">= 31"}
    draft.edit(content=draft.content(), by="operator", at=factory.MONDAY)

    page = text(clerk, f"{OFFICE}/versions/2/rules/")

    part = page[page.index("与现行版本相比") : page.index('id="replay"')]
    assert "两版例子中，有 2 个结果不同" in part
    assert "通常的申请" in part and "查不到参保" in part and "十五岁" not in part


def past(code: str) -> list[tuple[str, dict[str, Any], str]]:
    usual = loan()["usual"]
    return [("LA20260001", usual, "GRANT"), ("LA20260002", {**usual, "age": 15}, "GRANT")]


def test_replay_lists_the_cases_by_number_and_only_when_asked(clerk: Client, settings: Any) -> None:
    settings.RULE_REPLAY_SOURCE = ""  # no room above keeps what rules decided
    factory.draft(code=CODE, rules=loan())
    assert "还没有保存过自动办结的办件" in text(clerk, BENCH)

    settings.RULE_REPLAY_SOURCE = "tests.catalogue.test_rule_editor.past"

    assert "LA20260002" not in text(clerk, BENCH)
    page = text(clerk, BENCH + "?replay=1")
    assert "重演了 2 件，其中 1 件结果不同。" in page
    assert "LA20260002" in page and "LA20260001" not in page


def test_rules_that_cannot_be_asked_are_named_on_the_bench(clerk: Client) -> None:
    rules = loan()
    rules["tables"][0]["rows"][0]["when"] = {"age": "> old"}
    factory.draft(code=CODE, rules=rules)

    page = text(clerk, BENCH)

    assert "规则还不能试算" in page
    assert "格子「age」提到了「old」" in page


def test_a_service_without_rules_says_so(clerk: Client) -> None:
    factory.draft(code=CODE)

    assert "这一版没有审批规则" in text(clerk, BENCH)


def test_the_bench_is_for_the_catalogues_own_officials() -> None:
    factory.draft(code=CODE, rules=loan())
    zhou = signed_in(accounts.official("周建国", department=accounts.department("rsj"), roles=("unit_handler",)))

    assert zhou.get(BENCH).status_code == 404
    assert Client().get(BENCH).status_code == 302


def test_the_bench_asks_the_database_a_fixed_number_of_times(clerk: Client, django_assert_max_num_queries: Any) -> None:
    many = [{"name": f"例子{i}", "facts": {"age": 16 + i}, "outcome": "GRANT"} for i in range(60)]
    factory.draft(code=CODE, rules=loan(examples=many))

    with django_assert_max_num_queries(8):
        assert clerk.get(BENCH).status_code == 200


def test_a_comparison_of_versions_names_the_rule_that_changed(clerk: Client) -> None:
    factory.published_service(code=CODE, rules=loan())
    clerk.post(f"{OFFICE}/draft/")
    draft = Version.objects.drafts().get(service__code=CODE)
    draft.rules["tables"][0]["rows"][0]["when"] = {"age": ">= 18"}
    draft.edit(content=draft.content(), by="operator", at=factory.MONDAY)

    page = text(clerk, f"{OFFICE}/versions/2/comparison/")

    assert "审批规则 · 规则 adult" in page
    assert "规则 covered" not in page


# What residents read


def test_the_service_page_says_what_is_checked_and_how_to_ask_for_a_person() -> None:
    factory.published_service(code=CODE, rules=loan())

    page = text(Client(), f"/services/{CODE}/")

    assert "哪些由机器核对" in page
    assert "年满16周岁" in page and "请监护人代办。" in page
    assert "每 100 件里再由人看 5 件" in page
    assert "《中华人民共和国个人信息保护法》第二十四条" in page


def test_rules_that_only_advise_are_not_on_the_service_page() -> None:
    factory.published_service(code=CODE, rules=loan(auto=False))

    assert "哪些由机器核对" not in text(Client(), f"/services/{CODE}/")
