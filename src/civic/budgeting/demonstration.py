"""The demonstration's rounds: the article's example as a past round, one that collects ideas, one that is voted on.

Everything in them is invented and marked so; they were made by the same verbs as real ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from civic.accounts.models import Account, Department, Person
from civic.adapters.identity.fake import PERSONAS
from civic.areas.models import Area
from civic.budgeting.bundle import Frozen, Item, Paper, bundle
from civic.budgeting.models import Milestone, Proposal, Round, Support
from civic.budgeting.models.freezing import preview
from civic.budgeting.models.proposal import Idea
from civic.budgeting.models.round import Part, RoundPlan, Vote
from civic.budgeting.past import About, import_round
from civic.budgeting.rules.screening import Finding
from civic.budgeting.services_of_rounds import Seats, ask_acceptance, seat_panel
from civic.participation.services import facts_of

HEAD, AREA, STREET = "jaq.qianwei", "341502", "341502001"
RESIDENTS = ("wangfang", "liuguiying", "sunhao", "zhoujianguo")
DAY = timedelta(days=1)
PAST = "2023年金安区某街道参与式预算（示范）"
PAST_WORDS = (
    "街道拿出300万元，居民投票确定了“老旧小区加装电梯”“社区食堂建设”等5个项目。提案、选票和调查都是虚构的，只用来示范。"
)
PROJECTS = (
    ("1", "老旧小区加装电梯", "900000"),
    ("2", "社区食堂建设", "680000"),
    ("3", "背街小巷路灯改造", "480000"),
    ("4", "拆违空地建口袋公园", "520000"),
    ("5", "电动车充电车棚", "420000"),
    ("6", "小区停车位改造", "350000"),
    ("7", "河边健身路径", "260000"),
)
BALLOTS = (
    (("1", "2", "3"), 96), (("1", "2"), 74), (("1", "3", "4"), 58), (("1", "4", "5"), 41), (("2", "4", "5"), 37),
    (("3", "5"), 29), (("2", "6"), 18), (("6", "7"), 15), (("7",), 11), (("1",), 21),
)  # fmt: skip
REGISTER, SURVEYED, CONTENTED = 8600, 250, 230
SURVEY = "示范数据：虚构的入户问卷，250户回答，230户满意"
CRITERIA = ("属于公共利益，不是一家一户的事", "在本街道范围内，产权清楚", "费用有依据，不超过资金")
IDEAS = (
    ("wangfang", "3号楼加装电梯", "3号楼有6户老人住在四楼以上，上下楼很困难。", "350000", "皖西路小区3号楼", 0),
    ("liuguiying", "社区食堂", "独居老人中午没有地方吃饭，外卖又贵又咸。", "480000", "解放社区服务站", 0),
    ("sunhao", "口袋公园", "拆掉的违建空地长满杂草，孩子没有地方玩。", "260000", "龙河路与解放路口", 1),
)


@dataclass(frozen=True)
class Cast:
    """Who plays: the head of the unit that holds the rounds, and residents."""

    head: Account
    residents: Sequence[Account]


def create_demonstration_rounds(*, at: datetime) -> int:
    """Make the demonstration's rounds where there are none; return how many were made."""
    if Round.objects.filter(is_demonstration=True).exists():
        return 0
    cast = Cast(Account.objects.get(username=HEAD), [_resident(key) for key in RESIDENTS])
    with transaction.atomic():
        _past(cast, at)
        _collecting(cast, at)
        _voting(cast, at)
    return 3


def _past(cast: Cast, at: datetime) -> None:
    """The article's example: five projects, 3,000,000 yuan, 92 % content."""
    items = tuple(Item(code, name, Decimal(cost)) for code, name, cost in PROJECTS)
    frozen = Frozen(PAST, Decimal("3000000"), "approval", "greedy", items, {"max_length": "3"})
    choices = [choice for choice, people in BALLOTS for _ in range(people)]
    papers = [Paper(f"{n:04d}", choice) for n, choice in enumerate(choices, 1)]
    area, unit = Area.objects.get(code=AREA), Department.objects.get(code="jaq")
    about = About(area, unit, PAST, PAST_WORDS, is_demonstration=True)
    found = import_round(bundle(frozen, papers, eligible=REGISTER)["election.pb"], about, by="demonstration", at=at)
    panel = seat_panel(found, Seats(residents=cast.residents[:2], officials=[cast.head], quorum=2), by=cast.head, at=at)
    for member in panel.members.select_related("account"):
        member.declare([], by=member.account, at=at)  # type: ignore[arg-type]
    panel.open(by=cast.head, at=at)
    for project in found.proposals.chosen():
        _build(project, cast, at)
    found.note_survey(surveyed=SURVEYED, contented=CONTENTED, source=SURVEY, by=cast.head, at=at)


def _build(project: Proposal, cast: Cast, at: datetime) -> None:
    """Two milestones, the first a little cheaper than planned; accepted by everybody in the group."""
    first, half = (at - 300 * DAY).date(), (project.cost / 2).quantize(Decimal("0.01"))
    for place, (title, money) in enumerate((("施工", half), ("安装和收尾", project.cost - half))):
        Milestone.objects.plan(
            project, title=title, planned_on=first + place * 60 * DAY, planned=money, by=cast.head, at=at
        )
    project.start(by=cast.head, at=at)
    for place, stretch in enumerate(project.milestones.all()):
        spent = stretch.planned - (Decimal("1200.50") if place == 0 else 0)
        stretch.finish(done_on=stretch.planned_on, spent=spent, note="", by=cast.head, at=at)
    motion = ask_acceptance(project, closes_at=at + DAY, by=cast.head, at=at)
    for member in motion.panel.members.select_related("account"):
        motion.cast(member=member, voice="FOR", by=member.account, at=at)  # type: ignore[arg-type]
    motion.decide(by=cast.head, at=at)
    project.deliver(by=cast.head, at=at)


def _collecting(cast: Cast, at: datetime) -> None:
    """A round in which everybody may propose now."""
    found = _opened("示范：征集中的一轮参与式预算", cast, begins=at - 7 * DAY)
    first = _propose(found, cast, at - 6 * DAY)[0]
    Support.objects.give(first, by=cast.residents[1], at=at - 5 * DAY)


def _voting(cast: Cast, at: datetime) -> None:
    """A round that is voted on now, on the screen or on paper."""
    found = _opened("示范：投票中的一轮参与式预算", cast, begins=at - 42 * DAY)
    for made in _propose(found, cast, at - 41 * DAY):
        met = [Finding(one["key"], is_met=True) for one in found.criteria]
        made.screen(met, by=cast.head, at=at - 20 * DAY)
    seed = "示范种子 2026"
    shown = preview(found, seed)
    found.freeze(seed=seed, register=REGISTER, seen_digest=shown.digest, by=cast.head, at=at - 6 * DAY)


def _opened(title: str, cast: Cast, *, begins: datetime) -> Round:
    """A published round of six weeks from the first idea to the first ballot."""
    marks = {"idea": (0, 21), "screening": (21, 30), "cocreation": (30, 35), "vote": (37, 58), "delivery": (60, 425)}
    plan = RoundPlan(
        title=title, summary="街道拿出100万元，由居民提出并投票决定做什么。内容都是虚构的，只用来示范。",
        area=Area.objects.get(code=STREET), budget=Decimal("1000000"), criteria=CRITERIA,
        windows={kind: (begins + first * DAY, begins + last * DAY) for kind, (first, last) in marks.items()},
        parts=(Part("适老改造"), Part("公共空间")), vote=Vote("approval", "equal-shares", most=3),
        is_demonstration=True,
    )  # fmt: skip
    found: Round = Round.objects.prepare(plan, by=cast.head, at=begins - DAY)
    found.publish(by=cast.head, at=begins - DAY)
    return found


def _propose(found: Round, cast: Cast, at: datetime) -> list[Proposal]:
    authors = dict(zip(RESIDENTS, cast.residents, strict=True))
    sections = list(found.sections.all())
    made = []
    for who, title, problem, cost, place, part in IDEAS:
        idea = Idea(title, problem, Decimal(cost), sections[part], place)
        facts = facts_of(authors[who].person, lives_in=STREET)
        made.append(Proposal.objects.propose(found, idea, facts=facts, by=authors[who], at=at))
    return made


def _resident(key: str) -> Account:
    person = Person.objects.with_id_number(id_number=PERSONAS[key].id_number).get()
    found: Account = Account.objects.get(person=person)
    return found
