"""The demonstration's cases: invented people at every stage, made by the same verbs as real ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.timezone import get_current_timezone, localdate
from PIL import Image

from civic.accounts.models import Account, Mandate, Person
from civic.adapters.identity.fake import PERSONAS
from civic.cases.models import Case, Task
from civic.cases.services import Application, Principal, submit_case, version_in_force
from civic.cases.states import Opinion
from civic.catalogue.models import Service
from civic.deadlines.models.calendar import published_calendar
from civic.deadlines.states import Reason
from civic.documents.services import store_document

CARD_LOST, CARD_NEW, HOME = "LA-RS-002", "LA-RS-001", "LA-ZR-001"
FORMS: dict[str, dict[str, Any]] = {
    CARD_LOST: {"reason": "broken", "damage": "chip", "keep_bank": "yes", "temporary": "no", "pickup": "hall"},
    CARD_NEW: {
        "holder": "self",
        "bank": "icbc",
        "card_kind": "both",
        "activate_finance": "yes",
        "occupation": "employee",
    },
    HOME: {
        "property_id": "LA2023001",
        "certificate_no": "皖(2018)六安市不动产权第9023001号",
        "home_address": "六安市金安区梅山路001号",
        "floor_area": "89.60",
        "mortgage": "none",
        "contract_no": "HT2023001",
        "price": "620000.00",
        "sold_on": "2026-01-15",
        "payment": "cash",
        "role": "buyer",
        "other_kind": "person",
        "other_name": "周建国",
        "other_id_number": PERSONAS["zhoujianguo"].id_number,
        "other_phone": PERSONAS["zhoujianguo"].phone,
        "ownership": "sole",
        "homes_owned": 0,
        "sole_home_of_seller": "yes",
        "held_years": "over_5",
        "certificate_form": "electronic",
    },
}
COMMITMENTS = {CARD_LOST: ("loss",), CARD_NEW: (), HOME: ("family_homes",)}
PHOTOS = {CARD_LOST: (), CARD_NEW: ("photo",), HOME: ("seller_consent",)}
LAWS = {
    CARD_LOST: "《中华人民共和国社会保险法》第五十八条",
    CARD_NEW: "《中华人民共和国社会保险法》第五十八条",
    HOME: "《不动产登记暂行条例》第十四条",
}
CLERK, HANDLER, LEADER = "clerk", "handler", "leader"
STAFF = {
    "rsj": {CLERK: "rsj.liqiang", HANDLER: "rsj.liqiang", LEADER: "rsj.zhaomin"},
    "zrzy": {CLERK: "zrzy.zhangmin", HANDLER: "zrzy.zhangmin", LEADER: "zrzy.zhangmin"},
    "sw": {HANDLER: "sw.chentao"},
    "zjj": {HANDLER: "zjj.zhaolei"},
}


@dataclass(frozen=True)
class Scene:
    """One case: who applied for what, and what has happened since, each step so many working days ago."""

    who: str
    code: str
    submitted: int
    steps: Sequence[tuple[int, str]] = field(default=())
    mandate: bool = False
    delivery: str = "SELF_PICK"


SCENES = (
    Scene("wangfang", CARD_LOST, 1),
    Scene("sunhao", CARD_LOST, 4),
    Scene("liuguiying", CARD_NEW, 3, [(2, "correct")]),
    Scene("wangfang", CARD_NEW, 4, [(3, "accept"), (2, "review")]),
    Scene("wangfang", CARD_LOST, 9, [(8, "accept"), (8, "issue"), (7, "grant"), (6, "deliver")], mandate=True),
    Scene("sunhao", CARD_NEW, 12, [(11, "accept"), (9, "review")]),
    Scene("zhoujianguo", CARD_NEW, 6, [(5, "accept"), (2, "extend")]),
    Scene("liuguiying", CARD_LOST, 7, [(6, "accept"), (6, "issue"), (5, "refuse")]),
    Scene("wangfang", HOME, 2, [(1, "accept"), (1, "land")], delivery="ELECTRONIC"),
    Scene("sunhao", HOME, 2, delivery="ELECTRONIC"),
    Scene("liuguiying", HOME, 5, [(4, "accept"), (3, "land"), (3, "suspend")], delivery="ELECTRONIC"),
    Scene("sunhao", HOME, 4, [(3, "accept"), (2, "land"), (2, "tax"), (1, "house")], delivery="ELECTRONIC"),
    Scene(
        "liuguiying",
        HOME,
        6,
        [(5, "accept"), (4, "land"), (4, "tax"), (4, "house"), (3, "register"), (2, "grant")],
    ),
    Scene(
        "wangfang",
        HOME,
        15,
        [(14, "accept"), (13, "land"), (13, "tax"), (13, "house"), (12, "register"), (12, "grant"), (11, "deliver")],
    ),
    Scene("wangfang", CARD_LOST, 10, [(9, "withdraw")]),
)


def create_demonstration_cases(*, at: datetime) -> int:
    """Make the demonstration's cases and return how many were new. Twice changes nothing.

    Raises: CalendarMissing, if the working days before `at` are not published.
    """
    if Case.objects.filter(applicant__person__is_demonstration=True).exists():
        return 0
    days = workdays_before(at, most=max(scene.submitted for scene in SCENES))
    with transaction.atomic():
        for place, scene in enumerate(SCENES):
            _play(scene, lambda ago, place=place: _moment(days[ago - 1], place))  # type: ignore[misc]
    return len(SCENES)


def workdays_before(at: datetime, *, most: int) -> list[date]:
    """Return the `most` working days before the city's day of `at`, the latest first."""
    calendar, found, on = published_calendar(), list[date](), localdate(at)
    while len(found) < most:
        on -= timedelta(days=1)
        if calendar.is_workday(on):
            found.append(on)
    return found


class _Clock:
    """Gives every step of one case its own instant: the day asked for, later than the step before."""

    def __init__(self, moment: Callable[[int], datetime]) -> None:
        self.moment, self.taken = moment, 0

    def __call__(self, ago: int) -> datetime:
        self.taken += 1
        return self.moment(ago) + timedelta(minutes=17 * self.taken)


def _moment(on: date, place: int) -> datetime:
    """Return an instant of the morning, another for each case."""
    return datetime.combine(on, time(8, 30 + place), tzinfo=get_current_timezone())


def _play(scene: Scene, moment: Callable[[int], datetime]) -> None:
    clock = _Clock(moment)
    account = _account(scene.who)
    version = version_in_force(Service.objects.published().get(code=scene.code))
    principal = None
    if scene.mandate:
        mandate = Mandate.objects.filter(agent=account, kind="PARENT").first()
        principal = Principal.of(mandate, own=account.person)
    at = clock(scene.submitted)
    documents = {key: [_photo(account, key, at=at)] for key in PHOTOS[scene.code]}
    application = Application(
        form=FORMS[scene.code],
        documents=documents,
        commitments=COMMITMENTS[scene.code],
        delivery=scene.delivery,
    )
    number = submit_case(version=version, application=application, by=account, at=at, principal=principal).number
    for ago, step in scene.steps:
        _take(Case.objects.get(number=number), step, by=account, at=clock(ago))


def _take(case: Case, step: str, *, by: Account, at: datetime) -> None:
    """Take one step of the scene: a named step of the case, or the task of that name."""
    staff = {role: _official(name) for role, name in STAFF[case.department.code].items()}
    law = LAWS[case.service.code]
    message = "照片背景不是白色，请换一张白底近照。"
    steps: dict[str, Callable[[], None]] = {
        "accept": lambda: case.accept(by=staff[CLERK], at=at),
        "correct": lambda: case.request_correction(
            items=[{"pointer": "/documents/photo", "message": message}], by=staff[CLERK], at=at
        ),
        "suspend": lambda: case.suspend(reason=Reason.PUBLIC_NOTICE, by=staff[HANDLER], at=at),
        "extend": lambda: case.ask_extension(days=3, reason="制卡中心设备检修。", by=staff[HANDLER], at=at),
        "grant": lambda: case.grant(reasons="材料齐全，符合条件。", legal_basis=law, by=staff[LEADER], at=at),
        "refuse": lambda: case.refuse(
            reasons="原卡芯片经检测可以正常使用，不需要补办。", legal_basis=law, by=staff[LEADER], at=at
        ),
        "deliver": lambda: case.deliver(by=staff[CLERK], at=at),
        "withdraw": lambda: case.withdraw(by=by, at=at),
    }
    steps.get(step, lambda: _complete(case, step, at=at))()


def _complete(case: Case, key: str, *, at: datetime) -> None:
    task = Task.objects.select_related("case", "department").get(case=case, key=key)
    task.complete(opinion=Opinion.AGREE, by=_official(STAFF[task.department.code][HANDLER]), at=at)


def _account(key: str) -> Account:
    person: Person = Person.objects.with_id_number(id_number=PERSONAS[key].id_number).get()
    account: Account = Account.objects.get(person=person)
    return account


def _official(username: str) -> Account:
    account: Account = Account.objects.select_related("official").get(username=username)
    return account


def _photo(owner: Account, key: str, *, at: datetime) -> str:
    """Return the token of a plain picture: nobody's photo."""
    out = BytesIO()
    Image.new("RGB", (358, 441), "lightsteelblue").save(out, "JPEG")
    out.seek(0)
    return str(store_document(owner=owner, file=out, name="示范图片.jpg", purpose=f"case.{key}", at=at).token)
