"""Cases for tests: 王芳 transfers a home, three departments look at it side by side."""

from datetime import UTC, datetime, timedelta
from typing import Any

from civic.accounts.models import Account, Department
from civic.cases.models import Case, CreditMark, Draft, Hearing, Task
from civic.cases.models.doubts import Said
from civic.cases.services import Application, begin_draft, submit_case
from civic.catalogue.models import Version
from tests.factories import accounts as people
from tests.factories import catalogue as services

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine in the morning in Lu'an
FORM = {"certificate": "皖2020六安市不动产权第0001234号", "price": "850000.00"}

HOME: dict[str, Any] = {
    "code": "LA-ZR-001",
    "name": "不动产转移登记",
    "name_en": "Register the transfer of real estate",
    "department": "zrzy",
    "theme": "不动产登记",
    "statutory_days": 15,
    "promised_days": 3,
    "materials": [
        {"key": "deed", "name": "原不动产权证书", "source": "EXCHANGE", "form": "ELECTRONIC"},
        {"key": "homes", "name": "家庭住房说明", "source": "COMMITMENT", "commitment": "我填写的住房套数属实。"},
    ],
    "form": {
        "type": "object",
        "x-pages": [{"key": "home", "title": "房屋", "title_en": "Home", "fields": ["certificate", "price"]}],
        "required": ["certificate", "price"],
        "properties": {
            "certificate": {"type": "string", "title": "证书号", "title_en": "Certificate number", "maxLength": 60},
            "price": {"type": "string", "title": "成交价", "title_en": "Price", "pattern": "^\\d+(\\.\\d{1,2})?$"},
        },
    },
    "eligibility": [],
    "steps": [
        {"key": "land", "name": "核验权籍", "name_en": "Check title", "department": "zrzy", "after": [], "days": 1},
        {"key": "tax", "name": "核税", "name_en": "Assess tax", "department": "sw", "after": [], "days": 1},
        {"key": "house", "name": "核验交易", "name_en": "Check sale", "department": "zjj", "after": [], "days": 1},
        {
            "key": "register",
            "name": "登簿",
            "name_en": "Register",
            "department": "zrzy",
            "after": ["land", "tax", "house"],
            "days": 2,
        },
    ],
    "decision": {"department": "zrzy"},
    "delivery": ["ELECTRONIC", "SELF_PICK", "POST"],
}


def departments() -> dict[str, Department]:
    """The three departments of a transfer of real estate, and one that has nothing to do with it."""
    names = {"zrzy": "自然资源和规划局", "sw": "税务局", "zjj": "住建局", "rsj": "人社局"}
    return {code: people.department(code, name) for code, name in names.items()}


def transfer_of_home(**changes: Any) -> Version:
    """The published service: three departments in parallel, then the register."""
    departments()
    return services.published_service(**{**HOME, **changes}).current


def officials() -> dict[str, Account]:
    """张敏 receives, 张强 registers and 周丽 decides at the land bureau; 陈涛 is of tax, 赵磊 of housing."""
    at = departments()
    return {
        "clerk": people.official("张敏", department=at["zrzy"], roles=("window_clerk",)),
        "handler": people.official("张强", department=at["zrzy"], roles=("unit_handler",)),
        "leader": people.official("周丽", department=at["zrzy"], roles=("unit_leader",)),
        "tax": people.official("陈涛", department=at["sw"], roles=("unit_handler",)),
        "housing": people.official("赵磊", department=at["zjj"], roles=("unit_handler",)),
        "stranger": people.official(
            "李强", department=at["rsj"], roles=("unit_handler", "window_clerk", "unit_leader")
        ),
    }


def application(**changes: Any) -> Application:
    """A complete application for the transfer of a home."""
    return Application(**{"form": FORM, "commitments": ("homes",), "delivery": "ELECTRONIC", **changes})


def case(*, by: Account | None = None, version: Version | None = None, at: datetime = MONDAY, **changes: Any) -> Case:
    """A submitted case of 王芳."""
    applicant = by or people.resident("王芳")
    service = version or Version.objects.filter(service__code="LA-ZR-001", state="PUBLISHED").first()
    return submit_case(version=service or transfer_of_home(), application=application(**changes), by=applicant, at=at)


def decided(*, verb: str = "grant", at: datetime = MONDAY, **changes: Any) -> Case:
    """A case of 王芳 in which every department agreed and the leader has just decided."""
    return decide(case(at=at, **changes), officials(), verb=verb, at=at)


def decide(found: Case, staff: dict[str, Account], *, verb: str = "grant", at: datetime = MONDAY) -> Case:
    """The submitted case, accepted, agreed to by every department and decided, all at `at`."""
    found.accept(by=staff["clerk"], at=at)
    for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
        Task.objects.get(case=found, key=key).complete(opinion="AGREE", by=staff[who], at=at)
    found.refresh_from_db()
    law = "《不动产登记暂行条例》第十七条"
    getattr(found, verb)(reasons="材料齐全，权属清楚。", legal_basis=law, by=staff["leader"], at=at)
    return found


def task(key: str = "tax") -> Task:
    """One department's part of a submitted case."""
    return Task.objects.get(case=case(), key=key)


def draft(*, by: Account, version: Version, at: datetime = MONDAY) -> Draft:
    """An empty draft."""
    return begin_draft(version=version, owner=by, at=at)


def revoked(*, by: Account | None = None, staff: dict[str, Account] | None = None, at: datetime = MONDAY) -> Case:
    """王芳's case whose commitment proved false: she was heard, then the leader took the decision back."""
    people_of = staff or officials()
    found = decide(case(by=by), people_of, at=at)
    found.verify_commitment(material="homes", result="FALSE", by=people_of["handler"], at=at)
    words = {"reasons": "经核查有两套住房。", "legal_basis": "《中华人民共和国行政许可法》第六十九条"}
    found.revoke(**words, by=people_of["leader"], at=at + timedelta(days=9))
    return found


def credit_mark(*, by: Account | None = None, staff: dict[str, Account] | None = None) -> CreditMark:
    """What stands on 王芳's record after that."""
    mark: CreditMark = revoked(by=by, staff=staff).credit_marks.get()
    return mark


def hearing_held(*, by: Account, staff: dict[str, Account], version: Version, at: datetime) -> Case:
    """A case of 王芳's whose hearing was held an hour before `at` and has no record yet."""
    then = at - timedelta(days=30)
    found = decide(case(by=by, version=version, at=then, delivery="SELF_PICK"), staff, at=then)
    found.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=then)
    found.make_statement(said=Said("我只有一套住房。", wants_hearing=True), by=by, at=then)
    found.call_hearing(hold_at=at - timedelta(hours=1), place="三楼", by=staff["handler"], at=then)
    return found


def hearing(*, by: Account | None = None, staff: dict[str, Account] | None = None, at: datetime = MONDAY) -> Hearing:
    """What 王芳 says after her commitment was found false; she asks for a hearing."""
    people_of = staff or officials()
    found = decide(case(by=by, delivery="SELF_PICK"), people_of, at=at)
    found.verify_commitment(material="homes", result="FALSE", by=people_of["handler"], at=at)
    found.make_statement(said=Said("我只有一套住房。", wants_hearing=True), by=found.applicant, at=at)
    made: Hearing = found.hearings.get()
    return made
