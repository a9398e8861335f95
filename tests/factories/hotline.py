"""The hotline for tests: the demonstration city's lists, and tickets at every stage."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.timezone import localtime, now

from civic.accounts.models import Account, Department
from civic.deadlines.models.rung import forget_profiles
from civic.hotline.models import (
    AnswerTemplate,
    AutomaticDispatch,
    Category,
    Duty,
    Exclusion,
    ExclusionGround,
    Ground,
    Profile,
    Reception,
    Station,
    Supplement,
    Surge,
    Ticket,
    Tolerance,
    Voice,
    Watch,
)
from civic.hotline.models.questions import ByRule, Call, Objecting
from civic.hotline.models.surge import Sign
from civic.hotline.services.deputies import bring, load_stations
from civic.hotline.services.intake import Caller, Intake, join, take_in
from civic.hotline.services.loading import load_pack, read_pack
from tests.factories import areas
from tests.factories.accounts import MONDAY, department, official, resident

CITY = Path(settings.ROOT) / "cities" / "luan" / "hotline.yaml"
DEPUTIES = CITY.with_name("deputies.yaml")
LAMP = "梅山路和皖西大道路口的路灯坏了三天，晚上看不清路，老人摔了一跤。"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = MONDAY.date()
ANSWER = (
    "您反映的路灯已于3月3日更换电缆后恢复照明，我们同时检查了整条路的12盏路灯。"
    "依据《城市照明管理规定》，故障可以拨打0564-12345。"
)


def morning(*, days: int) -> datetime:
    """Nine in the morning so many days ago: whoever is called back a day and two hours later may be called then."""
    return localtime(now()).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days)


def city() -> None:
    """Departments and counties that some of the hotline's lists name, and these lists; made once."""
    if not Profile.objects.exists():
        load(_some())


def reload(**more: Any) -> None:
    """Take the same lists in again, with something more or something else."""
    city()
    load(_some() | more)


def _pack() -> dict[str, Any]:
    return deepcopy(_parsed())  # reading it takes longer than most tests


@cache
def _parsed() -> dict[str, Any]:
    return read_pack(CITY)


def _some() -> dict[str, Any]:
    pack = _pack()
    pack["categories"] = [
        one for one in pack["categories"] if one["code"].startswith(("0102", "0201")) or one["code"] in ("01", "02")
    ]
    pack["areas"] = [one for one in pack["areas"] if one["category"] == "010201"]
    return pack


def whole_city() -> None:
    """Everything that the hotline's lists name, and these lists."""
    load(_pack())


def load(pack: dict[str, Any]) -> None:
    """Take a pack in, with the departments and counties that it names."""
    for code in {one["unit"] for one in (*pack["categories"], *pack["areas"]) if "unit" in one} | {"rx"}:
        department(code, f"六安市{code}")
    for code in {one["area"] for one in pack["areas"]}:
        areas.county(code, f"{code}县")
    forget_profiles()  # what this process remembers was rolled back with another test
    load_pack(pack, by="operator", at=MONDAY)
    forget_profiles()  # and nothing is committed that would make it look anew


def profile() -> Profile:
    city()
    return Profile.objects.in_force("12345")


def category(code: str = "010201") -> Category:
    city()
    return Category.objects.get(code=code)


def duty(code: str = "010201") -> Duty:
    return Duty.objects.get(category=category(code), area=None)


def ground(code: str = "empty") -> Ground:
    city()
    return Ground.objects.get(code=code)


def unit(code: str = "cgj") -> Department:
    city()
    return department(code, f"六安市{code}")


def of_centre(name: str, role: str) -> Account:
    """Somebody of the hotline centre, made once: 林霞 takes calls, 高飞 dispatches, 徐慧 checks and calls back."""
    found = Account.objects.filter(username=f"rx.{role}").first()
    return found or official(name, department=unit("rx"), roles=(role,), username=f"rx.{role}")


def lin_xia() -> Account:
    return of_centre("林霞", "call_taker")


def gao_fei() -> Account:
    return of_centre("高飞", "dispatcher")


def xu_hui() -> Account:
    return of_centre("徐慧", "reviewer")


def of_unit(name: str = "马军", code: str = "cgj") -> Account:
    """Somebody who handles tickets at a unit, made once."""
    found = Account.objects.filter(username=f"{code}.handler").first()
    return found or official(name, department=unit(code), roles=("unit_handler",), username=f"{code}.handler")


def ticket(*, by: Account | None = None, at: datetime = MONDAY, **more: Any) -> Ticket:
    """王芳 says that a street lamp is broken."""
    city()
    who = by or resident("王芳")
    facts = {"title": "梅山路路灯不亮", "detail": LAMP, "place": "梅山路与皖西大道交口", **more}
    return take_in(Intake(**facts), caller=Caller(who), by=who, at=at)


def dispatched(*, code: str = "010201", to: str = "cgj", **more: Any) -> Ticket:
    """An hour later it is with 城市管理局."""
    made = ticket(**more)
    at = made.received_at + HOUR
    made.classify(category=category(code), kind=made.kind, urgency=made.urgency, by=gao_fei(), at=at)
    made.dispatch(unit=unit(to), reason="路灯归城市管理局", by=gao_fei(), at=at)
    return made


def handled(**more: Any) -> Ticket:
    """马军 has taken it and spoken to 王芳."""
    made = dispatched(**more)
    at = made.received_at + 2 * HOUR
    made.acknowledge(by=of_unit(), at=at)
    made.contact(way="PHONE", words="电话联系了来电人，约定明天维修。", reached=True, by=of_unit(), at=at)
    return made


def replied(**more: Any) -> Ticket:
    """马军 has answered on the next day."""
    made = handled(**more)
    made.reply(words=ANSWER, outcome="SOLVED", quality={}, by=of_unit(), at=made.received_at + DAY)
    return made


def passed(**more: Any) -> Ticket:
    """徐慧 lets the answer out."""
    made = replied(**more)
    made.pass_reply(by=xu_hui(), at=made.received_at + DAY + HOUR)
    return made


def closed(*, stars: int = 5, **more: Any) -> Ticket:
    """徐慧 has called back: it is solved."""
    made = passed(**more)
    at = made.received_at + DAY + 2 * HOUR
    made.call_back(call=Call(reached=True, contacted=True, solved=True, stars=stars), by=xu_hui(), at=at)
    made.close(by=xu_hui(), at=at)
    return made


def template(code: str = "found-and-done") -> AnswerTemplate:
    city()
    return AnswerTemplate.objects.get(code=code)


def tolerance(rate: str = "0.0500") -> Tolerance:
    """The city accepts one wrong dispatch of twenty."""
    facts = {"rate": Decimal(rate), "decided_by": "热线主任办公会", "decided_on": MONDAY.date(), "source": "会议纪要"}
    return Tolerance.objects.describe({"edition": "test"}, by="operator", at=MONDAY, facts=facts)[0]


def by_rule(**more: Any) -> AutomaticDispatch:
    """What the rule has sent to 城市管理局, an hour after it came in."""
    made = ticket(**more)
    how = ByRule(tolerance(), "e" * 64, "2026-02-27", 0.98, 0.93, ("路灯", "不亮"))
    at = made.received_at + HOUR
    made.classify(category=category(), kind=made.kind, urgency=made.urgency, by="rules", at=at)
    made.dispatch(unit=unit(), reason="职责清单：道路桥梁路灯", by="rules", at=at, how=how)
    return made.automatic_dispatches.get()


def voice() -> Voice:
    made = ticket()
    join(ticket=made, by=resident("孙浩"), at=MONDAY)
    return made.voices.get()


def objecting() -> Objecting:
    return Objecting("这段路由金安区养护，不归我局。", "六政办〔2024〕1号养护移交清单")


def supplement() -> Supplement:
    """王芳 adds the number of the lamp post."""
    made = dispatched()
    made.supplement(words="灯杆编号是0351。", by=made.caller, at=made.received_at + 2 * HOUR)
    return made.supplements.get()


def contested(**more: Any) -> Ticket:
    """高飞 has declined what 王芳 asks the centre to look at again."""
    made = ticket(**more)
    made.decline(ground=ground("private"), by=gao_fei(), at=made.received_at + HOUR)
    made.ask_reconsideration(words="不是个人纠纷，是公共路灯没有人修。", by=made.caller, at=made.received_at + 2 * HOUR)
    return made


def station(code: str = "zhongshi") -> Station:
    """The city pack's stations, their two deputies and a clerk, made once."""
    if not Station.objects.exists():
        city()
        areas.county("341502", "金安区")
        areas.town()
        deputy()
        deputy("示范代表乙", "rd.daibiao2")
        load_stations(DEPUTIES, by="operator", at=MONDAY)
    return Station.objects.get(code=code)


def deputy(name: str = "示范代表甲", username: str = "rd.daibiao1") -> Account:
    """A people's deputy, made once."""
    found = Account.objects.filter(username=username).first()
    return found or official(name, department=department("rd", "代表联络机构"), roles=("deputy",), username=username)


def reception() -> Reception:
    return station().receptions.filter(nth=None).get()


def brought(**more: Any) -> Ticket:
    """李奶奶 has told a deputy on Wednesday that a street lamp is broken."""
    where = station()
    said = Intake("梅山路路灯不亮", LAMP, place="梅山路与皖西大道交口", **more)
    who, caller = deputy(), Caller(name="李奶奶", phone="13866667777")
    return bring(said, caller=caller, deputy=who, station=where, by=who, at=MONDAY)


def published(**more: Any) -> Ticket:
    """徐慧 has published what 王芳 agreed to."""
    made = closed(wants_public=True, **more)
    at = made.received_at + DAY + 3 * HOUR
    made.publish(title="路灯不亮", detail="路口的路灯坏了三天。", reply="已经修好。", by=xu_hui(), at=at)
    return made


def watch() -> Watch:
    city()
    return Watch.objects.get()


def sign(*, people: int = 7, on: date = TODAY, code: str = "010201") -> Sign:
    """Seven people speak of street lamps within a week, after eight weeks in which nobody did."""
    return Sign(category(code), None, people, [0] * 8, [0] * 56 + [1] * 7, 2e-8, on)


def surge(*, at_unit: str = "cgj", at: datetime = MONDAY) -> Surge:
    found: Surge = Surge.objects.note(sign(on=at.date()), watch=watch(), unit=unit(at_unit), at=at)[0]
    return found


def called_back(*, solved: bool = True, stars: int | None = 5, contacted: bool = True, **more: Any) -> Ticket:
    """徐慧 has reached the caller, who says how it went."""
    made = passed(**more)
    call = Call(reached=True, contacted=contacted, solved=solved, stars=stars)
    made.call_back(call=call, by=xu_hui(), at=made.received_at + DAY + 2 * HOUR)
    return made


def unreached(**more: Any) -> Ticket:
    """徐慧 has called in vain."""
    made = passed(**more)
    made.call_back(call=Call(reached=False), by=xu_hui(), at=made.received_at + DAY + 2 * HOUR)
    return made


def unit_leader(name: str = "刘局", code: str = "cgj") -> Account:
    """Somebody who leads a unit, made once."""
    found = Account.objects.filter(username=f"{code}.leader").first()
    return found or official(name, department=unit(code), roles=("unit_leader",), username=f"{code}.leader")


def exclusion_ground(code: str = "out_of_scope") -> ExclusionGround:
    city()
    return ExclusionGround.objects.get(code=code)


def exclusion(of: Ticket | None = None, *, rate: str = "SOLVED", by: Account | None = None) -> Exclusion:
    """刘局 asks that the lamp be left out of the solved rate."""
    found = of or called_back(solved=False, stars=1)
    evidence = "六政办〔2024〕1号移交清单：该路段由金安区养护，不在我局职责内。"
    return Exclusion.objects.propose(
        ticket=found, rate=rate, ground=exclusion_ground(), evidence=evidence, by=by or unit_leader(),
        at=found.received_at + 2 * DAY,
    )  # fmt: skip
