"""Participation for tests: the finance bureau draws a review group of residents by lot."""

from datetime import datetime, timedelta

from civic.accounts.models import Account, Department
from civic.participation.models import (
    Eligibility,
    Extension,
    Interest,
    Motion,
    Panel,
    PanelMember,
    PanelVote,
    PaperEntry,
    Phase,
    Seat,
    Sheet,
    Sortition,
)
from civic.participation.models.panel import Stake
from civic.participation.models.sortition import Plan
from civic.participation.rules.phases import Window
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories.accounts import MONDAY

DAY = timedelta(days=1)
SEED = "封存的一句话：三只白鹭落在老淠河桥，4107"
ROUND = "budgeting.round:1"
PROJECT = "budgeting.proposal:7"


def register(people_each: int = 10) -> bytes:
    """A register of 金安 and 裕安, women and men, as many of each."""
    rows = [
        f"{letter}{n:03d},{area},{sex}"
        for letter, area, sex in (
            ("A", "金安区", "女"),
            ("B", "金安区", "男"),
            ("C", "裕安区", "女"),
            ("D", "裕安区", "男"),
        )
        for n in range(people_each)
    ]
    return "\n".join(["id,area,sex", *rows, ""]).encode()


REGISTER = register()


def bureau() -> Department:
    return people.department("czj", "六安市财政局")


def chen_jing() -> Account:
    """陈静 handles participation at the finance bureau; made once."""
    return _staff("陈静", "chenjing", "unit_handler")


def zhao_min() -> Account:
    """赵敏 leads the finance bureau; made once."""
    return _staff("赵敏", "zhaomin", "unit_leader")


def _staff(name: str, username: str, role: str) -> Account:
    found = Account.objects.filter(username=f"czj.{username}").first()
    return found or people.official(name, department=bureau(), roles=(role,), username=f"czj.{username}")


def plan(**changes: object) -> Plan:
    facts = {"title": "参与式预算评审小组", "purpose": "从全市居民中抽取评审小组的居民成员。", "size": 8}
    return Plan(**{**facts, **changes})  # type: ignore[arg-type]


def sortition(content: bytes = REGISTER, **changes: object) -> Sortition:
    """The register is checked; nobody is drawn."""
    return Sortition.objects.prepare(plan(**changes), register=content, by=chen_jing(), at=MONDAY)


def committed(content: bytes = REGISTER, beacon_source: str = "", **changes: object) -> Sortition:
    """The digest of the seed is public."""
    made = sortition(content, **changes)
    made.commit(seed=SEED, beacon_source=beacon_source, by=zhao_min(), at=MONDAY + DAY)
    return made


def drawn(content: bytes = REGISTER, **changes: object) -> Sortition:
    made = committed(content, **changes)
    made.draw(seed=SEED, by=zhao_min(), at=MONDAY + 2 * DAY)
    return made


def seat() -> Seat:
    """The first that the lot has fallen on, invited."""
    return drawn().seats.listed()[0]  # type: ignore[attr-defined,no-any-return]


def phase(
    subject: str = ROUND, *, kind: str = "collect", acts: tuple[str, ...] = ("propose",), days: int = 10
) -> Phase:
    """From Monday on, for some days."""
    window = Window(MONDAY, MONDAY + days * DAY, frozenset(acts))
    return Phase.objects.plan(subject, kind=kind, window=window, unit=bureau(), by=zhao_min(), at=MONDAY - DAY)


def extension() -> Extension:
    return phase().extend(closes_at=MONDAY + 20 * DAY, reason="汛期停电，三天不能提交。", by=zhao_min(), at=MONDAY)


def eligibility(
    subject: str = ROUND, *, residence: str = "EITHER", minimum_age: int = 16, level: int = 2
) -> Eligibility:
    """People of 金安, from 16 on."""
    facts = {"residence": residence, "minimum_age": minimum_age, "level": level}
    return Eligibility.objects.lay_down(subject, area=areas.county(), by=zhao_min(), at=MONDAY, **facts)


def panel(quorum: int = 2) -> Panel:
    """A review group that is forming."""
    return Panel.objects.form(title="评审小组", quorum=quorum, by=chen_jing(), at=MONDAY, subject=ROUND)


def member(group: Panel | None = None, name: str = "王芳", kind: str = "RESIDENT") -> PanelMember:
    """A resident in the group, who has declared nothing yet."""
    account = people.official(name) if kind == "OFFICIAL" else people.resident(name)
    return (group or panel()).admit(kind, account=account, by=chen_jing(), at=MONDAY)


def sitting(*names: str, quorum: int = 2) -> tuple[Panel, list[PanelMember]]:
    """A group of residents who have all said that they have no interests, and that sits."""
    group = panel(quorum)
    members = [member(group, name) for name in names or ("王芳", "孙浩", "刘桂英")]
    for one in members:
        one.declare([], by=one.account, at=MONDAY)
    group.open(by=chen_jing(), at=MONDAY)
    return group, members


def interest(of: PanelMember | None = None, subject: str = PROJECT) -> Interest:
    someone = of or member()
    someone.declare([Stake(subject, "提出人是我的妹妹。")], by=someone.account, at=MONDAY)
    return Interest.objects.get(member=someone, subject=subject)


def motion(group: Panel | None = None) -> Motion:
    """Whether the lift is put to the vote; open for a week."""
    return Motion.objects.put(
        group or sitting()[0], question="加装电梯项目是否列入投票", subject=PROJECT, closes_at=MONDAY + 7 * DAY,
        by=chen_jing(), at=MONDAY,
    )  # fmt: skip


def panel_vote(voice: str = "FOR") -> PanelVote:
    group, members = sitting()
    return motion(group).cast(member=members[0], voice=voice, by=members[0].account, at=MONDAY)


def sheet(lines: int = 20, *, number: str = "2026-001", at: datetime = MONDAY) -> Sheet:
    """What old people of 中市街道 wrote at a meeting."""
    return Sheet.objects.take(
        number=number, place="中市街道老年活动中心", collected_on=at.date(), lines=lines, unit=bureau(),
        by=chen_jing(), at=at,
    )  # fmt: skip


def paper_entry() -> PaperEntry:
    return sheet().enter(line=1, subject="consultation.opinion:5", by=chen_jing(), at=MONDAY)
