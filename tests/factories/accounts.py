"""People and departments for tests: 王芳, 李强 and the others."""

import itertools
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.test import Client

from civic.accounts.models import Account, Consent, Department, Mandate, Official, Organisation, Person, Token
from civic.accounts.rules import Level

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Lu'an
WANG_FANG = {"name": "王芳", "phone": "13800005678", "id_number": "341502199001010025"}
LIU_GUIYING = {"name": "刘桂英", "phone": "13800004321", "id_number": "34150219550307002X"}
SUN_HAO = {"name": "孙浩", "phone": "13800009999", "id_number": "341503198812120019"}

_numbers = itertools.count(1)


def department(code: str = "rsj", name: str = "六安市人力资源和社会保障局") -> Department:
    """The department `code`, made once."""
    found = Department.objects.filter(code=code).first()
    return found or Department.objects.describe(code=code, name=name, by="test", at=MONDAY)[0]


def person(name: str = "王芳", *, phone: str = "", id_number: str = "", level: int = Level.REAL_NAME) -> Person:
    """A person of whom the city knows what is given."""
    someone = Person.objects.register(name=name, phone=phone, id_number=id_number, by="test", at=MONDAY)
    if level:
        someone.claim(level, source="test", by="test", at=MONDAY)
    return someone


def resident(
    name: str = "王芳", *, phone: str | None = None, id_number: str = "", level: int = Level.REAL_NAME
) -> Account:
    """A resident who can log in; every one has a phone of their own (None: the next unused one)."""
    own = f"139{next(_numbers):08d}" if phone is None else phone
    someone = person(name, phone=own, id_number=id_number, level=level)
    return Account.objects.open(kind=Account.Kind.RESIDENT, person=someone, by="test", at=MONDAY)


def official(
    name: str = "李强",
    *,
    department: Department | None = None,
    roles: Collection[str] = ("unit_handler",),
    username: str = "",
    password: str | None = None,
) -> Account:
    """An official's account; `.official` is the office. Without a password, use `client.force_login`."""
    home = department or Department.objects.filter(code="rsj").first() or _default_department()
    account = Account.objects.open(
        kind=Account.Kind.OFFICIAL,
        username=username or f"official-{next(_numbers)}",
        password=password,
        by="test",
        at=MONDAY,
    )
    Official.objects.appoint(account=account, department=home, display_name=name, roles=roles, by="test", at=MONDAY)
    return account


def office(name: str = "李强", *, department: Department | None = None, roles: Collection[str] = ()) -> Official:
    """An official as an office; `.account` logs in."""
    return official(name, department=department, roles=roles).official


def consent(someone: Person, purpose: str = "sms_notices") -> Consent:
    """What `someone` agreed to."""
    Consent.objects.give(person=someone, purpose=purpose, by="test", at=MONDAY)
    return Consent.objects.get(person=someone, purpose=purpose, withdrawn_at=None)


def issued_token(account: Account) -> Token:
    """The row behind a bearer token."""
    token(account)
    return Token.objects.filter(account=account).latest("pk")


def token(account: Account, *, at: datetime = MONDAY, valid_for: timedelta = timedelta(days=3650)) -> str:
    """The text of a bearer token: `client.get(url, headers={"Authorization": f"Bearer {token(account)}"})`."""
    return Token.objects.issue(account=account, label="test", by="test", at=at, valid_for=valid_for)[1]


def organisation(
    name: str = "六安示范茶业有限公司", *, uscc: str = "", representative: Person | None = None
) -> Organisation:
    """A firm; somebody represents it."""
    owner = representative or person("周建国", phone="13800006666", id_number="341502198505150019")
    code = uscc or "91341500MA2TEXT00J"
    return Organisation.objects.register(uscc=code, name=name, representative=owner, by="test", at=MONDAY)


def mandate(
    *,
    agent: Account,
    principal: Person | Organisation,
    kind: str = "",
    scope: Collection[str] = ("*",),
    at: datetime = MONDAY,
    days: int = 30,
) -> Mandate:
    """An active mandate that began at `at`."""
    sort = kind or ("FIRM" if isinstance(principal, Organisation) else "PARENT")
    made = Mandate.objects.propose(
        kind=sort, agent=agent, principal=principal, scope=scope, valid_until=at + timedelta(days=days), at=at
    )
    made.confirm(by="test", at=at, proof="code")
    return made


def _default_department() -> Department:
    return department()


def at_home(account: Account) -> Client:
    """The browser of somebody who is logged in."""
    client = Client()
    client.force_login(account)
    return client
