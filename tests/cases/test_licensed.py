"""Licences that the city holds fill the materials of a case: with consent, recorded, read by who decides."""

import pytest

from civic.cases import services
from civic.cases.services import Application
from civic.licences.models import Use
from tests.factories import catalogue, wallet
from tests.factories.accounts import MONDAY, at_home, consent, department, official

pytestmark = pytest.mark.django_db
FORM = {"type": "object", "properties": {}, "x-pages": []}
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


def applied():
    service = catalogue.published_service(
        "LA-ZR-002", department="zrzy", steps=[], materials=MATERIALS, form=FORM, decision={"department": "zrzy"}
    )
    version = service.current
    return services.submit_case(
        version=version, application=Application(form={}, delivery="SELF_PICK"), by=wallet.wang(), at=MONDAY
    )


def test_with_consent_the_held_licence_is_used_and_recorded():
    wallet.own_licence("marriage_certificate")
    consent(wallet.wang().person, "licence_reuse")

    case = applied()

    use = Use.objects.get()
    assert (use.case, use.service, use.fields) == (case.number, "LA-ZR-002", ["name", "spouse_name"])
    assert use.reader == wallet.wang().ledger_id()


def test_without_consent_nothing_is_used():
    wallet.own_licence("marriage_certificate")

    applied()

    assert Use.objects.count() == 0


def test_the_department_reads_it_from_the_case_page():
    wallet.own_licence("marriage_certificate")
    consent(wallet.wang().person, "licence_reuse")
    case = applied()
    li = official("李强", department=department("zrzy"))

    page = at_home(li).get(f"/office/cases/{case.number}/").content.decode()

    assert f"/office/licences/uses/{Use.objects.get().handle}/" in page
