"""Windows, who may take part, and what came on paper: the same rules for everybody, nothing changed in silence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from civic.accounts.rules import Level
from civic.audit.models import Entry
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.participation.models import Eligibility, Extension, PaperEntry, Phase
from civic.participation.models.eligibility import LaidDownAlready, NotEligible
from civic.participation.models.phase import PhaseClosed, PhasesClash
from civic.participation.models.sheet import EnteredAlready
from civic.participation.rules.eligibility import Conditions, Facts, why_not
from civic.participation.rules.phases import Standing, Window, clash, standing
from civic.participation.services import admit, facts_of
from tests.factories import accounts as people
from tests.factories import participation as make
from tests.factories.accounts import MONDAY
from tests.factories.participation import DAY, ROUND

SECOND = timedelta(seconds=1)
db = pytest.mark.django_db


def window(begin: int, end: int, *acts: str) -> Window:
    return Window(MONDAY + begin * DAY, MONDAY + end * DAY, frozenset(acts))


# Windows, pure


def test_a_window_holds_from_its_first_instant_and_not_at_its_last() -> None:
    open_days = window(0, 10, "propose")

    assert [open_days.holds("propose", at) for at in (MONDAY - SECOND, MONDAY, MONDAY + 10 * DAY - SECOND)] == [
        False, True, True,
    ]  # fmt: skip
    assert not open_days.holds("propose", MONDAY + 10 * DAY)
    assert not open_days.holds("vote", MONDAY)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (window(10, 20, "propose"), set()),  # one begins as the other ends
        (window(9, 20, "propose"), {"propose"}),
        (window(9, 20, "support"), set()),  # another act
        (window(2, 3, "support", "propose"), {"propose"}),
        (window(-5, 0, "propose"), set()),
        (window(-5, 30, "propose"), {"propose"}),
    ],
)
def test_windows_may_overlap_but_not_for_the_same_act(other: Window, shared: set[str]) -> None:
    assert clash(window(0, 10, "propose"), [other]) == shared
    assert clash(other, [window(0, 10, "propose")]) == shared


def test_an_act_is_open_or_opens_next_or_has_ended_last() -> None:
    both = [window(0, 2, "vote"), window(5, 7, "vote"), window(0, 9, "read")]

    assert standing(both, "vote", MONDAY) == Standing(True)
    assert standing(both, "vote", MONDAY + 3 * DAY) == Standing(False, MONDAY + 5 * DAY, MONDAY + 2 * DAY)
    assert standing(both, "vote", MONDAY + 7 * DAY) == Standing(False, None, MONDAY + 7 * DAY)
    assert standing(both, "draw", MONDAY) == Standing(False)


# Windows, kept


@db
def test_a_refusal_says_when_it_opens_or_that_it_ended_on_the_citys_clock() -> None:
    make.phase()  # from Monday 09:00 in Lu'an, ten days
    say = Phase.objects.why_not

    assert say("propose", ROUND, at=MONDAY - SECOND) == "还没有开始，2026-03-02 09:00开放。"
    assert say("propose", ROUND, at=MONDAY) is None
    assert say("propose", ROUND, at=MONDAY + 10 * DAY) == "已于2026-03-12 09:00截止。"
    assert say("vote", ROUND, at=MONDAY) == "这里没有安排这一步。"
    assert say("propose", "budgeting.round:2", at=MONDAY) == "这里没有安排这一步。"
    assert Phase.objects.allows("propose", ROUND, at=MONDAY)
    with pytest.raises(PhaseClosed, match="截止"):
        Phase.objects.require_open("propose", ROUND, at=MONDAY + 10 * DAY)


@db
def test_a_window_that_clashes_or_ends_before_it_begins_is_not_planned() -> None:
    make.phase()

    with pytest.raises(PhasesClash, match="propose"):
        make.phase(kind="late", acts=("support", "propose"), days=3)
    with pytest.raises(Invalid):
        make.phase("budgeting.round:2", days=0)
    with pytest.raises(Invalid):
        make.phase("budgeting.round:2", acts=())

    assert Phase.objects.count() == 1
    make.phase(kind="support", acts=("support",), days=3)
    assert Phase.objects.of(ROUND).count() == 2


@db
def test_an_extension_has_a_reason_and_is_a_step_of_the_ledger_that_everybody_can_read() -> None:
    phase = make.phase()

    phase.extend(closes_at=MONDAY + 20 * DAY, reason="汛期停电，三天不能提交。", by=make.zhao_min(), at=MONDAY)

    made = Extension.objects.get(phase=phase)
    assert (made.was, made.until, made.reason) == (MONDAY + 10 * DAY, MONDAY + 20 * DAY, "汛期停电，三天不能提交。")
    assert Phase.objects.allows("propose", ROUND, at=MONDAY + 15 * DAY)
    assert Entry.objects.filter(step="participation.phase.extend", subject=phase.ledger_id()).count() == 1


@db
@pytest.mark.parametrize(
    ("until", "reason", "at", "words"),
    [
        (20, "", 1, "请写4至"),
        (10, "请假的人多。", 1, "只能延长，不能缩短"),
        (5, "请假的人多。", 1, "只能延长，不能缩短"),
        (20, "请假的人多。", 10, "已经截止，不能再延长"),
        (31, "请假的人多。", 1, "重叠"),
    ],
)
def test_an_extension_without_reason_backwards_too_late_or_into_another_window_changes_nothing(
    until: int, reason: str, at: int, words: str
) -> None:
    phase = make.phase()
    later = Window(MONDAY + 30 * DAY, MONDAY + 40 * DAY, frozenset({"propose"}))
    Phase.objects.plan(ROUND, kind="again", window=later, unit=make.bureau(), by="test", at=MONDAY)

    with pytest.raises((Invalid, Conflict), match=words):
        phase.extend(closes_at=MONDAY + until * DAY, reason=reason, by=make.zhao_min(), at=MONDAY + at * DAY)

    assert Phase.objects.get(pk=phase.pk).closes_at == MONDAY + 10 * DAY
    assert not Extension.objects.exists()
    assert not Entry.objects.filter(step="participation.phase.extend").exists()


@db
def test_only_the_leader_of_the_unit_extends() -> None:
    phase = make.phase()
    for someone in (make.chen_jing(), people.official("周建", roles=("unit_leader",))):
        with pytest.raises(NotAllowed):
            phase.extend(closes_at=MONDAY + 20 * DAY, reason="汛期停电。", by=someone, at=MONDAY)


@db
def test_the_database_refuses_a_shortening() -> None:
    made = make.extension()
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=made.pk).update(until=made.was)


# Who may take part, pure

JINAN = Conditions(area="341502", area_name="金安区", residence="EITHER", minimum_age=16, level=Level.REAL_NAME)
GRANDMOTHER = Facts(level=Level.PRESENT, born_on=date(1955, 3, 7), lives_in="341502001", registered_in="341503")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (GRANDMOTHER, None),
        (Facts(Level.REAL_NAME, date(2010, 3, 2), "341502001002"), None),  # sixteen today
        (Facts(Level.REAL_NAME, date(2010, 3, 3), "341502001002"), "年满16周岁"),
        (Facts(Level.REAL_NAME, None, "341502001"), "出生日期"),
        (Facts(Level.PHONE, date(1990, 1, 1), "341502001"), "综合窗口登记，由工作人员协助参与"),
        (Facts(Level.REAL_NAME, date(1990, 1, 1), "341503001", "341504"), "面向居住或户籍在金安区的人。登记有误"),
        (Facts(Level.REAL_NAME, date(1990, 1, 1), "341503001", "341502"), None),  # registered there
        (Facts(Level.REAL_NAME, date(1990, 1, 1)), "还不知道您住在哪里"),
    ],
)
def test_who_may_take_part_and_what_others_are_told(facts: Facts, words: str | None) -> None:
    told = why_not(facts, JINAN, on=date(2026, 3, 2))

    assert (told is None) == (words is None)
    assert words is None or words in (told or "")


@pytest.mark.parametrize(
    ("residence", "lives_in", "registered_in", "may"),
    [
        ("NONE", "", "", True), ("LIVING", "341502001", "", True), ("LIVING", "341503", "341502", False),
        ("REGISTERED", "341503", "341502", True), ("REGISTERED", "341502001", "341503", False),
    ],
)  # fmt: skip
def test_living_and_being_registered_somewhere_are_two_things(
    residence: str, lives_in: str, registered_in: str, may: bool
) -> None:
    asked = Conditions("341502", "金安区", residence, 0, Level.PHONE)
    facts = Facts(Level.PHONE, None, lives_in, registered_in)

    assert (why_not(facts, asked, on=date(2026, 3, 2)) is None) == may


def test_the_whole_city_contains_its_counties_and_no_other_citys() -> None:
    city = Conditions("341500", "六安市", "LIVING", 0, Level.PHONE)

    assert why_not(Facts(Level.PHONE, None, "341523001"), city, on=date(2026, 3, 2)) is None
    assert why_not(Facts(Level.PHONE, None, "340100"), city, on=date(2026, 3, 2)) is not None


# Who may take part, kept


@db
def test_where_nothing_is_laid_down_nobody_may_and_it_is_laid_down_once() -> None:
    assert Eligibility.objects.why_not(ROUND, GRANDMOTHER, at=MONDAY) == "还没有公布谁可以参与。"
    make.eligibility()

    assert Eligibility.objects.why_not(ROUND, GRANDMOTHER, at=MONDAY) is None
    with pytest.raises(LaidDownAlready):
        make.eligibility(minimum_age=18)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.eligibility("budgeting.round:2", level=Level.PHONE)  # an age that nobody knows


@db
def test_the_age_is_counted_on_the_citys_day() -> None:
    make.eligibility()
    born = Facts(Level.REAL_NAME, date(2010, 3, 2), "341502001")
    evening_before = datetime(2026, 3, 1, 16, tzinfo=UTC)  # 00:00 of 2 March in Lu'an

    assert Eligibility.objects.why_not(ROUND, born, at=evening_before) is None
    assert Eligibility.objects.why_not(ROUND, born, at=evening_before - SECOND) is not None


@db
def test_a_grandmother_without_telephone_or_account_takes_part_at_the_counter_under_the_same_rules() -> None:
    make.phase()
    make.eligibility()
    liu = people.person("刘桂英", id_number="34150219550307002X", level=Level.PRESENT)

    admit("propose", ROUND, facts=facts_of(liu, lives_in="341502001"), at=MONDAY)

    assert not hasattr(liu, "account")
    with pytest.raises(NotEligible, match="协助参与"):
        admit("propose", ROUND, facts=facts_of(None), at=MONDAY)
    with pytest.raises(PhaseClosed, match="截止"):
        admit("propose", ROUND, facts=facts_of(liu, lives_in="341502001"), at=MONDAY + 10 * DAY)


# Paper


@db
def test_what_came_on_paper_says_from_which_sheet_and_line_and_who_entered_it() -> None:
    sheet = make.sheet()

    made = sheet.enter(line=3, subject="consultation.opinion:5", by=make.chen_jing(), at=MONDAY + DAY)

    assert (made.sheet.number, made.line, made.entered_by) == ("2026-001", 3, make.chen_jing())
    entry = Entry.objects.get(step="participation.sheet.enter")
    assert entry.detail == {"of": "consultation.opinion:5", "line": "3"}


@db
@pytest.mark.parametrize(("line", "subject"), [(1, "x.y:1"), (2, "consultation.opinion:5")])
def test_a_line_is_entered_once_and_an_entry_is_of_one_line(line: int, subject: str) -> None:
    first = make.paper_entry()  # line 1, opinion 5

    with pytest.raises(EnteredAlready):
        first.sheet.enter(line=line, subject=subject, by=make.chen_jing(), at=MONDAY)

    assert PaperEntry.objects.count() == 1


@db
def test_a_line_that_is_not_on_the_sheet_a_second_sheet_of_that_number_and_strangers_are_refused() -> None:
    sheet = make.sheet(lines=2)
    for line in (0, 3):
        with pytest.raises(Invalid, match="只有2行"):
            sheet.enter(line=line, subject="x.y:1", by=make.chen_jing(), at=MONDAY)
    with pytest.raises(EnteredAlready):
        make.sheet()
    with pytest.raises(NotAllowed):
        sheet.enter(line=1, subject="x.y:1", by=people.official("周建"), at=MONDAY)

    clerk = people.official("张敏", roles=("window_clerk",))
    assert sheet.enter(line=1, subject="x.y:1", by=clerk, at=MONDAY).entered_by == clerk
