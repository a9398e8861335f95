"""Rounds of the land bureau for tests of every route: one that collects ideas, one to freeze, one that was built."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import now

from civic.budgeting.models import Milestone, Proposal, Round
from civic.budgeting.past import About, import_round
from civic.budgeting.round_states import ACTS
from civic.budgeting.services_of_rounds import Seats, ask_acceptance, seat_panel
from civic.participation.models import Eligibility, Motion, PanelMember, Phase
from civic.participation.rules.phases import Window
from tests.budgeting.test_pabulib import GOOD
from tests.chaos.world import World
from tests.factories import rounds as make

DAY = timedelta(days=1)


def windows(begins: datetime) -> dict[str, tuple[datetime, datetime]]:
    marks = {"idea": (0, 20), "screening": (20, 30), "cocreation": (30, 35), "vote": (40, 50), "delivery": (60, 400)}
    return {kind: (begins + first * DAY, begins + last * DAY) for kind, (first, last) in marks.items()}


def round_of(world: World, *, days: int = 1) -> Round:
    """The land bureau's round, whose first window opened so many days ago."""
    begins = now() - days * DAY
    plan = make.plan(windows=windows(begins))
    made: Round = Round.objects.prepare(plan, by=world.staff["handler"], at=begins - DAY)
    made.publish(by=world.staff["leader"], at=begins - DAY)
    return made


def proposal_of(world: World, *, days: int = 1) -> Proposal:
    found = round_of(world, days=days)
    begins = found.phases()[0].opens_at
    made: Proposal = Proposal.objects.propose(
        found, make.idea(found), facts=make.facts(world.wang), by=world.wang, at=begins
    )
    return made


def to_freeze(world: World) -> Round:
    """Everything was judged; the vote begins in some days."""
    made = proposal_of(world, days=36)
    made.screen(make.findings(made.round), by=world.staff["handler"], at=made.proposed_at + 21 * DAY)
    return made.round


def built(world: World) -> Motion:
    """A past round of the land bureau, of which the supervising group is asked to accept a project."""
    world.drawn.seats.listed()[1].accept(by=world.staff["handler"], at=world.at)
    about, at = About(make.areas.town(), world.land), world.at
    found = import_round(GOOD.encode(), about, by="test", at=at)
    clerk = world.staff["handler"]
    panel = seat_panel(found, Seats(sortition=world.drawn.pk, quorum=1), by=clerk, at=at)
    for one in panel.members.all():
        one.declare([], by=clerk, at=at)
    panel.open(by=clerk, at=at)
    project = found.proposals.get(code="1")
    day = at.date()
    stretch = Milestone.objects.plan(project, title="施工", planned_on=day, planned=Decimal("600"), by=clerk, at=at)
    project.start(by=clerk, at=at)
    stretch.finish(done_on=day, spent=Decimal("600"), note="", by=clerk, at=at)
    return ask_acceptance(project, closes_at=now() + DAY, by=clerk, at=at)


def member_of(motion: Motion) -> PanelMember:
    return motion.panel.members.get()


def voted(world: World) -> Motion:
    """The one member has voted for it."""
    motion = built(world)
    motion.cast(member=member_of(motion), voice="FOR", by=world.staff["handler"], at=world.at)
    return motion


def delivered(world: World) -> Round:
    """People may say how content they are."""
    motion = voted(world)
    motion.decide(by=world.staff["handler"], at=world.at)
    project = Proposal.objects.get(pk=int(motion.subject.rpartition(":")[2]))
    project.deliver(by=world.staff["handler"], at=world.at)
    found, at = project.round, world.at
    window = Window(at - DAY, at + 30 * DAY, ACTS["delivery"])
    Phase.objects.plan(found, kind="delivery", window=window, unit=world.land, by="test", at=at)
    Eligibility.objects.lay_down(found, area=found.area, residence="NONE", minimum_age=0, level=0, by="test", at=at)
    return found
