"""A service that wants a marriage certificate, for tests: 王芳 applies for it, 李强 decides."""

from datetime import datetime
from typing import Any

from civic.accounts.models import Account
from civic.cases import services
from civic.cases.licensed import materials_of
from civic.cases.models import Case
from civic.cases.services import Application
from civic.catalogue.models import Version
from tests.factories import catalogue, documents, wallet
from tests.factories.accounts import MONDAY, department, official
from tests.factories.licences import licence_type

FORM = {
    "type": "object",
    "x-pages": [{"key": "why", "title": "事由", "title_en": "Why", "fields": ["why"]}],
    "properties": {"why": {"type": "string", "title": "事由", "title_en": "Why"}},
}
SPOUSE = {
    "type": "string", "title": "配偶姓名", "x-source": {"licence": "marriage_certificate", "field": "spouse_name"},
}  # fmt: skip
MATERIALS = [
    {
        "key": "wedding",
        "name": "结婚证",
        "source": "LICENCE",
        "licence_type": "marriage_certificate",
        "form": "ELECTRONIC",
    },
    {"key": "identity", "name": "居民身份证", "source": "LICENCE", "licence_type": "id_card", "form": "ELECTRONIC"},
]


def version() -> Version:
    """The published service."""
    licence_type("marriage_certificate")
    licence_type("id_card")
    found = catalogue.published_service(
        "LA-ZR-002", department="zrzy", steps=[], materials=MATERIALS, form=FORM, decision={"department": "zrzy"}
    )
    return found.current


def apply(*, by: Account | None = None, at: datetime = MONDAY, **sent: Any) -> Case:
    """The submitted case of 王芳."""
    application = Application(form={}, delivery="SELF_PICK", **sent)
    return services.submit_case(version=version(), application=application, by=by or wallet.wang(), at=at)


def paper(owner: Account | None = None) -> str:
    """The token of a photo."""
    return str(documents.document(owner=owner or wallet.wang()).token)


def supplied(case: Case) -> dict[str, str]:
    """By what each material of a case is supplied."""
    return {row.key: str(row.by) for row in materials_of(case)}


def li() -> Account:
    """李强, who takes up and decides."""
    return official("李强", department=department("zrzy"), roles=["window_clerk", "unit_handler", "unit_leader"])
