"""A round of participatory budgeting for tests: 中市街道 gives away 1,000,000 yuan; 王芳 wants a lift."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from civic.accounts.models import Account
from civic.audit.services import record
from civic.budgeting.models import (
    Answer,
    Ballot,
    Batch,
    Change,
    CoAuthor,
    Milestone,
    Opening,
    Photo,
    Proposal,
    Result,
    Round,
    Screening,
    Section,
    Support,
)
from civic.budgeting.models.proposal import Idea
from civic.budgeting.models.round import Part, RoundPlan, Vote
from civic.budgeting.rules.screening import Finding
from civic.participation.rules.eligibility import Facts
from civic.participation.services import facts_of
from tests.factories import accounts as people
from tests.factories import areas, documents
from tests.factories import participation as shared
from tests.factories.accounts import LIU_GUIYING, MONDAY, SUN_HAO, WANG_FANG

DAY = timedelta(days=1)
SCREENING, COCREATION, FREEZING, VOTE, COUNTING, DELIVERY = (MONDAY + n * DAY for n in (14, 28, 36, 40, 55, 61))
WINDOWS = {
    "idea": (MONDAY, SCREENING),
    "screening": (SCREENING, COCREATION),
    "cocreation": (COCREATION, MONDAY + 35 * DAY),
    "vote": (VOTE, MONDAY + 54 * DAY),
    "delivery": (MONDAY + 60 * DAY, MONDAY + 400 * DAY),
}
CRITERIA = ("属于公共利益，不是一家一户的事", "在中市街道范围内，产权清楚", "费用有依据，不超过资金")
SEED, REGISTER = "双色球2026年4月5日 03 11 17 22 28 31 + 09", 12000
HOME = "341502001"
LIFT = ("3号楼加装电梯", "3号楼有6户老人住在四楼以上，上下楼很困难，有人半年没下过楼。", "350000", "皖西路小区3号楼")
CANTEEN = ("社区食堂", "独居老人中午没有地方吃饭，外卖又贵又咸。", "480000", "解放社区服务站")
PARK = ("口袋公园", "拆掉的违建空地长满杂草，孩子没有地方玩。", "260000", "龙河路与解放路口")


def plan(**changes: object) -> RoundPlan:
    facts: dict[str, object] = {
        "title": "中市街道2026年参与式预算", "summary": "街道拿出100万元，由居民提出并投票决定做什么。",
        "area": areas.town(), "budget": Decimal("1000000"), "windows": WINDOWS, "criteria": CRITERIA,
        "parts": (Part("适老改造"), Part("公共空间")), "vote": Vote("approval", "greedy", most=3),
    }  # fmt: skip
    return RoundPlan(**{**facts, **changes})  # type: ignore[arg-type]


def prepared(**changes: object) -> Round:
    return Round.objects.prepare(plan(**changes), by=shared.chen_jing(), at=MONDAY - DAY)  # type: ignore[no-any-return]


def opened(**changes: object) -> Round:
    """Published; people may propose from MONDAY on."""
    found = prepared(**changes)
    found.publish(by=shared.zhao_min(), at=MONDAY - DAY)
    return found


def section(found: Round | None = None) -> Section:
    return (found or opened()).sections.all()[0]


def resident(facts: dict[str, str]) -> Account:
    """Somebody of 中市街道 whose age the city knows; made once."""
    name = facts["name"]
    found = next((one for one in Account.objects.filter(person__isnull=False) if one.person.name == name), None)  # type: ignore[union-attr]
    return found or people.resident(name, phone=facts["phone"], id_number=facts["id_number"])


def wang_fang() -> Account:
    return resident(WANG_FANG)


def sun_hao() -> Account:
    return resident(SUN_HAO)


def liu_guiying() -> Account:
    return resident(LIU_GUIYING)


def facts(account: Account) -> Facts:
    return facts_of(account.person, lives_in=HOME)


def idea(found: Round, words: tuple[str, str, str, str] = LIFT, *, part: int = 0) -> Idea:
    title, problem, cost, place = words
    return Idea(title, problem, Decimal(cost), list(found.sections.all())[part], place)


def proposal(
    found: Round | None = None,
    words: tuple[str, str, str, str] = LIFT,
    *,
    by: Account | None = None,
    at: datetime = MONDAY,
) -> Proposal:
    """The lift, by 王芳, on the first day."""
    of, author = found or opened(), by or wang_fang()
    return Proposal.objects.propose(of, idea(of, words), facts=facts(author), by=author, at=at)  # type: ignore[no-any-return]


def findings(found: Round, *unmet: str) -> list[Finding]:
    """Every criterion is met but those named."""
    reason, remedy = "没有业主同意的证明。", "请附三分之二业主的签名。"
    return [
        Finding(key, key not in unmet, *(("", "") if key not in unmet else (reason, remedy)))
        for key in (one["key"] for one in found.criteria)
    ]


def admitted(
    found: Round | None = None, words: tuple[str, str, str, str] = LIFT, *, by: Account | None = None
) -> Proposal:
    made = proposal(found, words, by=by)
    made.screen(findings(made.round), by=shared.chen_jing(), at=SCREENING)
    return made


def to_repair(found: Round | None = None) -> Proposal:
    made = proposal(found)
    made.screen(findings(made.round, "c2"), by=shared.chen_jing(), at=SCREENING)
    return made


def screening() -> Screening:
    return to_repair().screenings.get()


def change(of: Proposal | None = None) -> Change:
    """The bureau has reckoned that the lift costs more."""
    made = of or admitted()
    fresh = {"title": made.title, "problem": made.problem, "place": made.place, "cost": "386000"}
    made.change(fresh, reason="厂家报价后调整。", by=shared.chen_jing(), at=COCREATION, seen=None)
    return made.changes.latest("pk")


def coauthor(of: Proposal | None = None, by: Account | None = None) -> CoAuthor:
    made = of or proposal()
    return CoAuthor.objects.join(made, invitation=made.invitation, by=by or sun_hao(), at=MONDAY + DAY)


def support(of: Proposal | None = None, by: Account | None = None) -> Support:
    return Support.objects.give(of or proposal(), by=by or liu_guiying(), at=MONDAY + DAY)


def ready(**changes: object) -> Round:
    """Lift, canteen and park are admitted; everything can be frozen."""
    found = opened(**changes)
    for words, who in ((LIFT, wang_fang()), (CANTEEN, sun_hao()), (PARK, liu_guiying())):
        admitted(found, words, by=who)
    return found


def frozen(**changes: object) -> Round:
    from civic.budgeting.models.freezing import preview

    found = ready(**changes)
    shown = preview(found, SEED)
    found.freeze(seed=SEED, register=REGISTER, seen_digest=shown.digest, by=shared.zhao_min(), at=FREEZING)
    return found


def cast(found: Round, ballots: dict[tuple[str, ...], int]) -> Opening:
    """Put ballots straight into the box and open it, as if people had voted."""
    total, figures = sum(ballots.values()), {"paper": 0, "spoiled": 0, "root": "0" * 64}
    with transaction.atomic():
        batch = Batch.objects.create(poll=found.poll, source="ENVELOPES", size=total, moved_at=VOTE + DAY)
        Ballot.objects.bulk_create(
            Ballot(id=uuid4(), batch=batch, projects=list(names)) for names, n in ballots.items() for _ in range(n)
        )
        record(at=VOTE + DAY, actor="test", step="budgeting.batch.move", subject=batch)
        made = Opening.objects.create(
            poll=found.poll, ending="OPENED", marks=total, online=total, opened_at=COUNTING, **figures
        )
        record(at=COUNTING, actor="test", step="budgeting.opening.open", subject=made)
    return made


BALLOTS = {("1",): 30, ("1", "2"): 20, ("2", "3"): 15, ("3",): 5}  # lift 50, canteen 35, park 20


def counted(**changes: object) -> Round:
    """Lift and canteen are funded by votes; the park does not fit any more."""
    found = frozen(**changes)
    cast(found, BALLOTS)
    found.count(by=shared.zhao_min(), at=COUNTING)
    return found


def result() -> Result:
    return counted().results.get()


def lift(found: Round | None = None) -> Proposal:
    return (found or counted()).proposals.get(code="1")


def milestone(of: Proposal | None = None, *, title: str = "基础施工", planned: str = "150000") -> Milestone:
    return Milestone.objects.plan(of or lift(), title=title, planned_on=(DELIVERY + 30 * DAY).date(),
                                  planned=Decimal(planned), by=shared.chen_jing(), at=DELIVERY)  # fmt: skip


def photo(of: Proposal | None = None, by: Account | None = None) -> Photo:
    made, who = of or proposal(), by or wang_fang()
    paper = documents.document(who, purpose="proposal.photo", at=MONDAY)
    return Photo.objects.show(made, paper, words="3号楼的楼梯", by=who, at=MONDAY)


def built(found: Round | None = None) -> Proposal:
    """The lift stands; the supervising group has not been asked yet."""
    made = lift(found)
    stretch = milestone(made)
    made.start(by=shared.chen_jing(), at=DELIVERY)
    stretch.finish(done_on=(DELIVERY + 20 * DAY).date(), spent=Decimal("148500.50"), note="", by=shared.chen_jing(),
                   at=DELIVERY + 20 * DAY)  # fmt: skip
    made.refresh_from_db()
    return made


def delivered(found: Round | None = None) -> Proposal:
    """The supervising group has accepted the lift."""
    from civic.budgeting.services_of_rounds import ask_acceptance

    made, at = built(found), DELIVERY + 21 * DAY
    seated(made.round, at=at)
    motion = ask_acceptance(made, closes_at=at + 7 * DAY, by=shared.chen_jing(), at=at)
    agreed(made, at=at)
    motion.decide(by=shared.chen_jing(), at=at)
    made.deliver(by=shared.chen_jing(), at=at)
    return made


def seated(found: Round, *, at: datetime) -> None:
    """Two residents supervise; they have declared that they have no interests, and sit."""
    from civic.budgeting.services_of_rounds import Seats, seat_panel

    residents = [people.resident("周建国"), people.resident("何秀兰")]
    panel = seat_panel(found, Seats(residents=residents, quorum=2), by=shared.chen_jing(), at=at)
    for member in panel.members.all():
        member.declare([], by=member.account, at=at)
    panel.open(by=shared.chen_jing(), at=at)


def agreed(made: Proposal, *, at: datetime) -> None:
    """Everybody in the group accepts the project."""
    made.round.refresh_from_db()
    motion = made.acceptances().get(state="OPEN")
    for member in motion.panel.members.all():
        motion.cast(member=member, voice="FOR", by=member.account, at=at)


def answer(found: Round | None = None, *, grade: int = 5, by: Account | None = None) -> Answer:
    made, who = found or delivered().round, by or wang_fang()
    return Answer.objects.give(made, grade=grade, facts=facts(who), by=who, at=DELIVERY + 30 * DAY)
