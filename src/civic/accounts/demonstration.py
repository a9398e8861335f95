"""The people of the demonstration, all invented, and how to log in as each of them."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from civic.accounts.models import Account, Consent, Department, Mandate, Official, Organisation, OutboxMessage, Person
from civic.accounts.pending import seal
from civic.accounts.rules import ANYTHING, ROLES, Level
from civic.accounts.second_factor import TOTP
from civic.adapters.identity.fake import PERSONAS
from civic.masking.rules import mask

PASSWORD = "shifan-luan-2026"  # noqa: S105 (public on purpose: it opens the demonstration only)
BY = "demonstration"
CHILD = {"name": "王小宝", "id_number": "341502201605060031"}
FIRM = {"uscc": "91341500MA2TEXT00J", "name": "六安示范茶业有限公司"}
OFFICIALS = (
    ("rsj.liqiang", "李强", "rsj", ("window_clerk", "unit_handler")),
    ("rsj.zhaomin", "赵敏", "rsj", ("unit_leader",)),
    ("zrzy.zhangmin", "张敏", "zrzy", ("window_clerk", "unit_handler", "unit_leader")),
    ("sw.chentao", "陈涛", "sw", ("unit_handler", "unit_leader")),
    ("zjj.zhaolei", "赵磊", "zjj", ("unit_handler", "unit_leader")),
    ("cgj.majun", "马军", "cgj", ("unit_handler", "unit_leader")),
    ("cgj.shenyan", "沈妍", "cgj", ("unit_leader",)),
    ("jaq.qianwei", "钱伟", "jaq", ("unit_handler", "unit_leader")),
    ("rx.linxia", "林霞", "rx", ("call_taker",)),
    ("rx.gaofei", "高飞", "rx", ("dispatcher",)),
    ("rx.xuhui", "徐慧", "rx", ("reviewer",)),
    ("rd.daibiao1", "示范代表甲", "rd", ("deputy",)),
    ("rd.daibiao2", "示范代表乙", "rd", ("deputy",)),
    ("rd.lianluo", "示范联络员", "rd", ("station_clerk",)),
    ("sjzy.sunli", "孙丽", "sjzy", ("catalogue_clerk",)),
    ("sjzy.wugang", "吴刚", "sjzy", ("catalogue_publisher", "supervisor", "data_steward")),
    ("sjzy.hejing", "何静", "sjzy", ("privacy_officer",)),
    ("sjzy.audit", "郑直", "sjzy", ("auditor",)),
    ("sjzy.ops", "周敏", "sjzy", ("operator",)),
)
RESIDENTS = ("wangfang", "liuguiying", "sunhao", "zhoujianguo", "hexiulan")
HINTED = ("hexiulan",)  # who has agreed to be told of benefits


@dataclass(frozen=True)
class DemonstrationAccount:
    """How to log in as one person: residents by `phone`, officials by `username`, PASSWORD and `secret`."""

    name: str
    does: str
    username: str = ""
    phone: str = ""
    secret: str = ""


def demonstration_accounts() -> list[DemonstrationAccount]:
    """Return everybody, residents first; nothing is read from the database."""
    residents = [
        DemonstrationAccount(name=persona.name, does=f"居民（{persona.level}）", phone=persona.phone)
        for persona in (PERSONAS[key] for key in RESIDENTS)
    ]
    officials = [
        DemonstrationAccount(
            name=name,
            does="、".join(ROLES[role].name for role in roles),
            username=username,
            secret=secret_of(username),
        )
        for username, name, _, roles in OFFICIALS
    ]
    return residents + officials


def describe() -> str:
    """Return the demonstration's accounts as lines for the operator's screen."""
    lines = ["Demonstration accounts (示范账户). Codes appear at /demo/outbox/:"]
    for account in demonstration_accounts():
        how = f"/login/ {account.phone}" if account.phone else f"/office/login/ {account.username} {PASSWORD}"
        lines.append(f"  {account.name}  {account.does}: {how}")
    return "\n".join(lines)


def create_demonstration_accounts(*, at: datetime) -> int:
    """Make the demonstration's people, firm and mandates; return how many accounts were new. Twice changes nothing."""
    with transaction.atomic():
        made = sum(_resident(key, at) for key in RESIDENTS)
        made += sum(_official(username, name, code, roles, at) for username, name, code, roles in OFFICIALS)
        _firm_and_mandates(at)
    return made


def keep_message(*, phone: str, text: str) -> None:
    """Show a text message on the outbox page; the fake gateway calls this."""
    OutboxMessage.objects.keep(recipient=mask("mobile", phone, "staff"), text=text)


def secret_of(username: str) -> str:
    """Return the secret of a demonstration official's authenticator app, the same after every new start."""
    key = settings.SECRET_KEY.encode()
    return base64.b32encode(hmac.digest(key, b"demonstration app " + username.encode(), "sha1")).decode()


def _resident(key: str, at: datetime) -> bool:
    persona = PERSONAS[key]
    if Person.objects.with_id_number(id_number=persona.id_number).exists():
        return False
    facts = {"name": persona.name, "id_number": persona.id_number, "phone": persona.phone}
    person = Person.objects.register(**facts, by=BY, at=at, demonstration=True)
    person.claim(int(persona.level[1:]), source="unified-login", by=BY, at=at)
    Account.objects.open(kind=Account.Kind.RESIDENT, person=person, by=BY, at=at)
    if key in HINTED:
        Consent.objects.give(person=person, purpose="service_hints", by=BY, at=at)
    return True


def _official(username: str, name: str, code: str, roles: tuple[str, ...], at: datetime) -> bool:
    if Account.objects.filter(username=username).exists():
        return False
    department = Department.objects.filter(code=code).first()
    if department is None:
        department = Department.objects.describe(code=code, name=code, by=BY, at=at)[0]
    account = Account.objects.open(kind=Account.Kind.OFFICIAL, username=username, password=PASSWORD, by=BY, at=at)
    Official.objects.appoint(account=account, department=department, display_name=name, roles=roles, by=BY, at=at)
    Authenticator.objects.create(user=account, type=TOTP, data={"secret": seal(secret_of(username))})
    return True


def _firm_and_mandates(at: datetime) -> None:
    """王芳 acts for her mother, her son and, as an agent, for the firm that 周建国 represents."""
    wang, mother, owner = (
        Person.objects.with_id_number(id_number=PERSONAS[key].id_number).get()
        for key in ("wangfang", "liuguiying", "zhoujianguo")
    )
    if Mandate.objects.filter(agent=wang.account).exists():
        return
    firm = Organisation.objects.register(**FIRM, representative=owner, by=BY, at=at, demonstration=True)
    son = Person.objects.register(**CHILD, by=BY, at=at, demonstration=True)
    son.claim(Level.REAL_NAME, source="register", by=BY, at=at)

    for kind, principal, proof in (("PARENT", mother, "code"), ("CHILD", son, "register"), ("FIRM", firm, "code")):
        until = at + timedelta(days=365)
        mandate = Mandate.objects.propose(
            kind=kind, agent=wang.account, principal=principal, scope=[ANYTHING], valid_until=until, at=at
        )
        mandate.confirm(by=wang.account, at=at, proof=proof)
