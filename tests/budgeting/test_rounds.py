"""A round from the plan to the count: windows, freezing exactly what was shown, counting, every pot by itself."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from civic.audit.models import Entry
from civic.budgeting.bundle import canonical
from civic.budgeting.models import Poll, Proposal, Result, Round
from civic.budgeting.models.freezing import preview, why_not_yet
from civic.budgeting.models.poll import BoxClosed, VoteRuns
from civic.budgeting.models.round import Part, Vote
from civic.budgeting.round_states import ROUND_STEPS, RoundState
from civic.core.errors import Conflict, Invalid, NotAllowed, Stale
from civic.participation.models import Eligibility, Phase
from civic.workflow.models import StepRefused
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.accounts import MONDAY
from tests.factories.rounds import COUNTING, DAY, FREEZING, REGISTER, SEED

pytestmark = pytest.mark.django_db
ILLEGAL = [(step, one.value) for step in ROUND_STEPS for one in RoundState if ROUND_STEPS.target(step, one) is None]
TOOL = settings.ROOT / "tools" / "verify_election.py"


def test_a_plan_brings_its_windows_criteria_sections_and_conditions() -> None:
    found = make.prepared()

    assert [(one.kind, one.opens_at) for one in Phase.objects.of(found)] == [
        (kind, window[0]) for kind, window in make.WINDOWS.items()
    ]
    assert found.criteria[1] == {"key": "c2", "title": make.CRITERIA[1]}
    assert [(one.name, one.money) for one in found.sections.all()] == [("适老改造", None), ("公共空间", None)]
    assert Eligibility.objects.get(subject=found.ledger_id()).minimum_age == 16
    assert list(Round.objects.made_known()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": Decimal("0")}, "budget"),
        ({"budget": Decimal("1000000.005")}, "budget"),
        ({"parts": ()}, "parts"),
        ({"parts": (Part("一"), Part("一"))}, "parts"),
        ({"parts": (Part("一", money=Decimal("700000")), Part("二", money=Decimal("300001")))}, "parts"),
        ({"parts": (Part("一", money=Decimal("1000000")), Part("二"))}, "parts"),
        ({"criteria": ()}, "criteria"),
        ({"vote": Vote("approval", "greedy", most=0)}, "most"),
        ({"vote": Vote("approval", "unheard-of", most=3)}, "rule"),
        ({"repair_days": 0}, "repair_days"),
        ({"windows": {**make.WINDOWS, "vote": (MONDAY, MONDAY + DAY)}}, "vote"),
        ({"windows": {**make.WINDOWS, "idea": (MONDAY, MONDAY)}}, "idea"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_and_names_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make.prepared(**changes)

    assert [one.pointer for one in refused.value.errors] == [field]
    assert not Round.objects.exists()


@pytest.mark.parametrize(("step", "state"), ILLEGAL)
def test_every_step_is_taken_from_the_states_of_the_table_only(step: str, state: str) -> None:
    found = make.prepared()
    reason = "汛期推迟。" if state == RoundState.CANCELLED else ""
    Round.objects.filter(pk=found.pk).update(state=state, reason=reason)
    facts: dict[str, dict[str, object]] = {
        "freeze": {"seed": SEED, "register": 1, "seen_digest": "x"},
        "cancel": {"reason": "汛期推迟。"},
    }

    with pytest.raises(StepRefused):
        getattr(found, step)(**facts.get(step, {}), by=shared.zhao_min(), at=MONDAY)

    assert Round.objects.get(pk=found.pk).state == state


def test_a_handler_may_not_publish_and_nothing_changes() -> None:
    found = make.prepared()

    with pytest.raises(NotAllowed):
        found.publish(by=shared.chen_jing(), at=MONDAY)

    assert Round.objects.get().state == RoundState.PREPARING


def test_freezing_fixes_exactly_what_was_shown_and_makes_the_poll() -> None:
    found = make.ready()
    shown = preview(found, SEED)

    found.freeze(seed=SEED, register=REGISTER, seen_digest=shown.digest, by=shared.zhao_min(), at=FREEZING)

    found.refresh_from_db()
    poll = Poll.objects.get()
    assert (found.state, found.poll, found.digest) == (RoundState.FROZEN, poll, shown.digest)
    assert hashlib.sha256(canonical(found.frozen)).hexdigest() == found.digest
    assert [(one["id"], one["name"], one["cost"]) for one in poll.options] == [
        ("1", "3号楼加装电梯", "350000.00"), ("2", "社区食堂", "480000.00"), ("3", "口袋公园", "260000.00"),
    ]  # fmt: skip
    assert (poll.opens_at, poll.closes_at) == make.WINDOWS["vote"]
    assert poll.terms["register"] == REGISTER
    assert poll.terms["pots"] == [{"name": "", "hash": poll.frozen().content()["hash"]}]
    assert poll.limits == {"max_length": "3"}
    assert set(found.proposals.values_list("state", flat=True)) == {"ON_BALLOT"}
    entry = Entry.objects.filter(step="budgeting.round.freeze").get()
    assert entry.detail["digest"] == shown.digest


def test_what_changed_since_the_preview_is_not_frozen() -> None:
    found = make.ready()
    shown = preview(found, SEED)
    make.change(found.proposals.get(code="1"))

    with pytest.raises(Stale):
        found.freeze(seed=SEED, register=REGISTER, seen_digest=shown.digest, by=shared.zhao_min(), at=FREEZING)

    assert Round.objects.get().state == RoundState.OPEN
    assert not Poll.objects.exists()
    assert set(found.proposals.values_list("state", flat=True)) == {"ADMITTED"}


def test_nothing_is_frozen_while_a_proposal_waits_or_a_window_is_open() -> None:
    found = make.ready()

    assert why_not_yet(found, at=make.COCREATION) == "征集、筛选或共同完善还没有截止，截止后才能冻结。"
    late = make.proposal(found, make.LIFT, by=make.sun_hao())

    assert why_not_yet(found, at=FREEZING) == "还有1个提案没有筛选完或在等补正，筛选完才能冻结。"
    with pytest.raises(Conflict):
        found.freeze(seed=SEED, register=1, seen_digest="", by=shared.zhao_min(), at=FREEZING)
    assert Proposal.objects.get(pk=late.pk).state == "PROPOSED"


@pytest.mark.parametrize(("seed", "register", "field"), [("短", 10, "seed"), (SEED, 0, "register")])
def test_a_seed_too_short_or_no_register_is_refused(seed: str, register: int, field: str) -> None:
    found = make.ready()

    with pytest.raises(Invalid) as refused:
        found.freeze(seed=seed, register=register, seen_digest="", by=shared.zhao_min(), at=FREEZING)

    assert refused.value.errors[0].pointer == field


def test_the_count_funds_by_the_frozen_rule_and_says_what_the_others_lacked() -> None:
    found = make.counted()

    kept = Result.objects.get()
    assert (kept.funded, kept.voters, kept.represented, kept.reach) == (["1", "2"], 70, 65, "≈92.8")
    assert kept.why("1") == "按票数排序，轮到它时剩余资金足够。此后剩余 650,000。"
    assert kept.why("3") == "轮到它时还差 90,000。再多 15 票就能入选。"
    assert kept.missing("3") == "15"
    assert {code: told["winners"] for code, told in kept.rules.items()} == {
        "greedy": ["1", "2"], "greedy-no-skip": ["1", "2"], "greedy-per-cost": ["1", "3"],
        "equal-shares": kept.rules["equal-shares"]["winners"], "phragmen": kept.rules["phragmen"]["winners"],
    }  # fmt: skip
    states = dict(found.proposals.values_list("code", "state"))
    assert states == {"1": "FUNDED", "2": "FUNDED", "3": "PASSED_OVER"}


def test_before_the_box_is_open_nothing_is_counted() -> None:
    found = make.frozen()

    with pytest.raises(VoteRuns):
        found.count(by=shared.zhao_min(), at=make.VOTE + DAY)
    with pytest.raises(BoxClosed):
        found.count(by=shared.zhao_min(), at=COUNTING)

    assert not Result.objects.exists()
    assert Round.objects.get().state == RoundState.FROZEN


def test_a_citizen_counts_again_with_the_published_bundle_and_hash(tmp_path: Path) -> None:
    found = make.counted()
    kept = found.results.get()
    with zipfile.ZipFile(io.BytesIO(kept.bundle())) as archive:
        archive.extractall(tmp_path)

    run = subprocess.run(
        [sys.executable, str(TOOL), str(tmp_path), found.poll.terms["pots"][0]["hash"]], capture_output=True, text=True
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert hashlib.sha256(kept.bundle()).hexdigest() == kept.bundle_sha256
    assert json.loads((tmp_path / "register.json").read_text()) == {"eligible": REGISTER, "voted": 70}


def test_a_section_with_its_own_money_is_counted_by_itself() -> None:
    found = make.opened(parts=(Part("适老改造", money=Decimal("400000")), Part("公共空间")))
    for words, part in ((make.LIFT, 0), (make.CANTEEN, 1), (make.PARK, 1)):
        author = make.wang_fang()
        made = Proposal.objects.propose(
            found, make.idea(found, words, part=part), facts=make.facts(author), by=author, at=MONDAY
        )
        made.screen(make.findings(found), by=shared.chen_jing(), at=make.SCREENING)
    shown = preview(found, SEED)
    found.freeze(seed=SEED, register=REGISTER, seen_digest=shown.digest, by=shared.zhao_min(), at=FREEZING)
    make.cast(found, {("1",): 1, ("2",): 10, ("3",): 12})

    found.count(by=shared.zhao_min(), at=COUNTING)

    assert [(one.name, one.budget, one.funded) for one in found.results.all()] == [
        ("适老改造", Decimal("400000.00"), ["1"]), ("", Decimal("600000.00"), ["3"]),
    ]  # fmt: skip
    assert found.results.get(name="").why("2") == "轮到它时还差 140,000。再多 3 票就能入选。"


def test_a_proposal_dearer_than_the_money_of_its_section_is_refused() -> None:
    found = make.opened(parts=(Part("适老改造", money=Decimal("300000")), Part("公共空间")))

    with pytest.raises(Invalid) as refused:
        make.proposal(found)

    assert "300000.00元" in refused.value.message
    assert not Proposal.objects.exists()


def test_a_round_ends_only_when_every_chosen_project_is_accounted_for() -> None:
    found = make.counted()

    with pytest.raises(Conflict):
        found.close(by=shared.zhao_min(), at=COUNTING)
    for one in found.proposals.chosen():
        one.abandon(reason="地下管线无法迁改，论证后不再实施。", by=shared.chen_jing(), at=COUNTING)
    found.close(by=shared.zhao_min(), at=COUNTING + timedelta(days=1))

    assert Round.objects.get().state == RoundState.CLOSED


def test_a_cancelled_round_keeps_its_reason_and_stays_public() -> None:
    found = make.opened()

    found.cancel(reason="资金调整，推迟到下半年。", by=shared.zhao_min(), at=MONDAY)

    assert list(Round.objects.made_known().values_list("state", "reason")) == [
        ("CANCELLED", "资金调整，推迟到下半年。")
    ]


def test_satisfaction_adds_answers_here_and_elsewhere_exactly() -> None:
    found = make.delivered().round
    make.answer(found, grade=4)
    make.answer(found, grade=2, by=make.sun_hao())

    found.note_survey(surveyed=248, contented=229, source="街道2027年3月入户问卷", by=shared.chen_jing(), at=COUNTING)

    assert found.satisfaction() == (250, 230)
    with pytest.raises(Invalid):
        found.note_survey(surveyed=10, contented=11, source="街道入户问卷", by=shared.chen_jing(), at=COUNTING)
