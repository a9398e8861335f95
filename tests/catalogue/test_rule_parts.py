"""The parts of rules beside the tables: boxes for a clerk, errors at their inputs, nothing lost, nothing unknown."""

from typing import Any

import lxml.html
import pytest
from django.test import Client

from civic.catalogue import rules as law
from civic.catalogue.models import Version
from civic.catalogue.rule_changes import rule_changes
from civic.catalogue.rules import words
from civic.catalogue.rules.decision_after import Vocabulary
from tests.catalogue.rule_sets import loan
from tests.factories import accounts
from tests.factories import catalogue as factory

CODE = "LA-RS-009"
OFFICE = f"/office/catalogue/{CODE}"
VOCABULARY = Vocabulary(
    facts_by={"newborn": "新生儿落户", "allowance": "高龄津贴"},
    licences={"household_page": "户口电子页"},
    offered=("allowance",),
    asked={"newborn": {"child": "孩子的姓名", "applicant": "申请人的姓名"}},
)
CONSENT = {
    "rules.consent.fact": "insured",
    "rules.consent.words": "${applicant}为$child申请，您同意吗？",
    "rules.consent.words_en": "$applicant applies for $child. Do you agree?",
}
ONWARD = {
    "count": "2",
    "0-department": "rsj", "0-code": "card", "0-name": "制卡", "0-name_en": "Card", "0-after": "",
    "1-department": "sw", "1-code": "file", "1-name": "归档", "1-after": "rsj.card",
}  # fmt: skip
OFFER = {
    "rules.offer.age_from": "80", "rules.offer.answers": "bank = icbc\nreason = first",
    "rules.offer.words": "您可以领取津贴。", "rules.offer.words_en": "You can have it.",
}  # fmt: skip
BEFORE = {
    "rules.before.days": "3-5", "rules.before.visits": "2", "rules.before.papers": "", "rules.before.fields": "0",
    "rules.before.source": "2024年统计", "rules.before.source_en": "Statistics of 2024",
}  # fmt: skip


def known_words() -> Vocabulary:
    return VOCABULARY


@pytest.fixture
def clerk(db: Any, settings: Any) -> Client:
    settings.RULE_WORDS_SOURCE = "tests.catalogue.test_rule_parts.known_words"
    for code in ("rsj", "sw"):
        accounts.department(code, factory.NAMES[code])
    client = Client()
    client.force_login(accounts.official("李强", department=accounts.department("rsj"), roles=("catalogue_clerk",)))
    return client


def save(client: Client, part: str, data: dict[str, Any]) -> Any:
    return client.post(f"{OFFICE}/draft/{part}/", {**data, "do": "save"})


def stored() -> dict[str, Any]:
    rules: dict[str, Any] = Version.objects.get(service__code=CODE).rules
    return rules


def errors_at(page: Any) -> dict[str, str]:
    """Return what the page says is wrong: name of the input -> words."""
    tree = lxml.html.fromstring(page.content.decode())
    return {
        box.get("id").removesuffix("-error"): box.text_content().split(":", 1)[-1].strip()
        for box in tree.xpath("//p[contains(@class, 'govuk-error-message')]")
    }


def after(**parts: Any) -> list[tuple[str, str]]:
    """Return (pointer, code) of what keeps a service with these parts of rules from being published."""
    known = law.Known({"rsj", "sw"}, (), list(words.THEMES), list(words.LIFE_EVENTS), VOCABULARY)
    content = factory.content(rules=loan(**parts))
    return [(e.pointer, e.code) for e in law.content_errors(content, known) if e.pointer.startswith("/rules")]


# What is saved


def test_every_part_is_saved_as_the_city_pack_writes_it(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))

    for part, data in (("consent", CONSENT), ("onward", ONWARD), ("offer", OFFER), ("before", BEFORE)):
        assert save(clerk, part, data).status_code == 302, part

    rules = stored()
    assert rules["consent"] == {
        "fact": "insured",
        "words": "${applicant}为$child申请，您同意吗？",
        "words_en": "$applicant applies for $child. Do you agree?",
    }
    assert rules["onward"] == [
        {"notice": "rsj.card", "name": "制卡", "name_en": "Card"},
        {"notice": "sw.file", "name": "归档", "after": ["rsj.card"]},
    ]
    assert rules["offer"] == {
        "age_from": 80,
        "answers": {"bank": "icbc", "reason": "first"},
        "words": "您可以领取津贴。",
        "words_en": "You can have it.",
    }
    assert rules["before"] == {
        "days": "3-5", "visits": 2, "fields": 0, "source": "2024年统计", "source_en": "Statistics of 2024",
    }  # fmt: skip


def test_the_gatherer_and_the_licence_are_chosen_by_their_words(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan())
    chosen = {"rules.auto": "true", "rules.recheck_rate": "0.05", "rules.usual": "age = 30",
              "rules.facts_by": "newborn", "rules.licence": "household_page"}  # fmt: skip

    page = clerk.get(f"{OFFICE}/draft/rules/").content.decode()
    assert save(clerk, "rules", chosen).status_code == 302

    assert '<option value="newborn">新生儿落户</option>' in page
    assert '<option value="household_page">户口电子页</option>' in page
    assert (stored()["facts_by"], stored()["licence"]) == ("newborn", "household_page")


@pytest.mark.parametrize(("part", "data"), [("consent", CONSENT), ("offer", OFFER), ("before", BEFORE)])
def test_a_part_left_empty_is_not_there(clerk: Client, part: str, data: dict[str, str]) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))
    save(clerk, part, data)

    assert save(clerk, part, dict.fromkeys(data, "")).status_code == 302

    assert part not in stored()
    assert stored()["usual"] == loan()["usual"]


def test_follow_ups_that_are_all_removed_leave_none(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn", onward=[{"notice": "rsj.card", "name": "制卡"}]))

    assert save(clerk, "onward", {"count": "0"}).status_code == 302

    assert "onward" not in stored()


def test_what_the_editor_shows_of_the_parts_is_what_it_saves(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))
    for part, data in (("consent", CONSENT), ("onward", ONWARD), ("offer", OFFER), ("before", BEFORE)):
        save(clerk, part, data)
    before = stored()

    for part in ("rules", "consent", "onward", "offer", "before"):
        tree = lxml.html.fromstring(clerk.get(f"{OFFICE}/draft/{part}/").content.decode())
        form = next(form for form in tree.forms if "seen" in form.inputs)
        sent = {name: (value or "").removeprefix("\n") for name, value in form.form_values()}
        assert save(clerk, part, {**sent, "do": "save"}).status_code == 302

    assert stored() == before


def test_a_licence_that_is_no_longer_issued_stays_chosen_and_says_so(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn", licence="old_page"))

    page = clerk.get(f"{OFFICE}/draft/rules/?check=1")

    assert '<option value="old_page" selected>old_page（列表里没有）</option>' in page.content.decode()
    assert errors_at(page) == {"rules.licence": "没有「old_page」这种电子证照，请从列表中选择。"}


# What is wrong


def test_what_is_not_a_number_is_named_at_its_input_and_nothing_typed_is_lost(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))
    before = stored()

    page = save(clerk, "before", {**BEFORE, "rules.before.visits": "两次"})

    assert page.status_code == 400
    assert errors_at(page) == {"rules.before.visits": "「跑动次数」要填整数，例如 5，或留空。"}
    tree = lxml.html.fromstring(page.content.decode())
    typed = next(form for form in tree.forms if "seen" in form.inputs)
    assert typed.fields["rules.before.visits"] == "两次"
    assert typed.fields["rules.before.source"] == "2024年统计"
    assert stored() == before


def test_what_cannot_be_published_yet_is_kept_and_marked_at_its_input(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))

    answer = save(clerk, "before", {**BEFORE, "rules.before.source": "", "rules.before.days": "三天"})
    page = clerk.get(answer.url)

    assert answer.url == f"{OFFICE}/draft/before/?check=1"
    assert "已存入草稿；下面标出的几处改正以后才能发布。" in page.content.decode()
    assert errors_at(page) == {
        "rules.before.days": "工作日写成 5 或 3-5。",
        "rules.before.source": "请写明出处：以前的数字从哪里来。",
    }
    assert stored()["before"]["days"] == "三天"


def test_a_follow_up_that_waits_for_nothing_listed_is_opened_and_marked(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan(facts_by="newborn"))

    answer = save(clerk, "onward", {**ONWARD, "0-code": "Card!", "1-after": "rsj.card"})
    page = clerk.get(answer.url)

    assert set(errors_at(page)) == {"0-code", "1-after"}
    assert page.content.decode().count('<details class="c-card c-fold"') == 2
    assert lxml.html.fromstring(page.content.decode()).xpath("//details[@id='row-1' and @open]")


def test_the_desk_leads_from_each_error_to_its_input(clerk: Client) -> None:
    wrong = [{"name": "十五岁", "facts": {"age": 15}, "outcome": "GRANT"}]
    factory.draft(code=CODE, rules=loan(examples=wrong))

    page = clerk.get(f"{OFFICE}/").content.decode()

    (link,) = [a for a in lxml.html.fromstring(page).xpath("//li/a") if "没有通过" in a.text_content()]
    assert link.get("href") == f"{OFFICE}/draft/examples/?check=1#0-outcome"
    assert "1 处要改正" in page


def test_an_error_in_the_second_table_is_found_in_the_row_of_the_editor(clerk: Client) -> None:
    rules = loan()
    rules["tables"][1]["rows"][0]["when"] = {"income": "> lots"}
    factory.draft(code=CODE, rules=rules)

    page = clerk.get(f"{OFFICE}/draft/conditions/?check=1")

    assert list(errors_at(page)) == ["2-when"]


def test_the_bench_leads_to_the_row_only_a_clerk_of_the_department_may_mend(clerk: Client) -> None:
    factory.draft(code=CODE, rules=loan())
    other = Client()
    sw = accounts.department("sw")
    other.force_login(accounts.official("孙浩", department=sw, roles=("catalogue_clerk",)))

    mine = clerk.get(f"{OFFICE}/versions/1/rules/").content.decode()
    theirs = other.get(f"{OFFICE}/versions/1/rules/").content.decode()

    assert f"{OFFICE}/draft/examples/?open=1#row-1" in mine
    assert f"{OFFICE}/draft/conditions/?open=3#row-3" in mine
    assert "?open=" not in theirs
    assert "还没有选事实由谁收集，所以现在每件都由人办理。" in theirs


def test_a_comparison_shows_what_changed_beside_the_tables(clerk: Client) -> None:
    factory.published_service(code=CODE, rules=loan(facts_by="newborn"))
    clerk.post(f"{OFFICE}/draft/")
    for part, data in (("consent", CONSENT), ("onward", ONWARD), ("before", BEFORE)):
        clerk.post(f"{OFFICE}/draft/{part}/", {**data, "do": "save"})

    page = clerk.get(f"{OFFICE}/versions/2/comparison/").content.decode()

    for told in (
        "审批规则 · 征求另一个人同意",
        "审批规则 · 联办事项 rsj.card",
        "审批规则 · 联办事项 sw.file",
        "审批规则 · 以前怎样办",
    ):
        assert told in page
    assert "对方读到的话：${applicant}为$child申请，您同意吗？" in page
    assert "规则 adult" not in page


def test_a_comparison_names_the_box_and_says_outcomes_in_words() -> None:
    before = loan()
    after = loan(auto=False)
    after["tables"][0]["rows"][0] |= {"when": {"age": ">= 18"}, "if_false": "PERSON"}
    after["examples"] = [*after["examples"][1:], {"name": "新例", "facts": {"insured": None}, "outcome": "PERSON"}]

    assert list(rule_changes(before, after)) == [
        ("由规则自动办结", "是", ""),
        ("规则 adult · 条件", "age: >= 16", "age: >= 18"),
        ("规则 adult · 不满足时", "不予受理", "转人工"),
        ("例子 通常的申请", "名称：通常的申请\n英文名称：Usual\n预期结果：马上办结\n起作用的规则：adult", ""),
        ("例子 新例", "", "名称：新例\n与通常不同的事实：insured = ?\n预期结果：转人工"),
    ]
    assert list(rule_changes(before, before)) == []
    assert ("规则 adult", "") in [(what, was) for what, was, _now in rule_changes({}, before)]


# The law of these parts


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"facts_by": "newborn"}, []),
        ({"facts_by": "New born"}, [("/rules/facts_by", "invalid")]),
        ({"facts_by": "weather"}, [("/rules/facts_by", "unknown")]),
        ({"licence": "household_page"}, [("/rules/facts_by", "required")]),
        ({"facts_by": "newborn", "licence": "passport"}, [("/rules/licence", "unknown")]),
        ({"facts_by": "newborn", "consent": {"fact": "insured", "words": "$child？"}}, []),
        ({"facts_by": "newborn", "consent": {"fact": "age", "words": "$child？"}},
         [("/rules/consent/fact", "invalid")]),
        ({"facts_by": "newborn", "consent": {"fact": "insured"}}, [("/rules/consent/words", "invalid")]),
        ({"facts_by": "newborn", "consent": {"fact": "insured", "words": "$kid？"}},
         [("/rules/consent/words", "unknown")]),
        ({"facts_by": "newborn", "consent": {"fact": "insured", "words": "付 5 $？"}},
         [("/rules/consent/words", "unknown")]),
        ({"facts_by": "allowance", "consent": {"fact": "insured", "words": "好？"}}, [("/rules/consent", "not-asked")]),
        ({"facts_by": "newborn", "consent": "insured"}, [("/rules/consent", "shape")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.file", "name": "归档"}]}, []),
        ({"facts_by": "newborn", "onward": [{"notice": "mars.file", "name": "归档"}]},
         [("/rules/onward/0/notice", "unknown")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.file"}]}, [("/rules/onward/0/name", "invalid")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.f", "name": "归", "after": ["sw.f"]}]},
         [("/rules/onward/0/after", "invalid")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.f", "name": "归", "after": "sw.f"}]},
         [("/rules/onward/0/after", "invalid")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.f", "name": "归"}, {"notice": "sw.f", "name": "归"}]},
         [("/rules/onward/1/notice", "invalid")]),
        ({"facts_by": "newborn", "onward": [{"notice": "sw.f", "name": "归", "colour": "red"}]},
         [("/rules/onward", "type")]),
        ({"facts_by": "allowance", "offer": {"age_from": 80, "answers": {"bank": "icbc"}, "words": "可以领取。"}}, []),
        ({"facts_by": "newborn", "offer": {"age_from": 80, "answers": {}, "words": "您可以领取。"}},
         [("/rules/offer", "not-offered")]),
        ({"facts_by": "allowance", "auto": False, "offer": {"age_from": 80, "answers": {}, "words": "领取。"}},
         [("/rules/offer", "needs-rules")]),
        ({"facts_by": "allowance", "offer": {"age_from": 121, "words": "领取。"}},
         [("/rules/offer/age_from", "invalid"), ("/rules/offer/answers", "invalid")]),
        ({"facts_by": "allowance", "offer": {"age_from": 80, "answers": {"moon": "1", "bank": "x"}, "words": "领取。"}},
         [("/rules/offer/answers", "unknown"), ("/rules/offer/answers", "choice")]),
        ({"before": {"visits": 1000, "source": "统计"}}, [("/rules/before/visits", "range")]),
        ({"before": {"visits": True, "source": "统计"}}, [("/rules/before/visits", "range")]),
        ({"before": {"days": "3-5", "visits": 2}}, [("/rules/before/source", "required")]),
    ],
)  # fmt: skip
def test_each_part_says_what_it_lacks(parts: dict[str, Any], told: list[tuple[str, str]]) -> None:
    assert after(**parts) == told


def test_files_are_checked_without_knowing_the_rooms_above() -> None:
    known = law.Known({"rsj"}, (), list(words.THEMES), list(words.LIFE_EVENTS))

    content = factory.content(rules=loan(facts_by="weather", licence="passport"))

    assert not [error for error in law.content_errors(content, known) if error.pointer.startswith("/rules")]
