"""The demonstration's past: three months of invented voices, so that the board has something to count."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import get_current_timezone

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.cases.demonstration import workdays_before
from civic.hotline.models import Category, Duty, Ticket
from civic.hotline.models.clocks import start, stop
from civic.hotline.models.questions import Call
from civic.hotline.services.history import Past, take_in_past
from civic.hotline.states import RESPONSE, Channel, Kind

MARK = {"demonstration": "board"}
DAYS, A_DAY = 60, 3
SENDER = "rx.gaofei"
VOICES = (
    ("040201", "社保卡办理"), ("040301", "医保报销"), ("050101", "学区划分"), ("010103", "公积金贷款买房办产权证"),
    ("040202", "社保转移"), ("040302", "医保缴费"), ("040201", "社保查询"), ("050101", "入学政策"),
    ("040201", "社保卡补办"), ("040301", "医保卡激活"), ("010201", "路灯不亮"), ("010101", "物业费上涨"),
    ("020102", "垃圾没有清运"), ("020201", "夜间施工噪声"), ("030101", "公交班次太少"), ("040101", "拖欠工资"),
    ("070101", "网购商品不退货"),
)  # fmt: skip
CHANNELS = (Channel.PHONE, Channel.WEB, Channel.PHONE, Channel.WECHAT, Channel.PHONE, Channel.COUNTER, Channel.MAILBOX)
WATER, SAY_SO = "010202", 7  # so many people speak of one matter
REPLY = "示范：已经核实并告知办理结果，今后可以拨打12345。"


@dataclass(frozen=True)
class Lists:
    """What the voices are given: the city's classes with the units that answer for them, its counties."""

    categories: dict[str, Category]
    units: dict[str, Department]
    areas: list[Area]


def create_demonstration_past(*, at: datetime) -> int:
    """Make the demonstration's past tickets and return how many were new. Twice changes nothing.

    Raises: CalendarMissing, if the working days before `at` are not published.
    """
    if Ticket.objects.filter(facts__demonstration="board").exists():
        return 0
    days, lists = workdays_before(at, most=DAYS), _lists()
    by = Account.objects.get(username=SENDER)
    with transaction.atomic():
        for nth in range(DAYS * A_DAY):
            _take_in(nth, days[nth // A_DAY], lists, by=by, at=at)
        return DAYS * A_DAY + _one_matter(days[2], lists, by=by, at=at)


def _lists() -> Lists:
    wanted = {code for code, _issue in VOICES} | {WATER}
    duties = Duty.objects.filter(area=None, category__code__in=wanted).select_related("category", "unit")
    return Lists(
        {duty.category.code: duty.category for duty in duties},
        {duty.category.code: duty.unit for duty in duties},
        list(Area.objects.of_level(level=Area.Level.COUNTY)),
    )


def _take_in(nth: int, day: date, lists: Lists, *, by: Account, at: datetime) -> None:
    """Take in the `nth` voice: the newest were answered at once, the others went their way through a unit."""
    code, issue = VOICES[nth * 7 % len(VOICES)]
    received = _morning(day, minutes=nth * 37 % 400)
    facts: dict[str, Any] = {
        "origin": f"demonstration:board:{nth}", "title": f"{issue}（示范）", "detail": f"示范：咨询和反映{issue}的事。",
        "received_at": received, "channel": CHANNELS[nth * 5 % len(CHANNELS)], "category": lists.categories.get(code),
        "kind": Kind.CONSULT if nth % 3 else Kind.HELP, "area": lists.areas[nth * 3 % len(lists.areas)],
        "facts": MARK, "reply": REPLY,
    }  # fmt: skip
    if nth // A_DAY < 9 or code not in lists.units:
        answered = received + timedelta(minutes=6 + nth % 9)
        take_in_past(Past(**facts, replied_at=answered, done_at=answered), by=by, at=at)
        return
    sent = received + timedelta(minutes=20 + nth * 11 % 90)
    contacted = sent + timedelta(hours=1 + nth * 5 % 30)
    replied = contacted + timedelta(hours=4 + nth * 13 % 110)
    call = Call(reached=True, contacted=nth % 9 > 0, solved=nth % 6 > 0, stars=(5, 4, 5, 3, 5, 4, 2)[nth % 7])
    past = Past(
        **facts, unit=lists.units[code], dispatched_at=sent, contacted_at=contacted, replied_at=replied,
        done_at=replied + timedelta(hours=20), call=call,
    )  # fmt: skip
    ticket, _is_new = take_in_past(past, by=by, at=at)
    start(ticket, RESPONSE, by="import", at=sent)
    stop(ticket, RESPONSE, by="import", at=contacted)


def _one_matter(day: date, lists: Lists, *, by: Account, at: datetime) -> int:
    """Take in what several people say of one matter, joined to the first of them; return how many."""
    if WATER not in lists.units:
        return 0
    made = []
    for nth in range(SAY_SO):
        received = _morning(day, minutes=nth * 9)
        past = Past(
            origin=f"demonstration:board:water:{nth}", title="解放路一带停水（示范）",
            detail="示范：解放路一带从早上起停水，没有看到通知。", received_at=received, channel=CHANNELS[nth],
            category=lists.categories[WATER], area=lists.areas[0], unit=lists.units[WATER],
            dispatched_at=received + timedelta(minutes=20), facts=MARK,
        )  # fmt: skip
        made.append(take_in_past(past, by=by, at=at)[0])
    for other in made[1:]:
        other.merge(parent=made[0], by=by, at=_morning(day, minutes=120))
    return SAY_SO


def _morning(day: date, *, minutes: int) -> datetime:
    return datetime.combine(day, time(9), tzinfo=get_current_timezone()) + timedelta(minutes=minutes)
