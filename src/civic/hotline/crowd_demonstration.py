"""The demonstration's crowd: invented callers about one flooded underpass: an incident and an early warning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import get_current_timezone

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.cases.demonstration import workdays_before
from civic.hotline.demonstration import MARK, SENDER, TAKER, official_called, resident_called
from civic.hotline.models import Category, Ticket
from civic.hotline.services.dispatching import Sorting, sort_and_send
from civic.hotline.services.intake import Caller, Intake, join, take_in
from civic.hotline.services.surges import raise_surges
from civic.hotline.states import Channel

CROWD = {**MARK, "crowd": "yes"}
CATEGORY, COUNTY, UNIT = "010203", "341502", "jaq"
FLOOD = "磨子潭路铁路下穿通道下雨以后积水到膝盖，电动车过不去，学生上学要绕路，等了两天没有人来抽水。"


@dataclass(frozen=True)
class Voice:
    """One caller: how many working days ago, with which words, and whether it was dispatched the same day."""

    ago: int
    title: str
    detail: str
    is_sent: bool = True


VOICES = (
    Voice(3, "磨子潭路下穿通道积水", FLOOD),
    Voice(2, "铁路下穿通道积水", f"您好，{FLOOD}"),
    Voice(2, "磨子潭路积水没人抽", f"{FLOOD}请尽快处理。"),
    Voice(2, "下穿通道积水过不去", f"我住在附近，{FLOOD}"),
    Voice(1, "磨子潭路积水很深", f"{FLOOD}昨天有人推车摔倒。"),
    Voice(1, "通道积水影响上学", f"{FLOOD}孩子鞋都湿了。", is_sent=False),
    Voice(1, "磨子潭路通道又积水了", f"反映一下，{FLOOD}", is_sent=False),
)


def create_demonstration_crowd(*, at: datetime) -> int:
    """Make the crowd's tickets and what they bring about; return how many were new. Twice changes nothing.

    Raises: CalendarMissing, if the working days before `at` are not published.
    """
    if Ticket.objects.filter(facts__crowd="yes").exists():
        return 0
    days = workdays_before(at, most=max(one.ago for one in VOICES))
    with transaction.atomic():
        made = []
        for place, one in enumerate(VOICES):
            begun = datetime.combine(days[one.ago - 1], time(9, 5 * place), tzinfo=get_current_timezone())
            made.append(_speak(one, place, at=begun))
        for name in ("wangfang", "sunhao"):
            join(ticket=made[0], by=resident_called(name), at=made[-1].received_at)
        raise_surges(at=at)
    return len(made)


def _speak(one: Voice, place: int, *, at: datetime) -> Ticket:
    category, area = Category.objects.get(code=CATEGORY), Area.objects.by_code(code=COUNTY)
    said = Intake(
        one.title,
        one.detail,
        channel=Channel.PHONE,
        place="磨子潭路铁路下穿通道",
        area=area,
        category=category,
        facts=CROWD,
    )
    caller = Caller(name="示范来电人", phone=f"138000081{place:02d}")
    ticket = take_in(said, caller=caller, by=official_called(TAKER), at=at)
    if one.is_sent:
        unit = Department.objects.get(code=UNIT)
        sorting = Sorting(category, ticket.kind, ticket.urgency, unit, f"示范：由{unit.name}办理")
        sort_and_send(ticket=ticket, sorting=sorting, by=official_called(SENDER), at=at + timedelta(minutes=2))
    return ticket
