"""What becomes of a consultation, for tests: the urban management bureau asks how waste is to be sorted."""

from datetime import date, datetime, timedelta
from itertools import count

from civic.accounts.models import Account, Department, Person
from civic.consultation.models import (
    Consultation,
    FollowUp,
    MapEdition,
    Opinion,
    Participant,
    Placing,
    Report,
    Stance,
    Statement,
    StatementVote,
    Theme,
)
from civic.consultation.models.consultation import Opening, Plan
from civic.consultation.models.edition import Drawn
from civic.consultation.models.opinion import Saying
from civic.consultation.models.outcome import Issued
from civic.consultation.models.theme import Reply
from civic.consultation.rules.renewal import fingerprints
from civic.consultation.services import answering
from civic.consultation.states import Moderation, Side, Source, Verdict
from civic.participation.states import Residence
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories.accounts import MONDAY

DAY = timedelta(days=1)
CLOSED = MONDAY + 31 * DAY
LATER = CLOSED + 5 * DAY
CENSUS = {"people": 4_393_699, "source": "第七次全国人口普查", "on": date(2020, 11, 1)}
DRAFT = """第一条 为了加强生活垃圾分类管理，改善人居环境，制定本条例。
第二条 生活垃圾分为可回收物、有害垃圾、厨余垃圾和其他垃圾。
第三条 住宅小区应当定时定点投放。
投放时间为每日七时至九时、十八时至二十时。
第四条 个人未分类投放的，处五十元以上二百元以下罚款。
"""
REVISED = DRAFT.replace("十八时至二十时", "十八时至二十一时").replace(
    "第四条 个人未分类投放的，处", "第四条 个人未分类投放的，首次予以劝导；拒不改正的，处"
)
_numbers = count(1)


def bureau() -> Department:
    return people.department("cgj", "六安市城市管理局")


def zhou_lan() -> Account:
    """周岚 handles the consultation; made once."""
    return _staff("周岚", "zhoulan", "unit_handler")


def he_jun() -> Account:
    """何军 leads the bureau; made once."""
    return _staff("何军", "hejun", "unit_leader")


def qian_yi() -> Account:
    """钱怡 leads it with him; made once."""
    return _staff("钱怡", "qianyi", "unit_leader")


def _staff(name: str, username: str, role: str) -> Account:
    found = Account.objects.filter(username=f"cgj.{username}").first()
    return found or people.official(name, department=bureau(), roles=(role,), username=f"cgj.{username}")


def asked(
    *, moderation: str = Moderation.AFTER, residence: str = Residence.NONE, level: int = 2, opens_at: datetime = MONDAY
) -> Consultation:
    """The draft is before the public, from Monday on for 31 days; opinions are shown at once."""
    plan = Plan(
        "六安市生活垃圾分类管理条例（草案）", "小区怎么分、什么时候投、不分怎么罚，请大家说说。",
        "分类投放还没有规矩，各小区做法不一，需要统一。", moderation,
    )  # fmt: skip
    made: Consultation = Consultation.objects.prepare(plan, by=zhou_lan(), at=opens_at - DAY)
    made.add_version(DRAFT, note="", by=zhou_lan(), at=opens_at - DAY)
    areas.county()
    areas.county("341503", "裕安区")
    opening = Opening(opens_at, opens_at + 31 * DAY, areas.city(), residence=residence, level=level)
    made.publish(opening, by=he_jun(), at=opens_at - DAY)
    return made


def opinion(
    consultation: Consultation, words: str = "投放时间太短，建议晚上延长到九点", author: Account | None = None
) -> Opinion:
    """Somebody says something on the whole draft, and it is shown."""
    who = (author or people.resident("孙浩")).person
    assert who is not None
    Participant.objects.join(consultation, who, area=None, source=Source.WEB, by=author or "test", at=MONDAY)
    saying = Saying(words, consultation.current())  # type: ignore[arg-type]
    made: Opinion = Opinion.objects.put(saying, author=who, source=Source.WEB, by="test", at=MONDAY)
    return made


def support(of: Opinion, account: Account | None = None) -> Stance:
    who = (account or people.resident("刘桂英")).person
    assert who is not None
    Participant.objects.join(of.consultation, who, area=None, source=Source.WEB, by="test", at=MONDAY)
    return Stance.objects.take(of, person=who, side=Side.SUPPORT, by="test", at=MONDAY)


def theme(consultation: Consultation | None = None, title: str = "投放时间", *opinions: Opinion) -> Theme:
    """A theme of one opinion, or of those given."""
    inside = consultation or asked()
    members = opinions or (opinion(inside),)
    made: Theme = Theme.objects.form(
        inside, title=title, opinions=[one.pk for one in members], by=zhou_lan(), at=MONDAY
    )  # fmt: skip
    return made


def placing() -> Placing:
    return Placing.objects.get(theme=theme())


def reply(consultation: Consultation, verdict: str = Verdict.ADOPTED, anchor: str = "art3") -> Reply:
    """An answer: adopted, in the third article of the newest version."""
    if verdict == Verdict.NOT:
        return Reply(verdict, "与上位法的规定不一致，不能这样写。")
    return Reply(verdict, "上班族确实赶不上，投放时间延长一小时。", consultation.current(), anchor)


def answered(of: Theme | None = None, verdict: str = Verdict.ADOPTED) -> Theme:
    """周岚 has written the answer and 何军 has published it."""
    found = of or theme()
    found.draft(reply(found.consultation, verdict), by=zhou_lan(), at=LATER)
    found.answer(by=he_jun(), at=LATER)
    return found


def concluded() -> Consultation:
    """Nobody speaks any more; one theme is answered, and how many could have taken part is known."""
    made = asked()
    found = theme(made)
    made.add_version(REVISED, note="延长投放时间，首次违反先劝导。", by=zhou_lan(), at=CLOSED + DAY)
    made.conclude(by=he_jun(), at=CLOSED + DAY)
    made.count_eligible(CENSUS["people"], source=CENSUS["source"], on=CENSUS["on"], by=zhou_lan(), at=LATER)  # type: ignore[arg-type]
    found.refresh_from_db()
    answered(found)
    return made


def settled() -> Consultation:
    made = concluded()
    answering.settle(made, by=he_jun(), at=LATER)
    return made


def adopted() -> Consultation:
    made = settled()
    issued = Issued("六安市生活垃圾分类管理条例（六安市人大常委会公告第12号）", date(2026, 7, 1))
    made.adopt(issued, by=he_jun(), at=LATER + 30 * DAY)
    return made


def report() -> Report:
    return Report.objects.get(consultation=settled())


def follow_up() -> FollowUp:
    """Half a year after the answers."""
    return FollowUp.objects.get(consultation=settled(), months=6)


def statement(consultation: Consultation | None = None, words: str = "") -> Statement:
    """A sentence of the bureau's, on which people vote."""
    sentence = words or f"第{next(_numbers)}个投放点应当装洗手池。"
    made: Statement = Statement.objects.seed(consultation or asked(), words=sentence, by=zhou_lan(), at=MONDAY)
    return made


def voter() -> Person:
    """One more person with a real name."""
    return people.person("选民")


def statement_vote(of: Statement | None = None, choice: int = 1, person: Person | None = None) -> StatementVote:
    made: StatementVote = StatementVote.objects.cast(
        of or statement(), person=person or voter(), choice=choice, by="test", at=MONDAY
    )  # fmt: skip
    return made


def map_edition(consultation: Consultation | None = None) -> MapEdition:
    """A map of nobody, for what does not depend on what is drawn."""
    told = {"participants": 30, "placed": 30, "groups": [], "statements": [], "stability": None}
    salt = b"0123456789abcdef"
    drawn = Drawn(told, {"zh-hans": "<svg/>"}, salt, fingerprints({("1", "1"): 1}, salt=salt))
    return MapEdition.objects.publish(consultation or asked(), drawn, by="machine", at=MONDAY)
