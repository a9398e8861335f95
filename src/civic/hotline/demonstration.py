"""The demonstration's tickets: invented voices at every stage, made by the same verbs as real ones, and marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import get_current_timezone

from civic.accounts.models import Account, Department, Person
from civic.adapters.identity.fake import PERSONAS
from civic.areas.models import Area
from civic.cases.demonstration import workdays_before
from civic.hotline.models import Category, Ground, Ticket
from civic.hotline.models.moving import unit_of
from civic.hotline.models.questions import Call, Objecting
from civic.hotline.services.answering import Answer, send_answer
from civic.hotline.services.dispatching import Sorting, sort_and_send
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.services.publishing import propose_public
from civic.hotline.states import Channel, Kind, Outcome, Urgency

MARK = {"demonstration": "yes"}
TAKER, SENDER, CHECKER, DEPUTY = "rx.linxia", "rx.gaofei", "rx.xuhui", "rd.daibiao1"
HANDLERS = {"cgj": "cgj.majun", "jaq": "jaq.qianwei"}
LAMP = Intake(
    "梅山路路灯不亮",
    "梅山路与皖西大道交口一带的路灯坏了三天，晚上看不清路，有老人摔了一跤。",
    place="梅山路与皖西大道交口",
)
Moment = Callable[[int], datetime]


@dataclass(frozen=True)
class Scene:
    """One voice: who speaks and what they say so many working days ago, and the steps since, each so many days ago."""

    who: str
    said: Intake
    received: int
    steps: Sequence[tuple[int, str]] = field(default=())
    category: str = "010201"
    unit: str = "cgj"
    area: str = ""
    answer: str = ""


SCENES = (
    Scene(
        "wangfang",
        Intake("小区物业费突然涨价", "物业没有开业主大会，物业费从每平方米1.2元涨到1.8元。", kind=Kind.COMPLAINT),
        1,
    ),
    Scene(
        "phone",
        Intake(
            "路灯电线掉下来漏电",
            "皖西路小学门口路灯的电线掉在地上，有漏电危险，孩子马上放学。",
            channel=Channel.PHONE,
            urgency=Urgency.URGENT,
            place="皖西路小学门口",
        ),
        1,
        area="341502",
    ),
    Scene("sunhao", LAMP, 2, [(1, "dispatch")]),
    Scene("liuguiying", replace(LAMP, title="梅山路晚上没有路灯"), 1, [(1, "merge")]),
    Scene(
        "zhoujianguo",
        Intake(
            "背街小巷垃圾没人清运", "解放巷的垃圾桶一周没有清运，夏天味道很大。", kind=Kind.COMPLAINT, place="解放巷"
        ),
        3,
        [(2, "dispatch"), (1, "object")],
        category="020102",
    ),
    Scene(
        "wangfang",
        Intake("下水道堵塞污水外溢", "老菜市场门口下水道堵塞，污水外溢到马路上。", place="老菜市场门口"),
        6,
        [(5, "dispatch"), (5, "object"), (4, "elsewhere"), (4, "object"), (3, "convene")],
        category="010203",
    ),
    Scene(
        "sunhao",
        Intake("公园草坪被车压坏", "九墩塘公园的草坪被停放的汽车压坏，希望设置石墩。", kind=Kind.SUGGESTION),
        4,
        [(3, "dispatch"), (3, "receipt"), (2, "contact"), (1, "ask")],
        category="020302",
    ),
    Scene(
        "liuguiying",
        Intake("楼上装修噪音影响休息", "楼上装修从早上六点开始打桩，老人没法休息。", kind=Kind.HELP),
        6,
        [(5, "dispatch"), (5, "receipt"), (4, "contact"), (4, "wait")],
        category="020201",
        unit="jaq",
    ),
    Scene(
        "sunhao",
        replace(LAMP, title="淠河路路面破损", detail="淠河路路面破损，有三个大坑，雨天看不见。", place="淠河路"),
        5,
        [(4, "dispatch"), (4, "receipt"), (3, "contact"), (1, "reply")],
        answer="淠河路路面的三个坑，经现场核实是雨水井周边下沉造成的。养护班组昨天已用沥青填平并压实，面积6平方米。"
        "依据《城市道路管理条例》第二十一条由我局养护，再有破损可以拨打0564-12345，24小时内到场。",
    ),
    Scene(
        "zhoujianguo",
        replace(LAMP, title="桥面护栏断裂", detail="龙河路桥面护栏断裂一段，行人经过危险。", place="龙河路桥"),
        6,
        [(5, "dispatch"), (5, "receipt"), (4, "contact"), (2, "reply"), (1, "pass")],
        answer="您反映的龙河路桥护栏断裂一段，长4米，是被车撞坏的。接到工单当天我们设置了围挡和警示灯，第2天更换了护栏，"
        "并检查了全桥的其余护栏，没有松动。肇事车辆由交警部门追查，维修费用3200元先由养护经费支付。",
    ),
    Scene(
        "wangfang",
        replace(
            LAMP, title="健康路井盖破损", detail="健康路井盖破损，电动车差点摔倒。", place="健康路", wants_public=True
        ),
        9,
        [(8, "dispatch"), (8, "receipt"), (8, "contact"), (6, "reply"), (5, "pass"), (4, "solved"), (3, "publish")],
        answer="健康路的破损井盖属于通信管线，经核实由我局代为处置：接单当天先加盖钢板，第2天更换为重型井盖，并加装防坠网。"
        "同一路段的12个井盖已逐个检查。产权单位承担费用，依据《城市道路管理条例》第二十三条。",
    ),
    Scene(
        "liuguiying",
        replace(LAMP, title="巷口路灯修了又坏", detail="巷口路灯修好三天又坏了。", place="槐树巷口"),
        12,
        [
            (11, "dispatch"),
            (11, "receipt"),
            (11, "contact"),
            (9, "reply"),
            (8, "pass"),
            (7, "unsolved"),
            (6, "again"),
            (6, "receipt"),
        ],
        answer="槐树巷口的路灯是电缆接头进水短路。维修班组已于接单第2天更换接头，恢复照明，并连续3晚到场查看。"
        "依据《城市照明管理规定》第二十条，故障应在24小时内修复；这次晚了1天，向您致歉。",
    ),
    Scene(
        "sunhao",
        Intake("邻居借钱不还", "邻居借了我两万元不还，请政府帮我要回来。", kind=Kind.HELP),
        2,
        [(1, "decline"), (1, "contest")],
    ),
    Scene(
        "deputy",
        replace(LAMP, title="接待日：解放路路灯太暗", place="解放路", channel=Channel.DEPUTY, kind=Kind.SUGGESTION),
        8,
        [(7, "dispatch"), (7, "receipt"), (6, "contact"), (5, "reply"), (4, "pass"), (3, "solved")],
        answer="代表转来的解放路路灯太暗一事，经现场测量，有6盏灯的灯罩积灰、2盏灯老化。接单第2天已擦洗灯罩、更换2盏灯，"
        "晚上复测达到标准。依据《城市照明管理规定》第十九条由我局维护，以后每季度清洗一次。",
    ),
    Scene(
        "phone",
        Intake("咨询社保卡补办", "社保卡丢了，问到哪里补办、带什么材料。", kind=Kind.CONSULT, channel=Channel.PHONE),
        1,
        [(1, "answer")],
    ),
)


def create_demonstration_tickets(*, at: datetime) -> int:
    """Make the demonstration's tickets and return how many were new. Twice changes nothing.

    Raises: CalendarMissing, if the working days before `at` are not published.
    """
    if Ticket.objects.filter(facts__demonstration="yes").exists():
        return 0
    days = workdays_before(at, most=max(scene.received for scene in SCENES))
    with transaction.atomic():
        for place, scene in enumerate(SCENES):
            _play(scene, _moments(days, place))
    return len(SCENES)


def _moments(days: list[date], place: int) -> Moment:
    """Return what gives each step its own instant of the day asked for, in working hours and later than the last."""
    taken = 0

    def moment(ago: int) -> datetime:
        nonlocal taken
        taken += 1
        begun = datetime.combine(days[ago - 1], time(9, place), tzinfo=get_current_timezone())
        return begun + timedelta(minutes=31 * taken)

    return moment


def _play(scene: Scene, moment: Moment) -> None:
    at = moment(scene.received)
    area = Area.objects.by_code(code=scene.area) if scene.area else None
    said = replace(scene.said, facts=MARK, area=area)
    if scene.who == "phone":
        caller, by = Caller(name="示范来电人", phone="13800007777"), official_called(TAKER)
    elif scene.who == "deputy":
        caller, by = Caller(name="示范群众", phone="13800007766"), official_called(DEPUTY)
        said = replace(said, sponsor=by)
    else:
        by = resident_called(scene.who)
        caller = Caller(by)
    ticket = take_in(said, caller=caller, by=by, at=at)
    for ago, step in scene.steps:
        _take(ticket, scene, step, at=moment(ago))


def _take(ticket: Ticket, scene: Scene, step: str, *, at: datetime) -> None:
    """Take one step of a scene, by whoever's turn it is."""
    by_step: dict[str, Callable[[Ticket, Scene, datetime], None]] = {**AT_CENTRE, **AT_UNIT}
    by_step[step](ticket, scene, at)


def _send(ticket: Ticket, scene: Scene, at: datetime) -> None:
    category, unit = Category.objects.get(code=scene.category), Department.objects.get(code=scene.unit)
    sorting = Sorting(category, ticket.kind, ticket.urgency, unit, f"示范：由{unit.name}办理")
    sort_and_send(ticket=ticket, sorting=sorting, by=official_called(SENDER), at=at)


def _merge(ticket: Ticket, scene: Scene, at: datetime) -> None:
    ticket.merge(parent=_main(), by=official_called(SENDER), at=at)


def _main() -> Ticket:
    """The ticket that others are joined to: the first one at a unit."""
    found: Ticket = Ticket.objects.filter(facts__demonstration="yes", state="DISPATCHED").earliest("pk")
    return found


def _elsewhere(ticket: Ticket, scene: Scene, at: datetime) -> None:
    unit = Department.objects.get(code="jaq")
    ticket.redispatch(unit=unit, words="同意退单，改派金安区核实。", by=official_called(SENDER), at=at)


def _solved(ticket: Ticket, scene: Scene, at: datetime) -> None:
    call = Call(reached=True, contacted=True, solved=True, stars=5, words="修得很快，谢谢。")
    ticket.call_back(call=call, by=official_called(CHECKER), at=at)
    ticket.close(by=official_called(CHECKER), at=at)


def _unsolved(ticket: Ticket, scene: Scene, at: datetime) -> None:
    call = Call(reached=True, contacted=True, solved=False, stars=2, words="修好三天又坏了。")
    ticket.call_back(call=call, by=official_called(CHECKER), at=at)


def _publish(ticket: Ticket, scene: Scene, at: datetime) -> None:
    text = propose_public(ticket)
    ticket.publish(title=text.title, detail=text.detail, reply=text.reply, by=official_called(CHECKER), at=at)


def _object(ticket: Ticket, scene: Scene, at: datetime) -> None:
    objection = Objecting("经核实，这一路段的管护责任还没有移交给本单位。", "示范：市政设施管护移交清单（2024年）")
    ticket.send_back(objection=objection, by=_handler(ticket), at=at)


def _contact(ticket: Ticket, scene: Scene, at: datetime) -> None:
    words = "电话联系了来电人，核对了地点，约定两天内到现场。"
    ticket.contact(way="PHONE", words=words, reached=True, by=_handler(ticket), at=at)


def _reply(ticket: Ticket, scene: Scene, at: datetime) -> None:
    send_answer(ticket=ticket, answer=Answer(scene.answer, Outcome.SOLVED, {}), by=_handler(ticket), at=at)


AT_CENTRE: dict[str, Callable[[Ticket, Scene, datetime], None]] = {
    "dispatch": _send,
    "merge": _merge,
    "elsewhere": _elsewhere,
    "convene": lambda ticket, scene, at: ticket.convene(
        words="两个单位都认为不归自己，请一起到现场看。", by=official_called(SENDER), at=at
    ),
    "decline": lambda ticket, scene, at: ticket.decline(
        ground=Ground.objects.get(code="private"), by=official_called(SENDER), at=at
    ),
    "contest": lambda ticket, scene, at: ticket.ask_reconsideration(
        words="借条是在社区调解时写的，请社区再出面调解一次。", by=ticket.caller or "caller", at=at
    ),
    "answer": lambda ticket, scene, at: ticket.answer_live(
        words="可以在网上或者任何人社窗口补办，带身份证，当场领卡。", by=official_called(TAKER), at=at
    ),
    "pass": lambda ticket, scene, at: ticket.pass_reply(by=official_called(CHECKER), at=at),
    "solved": _solved,
    "unsolved": _unsolved,
    "again": lambda ticket, scene, at: ticket.handle_again(
        words="来电人说没有彻底修好。", by=official_called(CHECKER), at=at
    ),
    "publish": _publish,
}
AT_UNIT: dict[str, Callable[[Ticket, Scene, datetime], None]] = {
    "object": _object,
    "receipt": lambda ticket, scene, at: ticket.acknowledge(by=_handler(ticket), at=at),
    "contact": _contact,
    "ask": lambda ticket, scene, at: ticket.ask_extension(reason="石墩要从外地采购。", by=_handler(ticket), at=at),
    "wait": lambda ticket, scene, at: ticket.wait(
        reason="CALLER", words="等待来电人提供装修房号。", by=_handler(ticket), at=at
    ),
    "reply": _reply,
}


def _handler(ticket: Ticket) -> Account:
    """Who handles tickets at the unit that holds this one."""
    return official_called(HANDLERS[unit_of(ticket).code])


def official_called(username: str) -> Account:
    account: Account = Account.objects.select_related("official__department").get(username=username)
    return account


def resident_called(key: str) -> Account:
    person: Person = Person.objects.with_id_number(id_number=PERSONAS[key].id_number).get()
    account: Account = Account.objects.select_related("person__key").get(person=person)
    return account
