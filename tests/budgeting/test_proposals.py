"""A proposal: proposed, signed by several, supported, judged with a right to mend, merged with every credit, built."""

from datetime import timedelta
from decimal import Decimal

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account
from civic.budgeting.models import Answer, CoAuthor, Milestone, Proposal, Support
from civic.budgeting.models.credit import JoinedAlready, SupportedAlready
from civic.budgeting.models.delivery import AnsweredAlready, MilestoneDone
from civic.budgeting.models.proposal import RepairOver
from civic.budgeting.round_states import PROPOSAL_STEPS, ProposalState
from civic.budgeting.rules.screening import Finding
from civic.budgeting.services_of_rounds import ask_acceptance, lapse_unmended
from civic.budgeting.tasks import announce
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.notifications.models import Notice
from civic.participation.models import PaperEntry
from civic.participation.models.eligibility import NotEligible
from civic.participation.models.phase import PhaseClosed
from civic.participation.models.sheet import EnteredAlready, NotInTime
from civic.participation.services import facts_of
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.accounts import MONDAY
from tests.factories.rounds import DAY, DELIVERY, SCREENING

pytestmark = pytest.mark.django_db
FRESH = {"title": "3号楼加装电梯", "problem": make.LIFT[1], "place": make.LIFT[3], "cost": "330000"}


def told(step: str) -> list[dict[str, object]]:
    jobs = ProcrastinateJob.objects.filter(task_name="civic.budgeting.tasks.announce").order_by("id")
    return [job.args for job in jobs if job.args["step"] == step]


def elsewhere() -> Account:
    return people.official("吴浩", department=people.department("cgj", "六安市城市管理行政执法局"))


def test_proposals_are_numbered_in_their_round() -> None:
    found = make.opened()

    first, second = make.proposal(found), make.proposal(found, make.CANTEEN, by=make.sun_hao())

    assert [(one.number, one.code, one.cost) for one in (first, second)] == [
        (1, "1", Decimal("350000")), (2, "2", Decimal("480000")),
    ]  # fmt: skip


def test_before_and_after_the_window_and_from_elsewhere_nobody_proposes() -> None:
    found, wang = make.opened(), make.wang_fang()
    elsewhere = facts_of(wang.person, lives_in="341503002")

    with pytest.raises(PhaseClosed):
        make.proposal(found, at=MONDAY - DAY)
    with pytest.raises(PhaseClosed):
        make.proposal(found, at=SCREENING)
    with pytest.raises(NotEligible):
        Proposal.objects.propose(found, make.idea(found), facts=elsewhere, by=wang, at=MONDAY)
    with pytest.raises(NotAllowed):
        make.proposal(found, by=shared.chen_jing())

    assert not Proposal.objects.exists()


@pytest.mark.parametrize("cost", ["0", "-1", "1.005", "1000000.01", "NaN"])
def test_a_cost_that_is_no_amount_of_this_money_is_refused(cost: str) -> None:
    with pytest.raises(Invalid) as refused:
        make.proposal(words=("加装电梯", make.LIFT[1], cost, "3号楼"))

    assert [one.pointer for one in refused.value.errors] == ["cost"]
    assert not Proposal.objects.exists()


def test_a_co_author_who_has_accepted_is_credited_and_may_change_it() -> None:
    made = make.proposal()
    with pytest.raises(NotAllowed):
        made.change(FRESH, reason="厂家报价。", by=make.sun_hao(), at=MONDAY, seen=None)

    make.coauthor(made)
    made.change(FRESH, reason="厂家报价。", by=make.sun_hao(), at=MONDAY + DAY, seen=None)

    assert [one.person.name for one in made.credits()] == ["王芳", "孙浩"]
    kept = made.changes.get()
    assert kept.changes == [{"field": "cost", "was": "350000.00", "now": "330000"}]
    assert (kept.reason, kept.by_unit, made.cost) == ("厂家报价。", False, Decimal("330000"))
    with pytest.raises(JoinedAlready):
        make.coauthor(made)
    with pytest.raises(JoinedAlready):
        make.coauthor(made, by=make.wang_fang())
    assert CoAuthor.objects.count() == 1


def test_a_support_is_given_once_taken_back_and_given_again() -> None:
    made = make.proposal()

    make.support(made)
    with pytest.raises(SupportedAlready):
        make.support(made)
    assert made.backers() == 1
    Support.objects.take_back(made, by=make.liu_guiying(), at=MONDAY + DAY)
    assert made.backers() == 0
    make.support(made)

    assert (made.backers(), Support.objects.count()) == (1, 1)
    with pytest.raises(NotAllowed):
        make.support(made, by=make.wang_fang())


def test_what_came_on_paper_is_numbered_with_the_others_once_a_line_and_says_so() -> None:
    found, sheet, clerk = make.opened(), shared.sheet(), shared.chen_jing()
    make.proposal(found)

    made = Proposal.objects.enter(found, make.idea(found, make.CANTEEN), sheet=sheet, line=7, by=clerk, at=SCREENING)
    with pytest.raises(EnteredAlready):
        Proposal.objects.enter(found, make.idea(found), sheet=sheet, line=7, by=clerk, at=SCREENING)

    assert (made.number, made.author, made.state) == (2, None, "PROPOSED")
    source = PaperEntry.objects.of(made)
    assert source is not None
    assert (source.sheet, source.line, source.entered_by) == (sheet, 7, clerk)
    assert PaperEntry.objects.of(found.proposals.get(number=1)) is None
    assert found.proposals.count() == 2


def test_paper_of_another_time_or_another_units_clerk_is_refused() -> None:
    found, clerk, sheet = make.opened(), shared.chen_jing(), shared.sheet()
    late = shared.sheet(number="2026-002", at=SCREENING + 3 * DAY)

    with pytest.raises(NotInTime, match="不在规定的期限内"):
        Proposal.objects.enter(found, make.idea(found), sheet=late, line=1, by=clerk, at=SCREENING + 4 * DAY)
    with pytest.raises(NotAllowed):
        Proposal.objects.enter(found, make.idea(found), sheet=sheet, line=1, by=elsewhere(), at=MONDAY)
    with pytest.raises(PhaseClosed):
        Proposal.objects.enter(found, make.idea(found), sheet=sheet, line=1, by=clerk, at=MONDAY + 300 * DAY)

    assert not Proposal.objects.exists()
    assert not PaperEntry.objects.exists()


def test_for_who_has_no_account_the_unit_mends_and_withdraws() -> None:
    found, clerk = make.opened(), shared.chen_jing()
    made = Proposal.objects.enter(found, make.idea(found), sheet=shared.sheet(), line=1, by=clerk, at=MONDAY)
    made.screen(make.findings(found, "c2"), by=clerk, at=SCREENING)

    with pytest.raises(NotAllowed):
        made.repair(FRESH, reason="补了业主签名。", by=make.wang_fang(), at=SCREENING + DAY, seen=None)
    made.repair(FRESH, reason="本人到社区补了签名。", by=clerk, at=SCREENING + DAY, seen=None)
    assert (made.state, made.changes.get().by_unit) == ("PROPOSED", True)
    with pytest.raises(NotAllowed):
        made.withdraw(reason="邻居不同意。", by=make.wang_fang(), at=SCREENING + DAY)
    made.withdraw(reason="本人来电，邻居不同意。", by=clerk, at=SCREENING + DAY)

    assert made.state == "WITHDRAWN"


def test_what_does_not_meet_a_criterion_may_be_mended_once_and_is_judged_by_somebody_else() -> None:
    made = make.to_repair()
    assert (made.state, made.repair_by) == ("REPAIR", SCREENING + 7 * DAY)
    assert told("ask_repair") == [{"proposal": made.pk, "step": "ask_repair", "seen": 2}]

    made.repair(FRESH, reason="补了业主签名。", by=make.wang_fang(), at=SCREENING + DAY, seen=None)

    with pytest.raises(NotAllowed, match="第二次筛选要由另一个人进行"):
        made.screen(make.findings(made.round), by=shared.chen_jing(), at=SCREENING + 2 * DAY)
    assert made.screen(make.findings(made.round, "c2"), by=shared.zhao_min(), at=SCREENING + 2 * DAY) == "refuse"
    assert (made.state, made.screenings_done) == ("REFUSED", 2)
    title, finding = list(made.screenings.get(nth=2).lines())[1]
    assert (title, finding.is_met) == (make.CRITERIA[1], False)
    assert finding.remedy == "请附三分之二业主的签名。"


def test_the_unit_does_not_use_up_the_right_to_mend_of_an_author_who_has_an_account() -> None:
    made = make.to_repair()

    with pytest.raises(NotAllowed, match="只有提案人和共同提案人可以补正"):
        made.repair(FRESH, reason="经办人代为修改。", by=shared.chen_jing(), at=SCREENING + DAY, seen=None)

    made.refresh_from_db()
    assert (made.state, made.cost, made.changes.count()) == ("REPAIR", Decimal("350000"), 0)


def test_mended_in_time_it_is_admitted() -> None:
    made = make.to_repair()
    made.repair(FRESH, reason="补了业主签名。", by=make.wang_fang(), at=SCREENING + DAY, seen=None)

    made.screen(make.findings(made.round), by=shared.zhao_min(), at=SCREENING + 2 * DAY)

    assert (made.state, made.cost, made.repair_by) == ("ADMITTED", Decimal("330000"), None)


def test_after_the_day_nothing_is_mended_and_the_timer_refuses_it_once() -> None:
    made = make.to_repair()
    over = SCREENING + 7 * DAY

    with pytest.raises(RepairOver):
        made.repair(FRESH, reason="补了业主签名。", by=make.wang_fang(), at=over, seen=None)
    assert [lapse_unmended(at=over - timedelta(seconds=1)), lapse_unmended(at=over), lapse_unmended(at=over)] == [
        0,
        1,
        0,
    ]

    made.refresh_from_db()
    assert made.state == "REFUSED"


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [Finding("c1", True), Finding("c2", True)],
        [Finding("c1", True), Finding("c2", True), Finding("c3", False, "太贵了。", "请减少一半的内容。")],
        [Finding("c1", True), Finding("c2", True), Finding("c3", False, "费用没有依据。", "改。")],
        [Finding("c1", True), Finding("c2", True), Finding("c3", True), Finding("c9", True)],
    ],
)
def test_a_judgement_without_every_criterion_or_without_reason_and_remedy_is_refused(findings: list[Finding]) -> None:
    made = make.proposal()

    with pytest.raises(Invalid):
        made.screen(findings, by=shared.chen_jing(), at=SCREENING)

    assert (Proposal.objects.get().state, made.screenings.count()) == ("PROPOSED", 0)


def test_merging_keeps_every_authors_credit_and_counts_every_supporter_once() -> None:
    found = make.opened()
    lift, again = make.proposal(found), make.proposal(found, make.LIFT, by=make.sun_hao())
    make.coauthor(again, by=make.liu_guiying())
    zhou = people.resident("周建国")
    make.support(lift, by=zhou)
    make.support(again, by=zhou)

    again.merge(lift, reason="同一栋楼的同一部电梯。", by=shared.chen_jing(), at=MONDAY + DAY)

    assert (again.state, again.merged_into) == ("MERGED", lift)
    assert [one.person.name for one in lift.credits()] == ["王芳", "孙浩", "刘桂英"]
    assert lift.backers() == 1
    assert [one.person.name for one in lift.followers()] == ["王芳", "孙浩", "刘桂英", "周建国"]
    with pytest.raises(Conflict):
        lift.merge(again, reason="反过来再合并。", by=shared.chen_jing(), at=MONDAY + DAY)
    with pytest.raises(Conflict):
        lift.merge(lift, reason="和自己合并。", by=shared.chen_jing(), at=MONDAY + DAY)
    assert Proposal.objects.get(pk=lift.pk).state == "PROPOSED"


def test_once_frozen_nothing_of_a_proposal_moves() -> None:
    found = make.frozen()
    lift, canteen = found.proposals.get(code="1"), found.proposals.get(code="2")
    at = make.FREEZING

    for act in (
        lambda: lift.change(FRESH, reason="厂家报价。", by=make.wang_fang(), at=at, seen=None),
        lambda: lift.withdraw(reason="不想做了。", by=make.wang_fang(), at=at),
        lambda: lift.merge(canteen, reason="放在一起做。", by=shared.chen_jing(), at=at),
        lambda: make.coauthor(lift, by=make.sun_hao()),
        lambda: make.support(lift, by=people.resident("周建国")),
    ):
        with pytest.raises(Conflict):
            act()

    assert Proposal.objects.get(pk=lift.pk).state == "ON_BALLOT"


def test_everybody_who_follows_is_told_of_a_step_once_however_often_the_job_runs() -> None:
    made = make.proposal()
    make.support(made)
    made.screen(make.findings(made.round), by=shared.chen_jing(), at=SCREENING)
    (job,) = told("admit")

    assert [announce(**job), announce(**job)] == [2, 2]  # type: ignore[arg-type]

    letters = Notice.objects.filter(template__code="proposal.admitted")
    assert {one.recipient.person.name for one in letters} == {"王芳", "刘桂英"}
    assert letters.count() == 2
    assert "3号楼加装电梯" in letters.first().clear("title")


def test_milestones_stay_within_the_money_and_are_reached_once() -> None:
    lift = make.lift()
    first = make.milestone(lift, planned="150000")
    with pytest.raises(Invalid, match="项目费用350000"):
        make.milestone(lift, planned="200000.01")
    with pytest.raises(Conflict, match="还没有开工"):
        first.finish(done_on=DELIVERY.date(), spent=Decimal("1"), note="", by=shared.chen_jing(), at=DELIVERY)

    lift.start(by=shared.chen_jing(), at=DELIVERY)
    first.proposal.refresh_from_db()
    with pytest.raises(Invalid):
        first.finish(done_on=DELIVERY.date(), spent=Decimal("150000.01"), note="", by=shared.chen_jing(), at=DELIVERY)
    first.finish(done_on=DELIVERY.date(), spent=Decimal("150000.01"), note="管线改迁多用了一分钱。",
                 by=shared.chen_jing(), at=DELIVERY)  # fmt: skip

    with pytest.raises(MilestoneDone):
        first.finish(done_on=DELIVERY.date(), spent=Decimal("1"), note="", by=shared.chen_jing(), at=DELIVERY)
    assert list(Milestone.objects.values_list("planned", "spent")) == [(Decimal("150000.00"), Decimal("150000.01"))]


def test_a_project_is_delivered_when_the_supervising_group_has_accepted_it() -> None:
    built = make.built()
    with pytest.raises(Conflict, match="监督小组还没有表决通过"):
        built.deliver(by=shared.chen_jing(), at=DELIVERY + 21 * DAY)
    with pytest.raises(Conflict, match="还没有监督小组"):
        ask_acceptance(built, closes_at=DELIVERY + 30 * DAY, by=shared.chen_jing(), at=DELIVERY + 21 * DAY)

    assert Proposal.objects.get(pk=built.pk).state == "BUILDING"


def test_accepted_it_is_delivered_and_people_say_once_how_content_they_are() -> None:
    lift = make.delivered()

    assert (lift.state, lift.acceptances().get().state) == ("DELIVERED", "ADOPTED")
    make.answer(lift.round)
    with pytest.raises(AnsweredAlready):
        make.answer(lift.round, grade=1)
    assert list(Answer.objects.values_list("grade", flat=True)) == [5]


ILLEGAL = [
    (step, one.value) for step in PROPOSAL_STEPS for one in ProposalState if PROPOSAL_STEPS.target(step, one) is None
]
FACTS: dict[str, dict[str, object]] = {
    "change": {"facts": FRESH, "reason": "厂家报价。", "seen": None},
    "repair": {"facts": FRESH, "reason": "厂家报价。", "seen": None},
    "withdraw": {"reason": "不想做了。"},
    "abandon": {"reason": "地下管线无法迁改，论证后不再实施。"},
    "ask_repair": {"findings": []}, "admit": {"findings": []}, "refuse": {"findings": []},
}  # fmt: skip


def test_every_step_is_taken_from_the_states_of_the_table_only() -> None:
    made = make.proposal()
    other = make.proposal(made.round, make.CANTEEN)
    windows = {"repair": SCREENING, "ask_repair": SCREENING, "admit": SCREENING, "refuse": SCREENING}
    taken = []
    for step, state in ILLEGAL:
        merged = other.pk if state == "MERGED" else None
        due = SCREENING + DAY if state == "REPAIR" else None
        Proposal.objects.filter(pk=made.pk).update(state=state, merged_into=merged, repair_by=due)
        facts = FACTS.get(step, {}) | ({"into": other, "reason": "同一件事。"} if step == "merge" else {})
        try:
            getattr(made, step)(**facts, by=make.wang_fang(), at=windows.get(step, MONDAY))
        except StepRefused:
            continue
        taken.append((step, state))

    assert (taken, len(ILLEGAL)) == ([], 14 * 12 - 19)
