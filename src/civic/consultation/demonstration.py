"""The demonstration's consultations, both invented: one that runs, one that has ended. Neither is the city's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from civic.accounts.models import Account, Person
from civic.adapters.identity.fake import PERSONAS
from civic.areas.models import Area
from civic.consultation.models import Consultation, Opinion
from civic.consultation.models.consultation import Opening, Plan
from civic.consultation.models.opinion import Saying
from civic.consultation.services.speaking import Paper, enter, speak, stand
from civic.consultation.states import Moderation
from civic.participation.models import Sheet

STAFF = "cgj.majun"
DAY = timedelta(days=1)
WASTE = """示范市生活垃圾分类管理办法（示范草案）

第一章　总则
第一条　为了加强生活垃圾分类管理，改善人居环境，制定本办法。
第二条　本办法适用于城区居民小区的生活垃圾分类投放和收集。
第二章　投放
第三条　居民小区应当设置分类投放点，每三百户不少于一处。
投放点开放时间为每日六时至八时、十八时至二十时。
第四条　投放点应当有清楚的图文标识，方便老年人和儿童辨认。
第三章　责任
第五条　违反本办法的，由主管部门责令改正，并可以处以下罚款：
（一）个人处五十元以上二百元以下罚款；
（二）单位处五千元以上五万元以下罚款。
"""
WASTE_SECOND = WASTE.replace(
    "投放点开放时间为每日六时至八时、十八时至二十时。",
    "投放点开放时间为每日六时至九时、十七时至二十一时，上夜班的居民可以使用误时投放点。",
)
PARKING = """示范市老旧小区停车管理规定（示范草案）

第一条　为了规范老旧小区停车，保障消防通道畅通，制定本规定。
第二条　小区停车方案由业主共同决定，公示不少于七日。
第三条　消防通道禁止停车。
"""


@dataclass(frozen=True)
class Said:
    """What one of the demonstration's residents says, on which clause, so many days after the opening."""

    who: str
    words: str
    anchor: str
    after: int
    supported_by: tuple[str, ...] = ()


WASTE_SAID = (
    Said(
        "wangfang", "投放时间太短，上夜班的人赶不上，希望延长到晚上九点以后。", "art3.p2", 1, ("sunhao", "liuguiying")
    ),
    Said("sunhao", "对个人罚款偏高，建议第一次只教育不罚款。", "art5.p1.i1", 2, ("wangfang",)),
    Said("zhoujianguo", "每三百户一个点太远，老人走不动，能不能一百五十户一个。", "art3.p1", 2, ("liuguiying",)),
    Said(
        "liuguiying", "标识的字要大，最好有颜色，老人才看得清。", "art4.p1", 3, ("wangfang", "zhoujianguo", "hexiulan")
    ),
)
PARKING_SAID = (
    Said("wangfang", "公示七日太短，出差的业主看不到，建议十五日。", "art2.p1", 2, ("sunhao",)),
    Said("zhoujianguo", "消防通道要画线，不然大家不知道哪里不能停。", "art3.p1", 5, ("wangfang", "sunhao")),
)


def create_demonstration_consultations(*, at: datetime) -> int:
    """Make both consultations; return how many were new. Twice changes nothing."""
    if Consultation.objects.filter(is_demonstration=True).exists():
        return 0
    staff: Account = Account.objects.select_related("official__department").get(username=STAFF)
    with transaction.atomic():
        _running(staff, at - 12 * DAY)
        _finished(staff, at - 60 * DAY)
    return 2


def _running(staff: Account, begun: datetime) -> None:
    plan = Plan(
        "【示范】生活垃圾分类管理办法（示范草案）",
        "示范数据，不是本市的文件。小区要有分类投放点，投放有固定时间，标识要看得清；乱扔会罚款。",
        "示范数据。垃圾混着扔没有办法回收；定点定时投放，小区更干净，也能少填埋。",
        Moderation.AFTER,
    )
    run = _published(plan, WASTE, staff, begun, days=45)
    for one in WASTE_SAID:
        _speak(run, one, begun)
    sheet = Sheet.objects.take(
        number="示范座谈会01", place="示范社区活动室", collected_on=(begun + 3 * DAY).date(), lines=12,
        unit=staff.official.department, by=staff, at=begun + 4 * DAY,
    )  # fmt: skip
    version = run.current()
    if version is not None:
        saying = Saying("投放点边上要有洗手的地方。", version, "art3.p1")
        enter(saying=saying, paper=Paper(sheet, 1, "MEETING"), by=staff, at=begun + 4 * DAY)
    run.add_version(
        WASTE_SECOND, note="示范：根据大家的意见延长投放时间，增加误时投放点。", by=staff, at=begun + 8 * DAY
    )


def _finished(staff: Account, begun: datetime) -> None:
    plan = Plan(
        "【示范】老旧小区停车管理规定（示范草案）",
        "示范数据，不是本市的文件。怎么停车由业主一起定，消防通道不能停。",
        "示范数据。老旧小区车多位少，乱停堵住了消防通道。",
        Moderation.AFTER,
    )
    run = _published(plan, PARKING, staff, begun, days=30)
    for one in PARKING_SAID:
        _speak(run, one, begun)
    run.conclude(by=staff, at=begun + 31 * DAY)


def _published(plan: Plan, text: str, staff: Account, begun: datetime, *, days: int) -> Consultation:
    made: Consultation = Consultation.objects.prepare(plan, by=staff, at=begun - DAY, demonstration=True)
    made.add_version(text, note="", by=staff, at=begun - DAY)
    city = Area.objects.get(level=Area.Level.CITY)
    made.publish(Opening(begun, begun + days * DAY, city), by=staff, at=begun)
    return made


def _speak(run: Consultation, one: Said, begun: datetime) -> Opinion | None:
    """Let a resident speak who may: one of them is known by phone only."""
    version, at = run.current(), begun + one.after * DAY
    author = _resident(one.who)
    if version is None or author is None:
        return None
    made = speak(saying=Saying(one.words, version, one.anchor), by=author, at=at)
    for name in one.supported_by:
        if (supporter := _resident(name)) is not None:
            stand(opinion=made, side="SUPPORT", by=supporter, at=at + DAY)
    return made


def _resident(key: str) -> Account | None:
    """Return a resident of the demonstration whose real name is known; None of the others."""
    person: Person | None = Person.objects.with_id_number(id_number=PERSONAS[key].id_number).first()
    if person is None or person.level < Person.Level.REAL_NAME:
        return None
    found: Account | None = Account.objects.select_related("person__key").filter(person=person).first()
    return found
