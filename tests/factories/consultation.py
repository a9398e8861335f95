"""Consultations for tests: a short draft on sorting waste, put before the public by the city's urban management."""

from datetime import datetime, timedelta

from civic.accounts.models import Account, Department, Person
from civic.consultation.models import (
    Attachment,
    Consultation,
    DraftVersion,
    Opinion,
    Participant,
    Reception,
    Ruling,
    Sight,
    Stance,
)
from civic.consultation.models.consultation import Opening, Plan
from civic.consultation.models.opinion import Saying
from civic.consultation.services.speaking import speak, stand
from civic.participation.models import Sheet
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories.accounts import MONDAY

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY
FIRST = """六安市生活垃圾分类管理办法（征求意见稿）

第一条 为了加强生活垃圾分类管理，改善人居环境，制定本办法。
第二条 居民小区应当设置分类投放点，每三百户不少于一处。
投放点开放时间为每日六时至八时、十八时至二十时。
第三条 违反本办法的，由城市管理部门责令改正，并可以处以下罚款：
（一）个人处五十元以上二百元以下罚款；
（二）单位处五千元以上五万元以下罚款。
"""
SECOND = """六安市生活垃圾分类管理办法（征求意见稿）

第一条 为了加强生活垃圾分类管理，改善人居环境，制定本办法。
第二条 本市建立分类指导员制度，每个投放点配备一名指导员。
第三条 居民小区应当设置分类投放点，每三百户不少于一处。
投放点开放时间为每日六时至九时、十七时至二十一时，上夜班的居民可以使用误时投放点。
第四条 违反本办法的，由城市管理部门责令改正，并可以处以下罚款：
（一）个人处五十元以上二百元以下罚款；
（二）单位处五千元以上五万元以下罚款。
"""
HOURS = "art2.p2"
HOURS_WORDS = "投放时间太短，上夜班的人赶不上，希望延长到晚上九点以后。"
FINE_WORDS = "对个人罚款偏高，建议第一次只教育不罚款。"


def bureau() -> Department:
    return people.department("cgj", "六安市城市管理局")


def qian_wei() -> Account:
    """钱伟 handles it; made once."""
    return _staff("钱伟", "qianwei", "unit_handler")


def fang_lan() -> Account:
    """方岚 leads the unit; made once."""
    return _staff("方岚", "fanglan", "unit_leader")


def xu_ming() -> Account:
    """徐明 is the other head of the unit; made once."""
    return _staff("徐明", "xuming", "unit_leader")


def _staff(name: str, username: str, role: str) -> Account:
    found = Account.objects.filter(username=f"cgj.{username}").first()
    return found or people.official(name, department=bureau(), roles=(role,), username=f"cgj.{username}")


def plan(**changes: str) -> Plan:
    facts = {
        "title": "六安市生活垃圾分类管理办法（征求意见稿）",
        "summary": "小区要有分类投放点；投放有固定时间；乱扔会罚款。",
        "reasons": "全市生活垃圾一年比一年多，混着扔没有办法回收，填埋场快满了。",
        "moderation": "AFTER",
    }
    return Plan(**{**facts, **changes})


def prepared(text: str = FIRST, **changes: str) -> Consultation:
    """A draft that nobody outside the unit sees."""
    made = Consultation.objects.prepare(plan(**changes), by=qian_wei(), at=MONDAY)
    made.add_version(text, note="", by=qian_wei(), at=MONDAY)
    return made


def opening(**changes: object) -> Opening:
    facts: dict[str, object] = {"opens_at": MONDAY, "closes_at": MONDAY + 30 * DAY, "area": areas.city()}
    return Opening(**{**facts, **changes})  # type: ignore[arg-type]


def published(text: str = FIRST, *, opens: dict[str, object] | None = None, **changes: str) -> Consultation:
    """A draft before the public since Monday, for thirty days; opinions are shown at once."""
    made = prepared(text, **changes)
    made.publish(opening(**(opens or {})), by=fang_lan(), at=MONDAY)
    return made


def version(of: Consultation | None = None) -> DraftVersion:
    found = (of or published()).current()
    assert found is not None
    return found


def attachment() -> Attachment:
    return prepared().attach(
        title="起草说明", content=b"%PDF-1.7", content_type="application/pdf", by=qian_wei(), at=MONDAY
    )


def opinion(
    of: Consultation | None = None, words: str = HOURS_WORDS, *, anchor: str = HOURS, by: Account | None = None,
    is_named: bool = False, at: datetime = TUESDAY,
) -> Opinion:  # fmt: skip
    """王芳 speaks on the hours, from a browser."""
    saying = Saying(words, version(of), anchor, is_named)
    return speak(saying=saying, by=by or people.resident(), at=at)


def stance(of: Opinion | None = None, side: str = "SUPPORT", by: Account | None = None) -> Stance:
    return stand(opinion=of or opinion(), side=side, by=by or people.resident("李强"), at=TUESDAY)


def ruling() -> Ruling:
    """It was kept back, for it is an advertisement."""
    said = opinion()
    said.hold_back(ground="ADVERTISING", words="这是一则广告。", by=qian_wei(), at=TUESDAY)
    return Ruling.objects.get(opinion=said)


def participant() -> Participant:
    return Participant.objects.get(person=opinion().author)


def reception() -> Reception:
    return Reception.objects.get(opinion=opinion())


def sight(person: Person | None = None) -> Sight:
    reader = person or people.person("孙浩")
    Sight.objects.note([opinion().pk], person=reader)
    return Sight.objects.get(person=reader)


def sheet(number: str = "座谈会2026-01", lines: int = 20) -> Sheet:
    """The record of a meeting on Tuesday at the community centre."""
    return Sheet.objects.take(
        number=number, place="中市街道社区中心", collected_on=TUESDAY.date(), lines=lines, unit=bureau(),
        by=qian_wei(), at=TUESDAY,
    )  # fmt: skip
