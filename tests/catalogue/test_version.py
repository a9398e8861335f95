"""A version: one way from draft to force, immutable after, four eyes."""

import pytest
from django.db import IntegrityError, connection, transaction

from civic.audit.models import Entry
from civic.catalogue.models import Service, Version
from civic.catalogue.models.version import NotPublishable
from civic.catalogue.services import known_codes, publish_version
from civic.workflow.models import StepRefused
from tests.factories import catalogue as factory
from tests.factories.catalogue import MONDAY

pytestmark = pytest.mark.django_db


def test_publishing_puts_the_draft_in_force_and_records_it() -> None:
    draft = factory.draft(code="LA-RS-009")

    publish_version(draft, by="operator", at=MONDAY)

    service = Service.objects.get(code="LA-RS-009")
    assert service.current == draft
    assert (draft.state, draft.published_at) == ("PUBLISHED", MONDAY)
    steps = list(Entry.objects.filter(subject=draft.ledger_id()).order_by("id").values_list("step", flat=True))
    assert steps == ["catalogue.version.draft", "catalogue.version.publish"]


def test_a_newer_version_supersedes_the_one_before_it() -> None:
    service = factory.published_service(code="LA-RS-001")
    first = service.current
    draft = service.start_draft(by="operator", at=MONDAY)

    publish_version(draft, by="operator", at=MONDAY)

    first.refresh_from_db()
    service.refresh_from_db()
    assert (first.state, first.ended_at, draft.number) == ("SUPERSEDED", MONDAY, 2)
    assert service.current == draft


def test_a_draft_with_errors_is_not_published_and_each_error_names_its_field() -> None:
    draft = factory.draft(code="LA-RS-009", promised_days=20, theme="没有的主题")

    with pytest.raises(NotPublishable) as refusal:
        publish_version(draft, by="operator", at=MONDAY)

    assert [error.pointer for error in refusal.value.errors] == ["/promised_days", "/theme"]
    assert refusal.value.errors[0].message == "承诺办结时限（20）不能长于法定办结时限（15），请缩短。"
    draft.refresh_from_db()
    assert draft.state == "DRAFT"
    assert Service.objects.get(code="LA-RS-009").current is None


@pytest.mark.parametrize("change", [{"name": "改名"}, {"materials": []}, {"promised_days": 1}, {"state": "DRAFT"}])
def test_a_published_version_cannot_be_changed_through_the_orm(change: dict[str, object]) -> None:
    version = factory.version(code="LA-RS-001")

    with pytest.raises(IntegrityError, match=r"has been published|cannot go"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(**change)

    version.refresh_from_db()
    assert (version.name, version.promised_days, version.state) == ("社保卡申领", 5, "PUBLISHED")


@pytest.mark.parametrize("statement", [
    "UPDATE catalogue_version SET fee_amount = 5 WHERE id = %s",
    "UPDATE catalogue_version SET number = 7 WHERE id = %s",
    "DELETE FROM catalogue_version WHERE id = %s",
])  # fmt: skip
def test_a_published_version_cannot_be_changed_in_sql_by_the_programs_role(statement: str) -> None:
    version = factory.version(code="LA-RS-001")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE catalogue_visitor")
        cursor.execute("GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO catalogue_visitor")
        cursor.execute("SET LOCAL ROLE catalogue_visitor")

        with pytest.raises(IntegrityError, match="has been published"), transaction.atomic():
            cursor.execute(statement, [version.pk])

        cursor.execute("RESET ROLE")
    version.refresh_from_db()
    assert (version.number, version.state) == (1, "PUBLISHED")


def test_a_published_version_cannot_be_edited_by_its_verb() -> None:
    version = factory.version(code="LA-RS-001")

    with pytest.raises(StepRefused):
        version.edit(content=factory.content(name="改名"), by="operator", at=MONDAY)

    version.refresh_from_db()
    assert version.name == "社保卡申领"


def test_a_draft_may_still_be_changed() -> None:
    draft = factory.draft(code="LA-RS-009")

    draft.edit(content=factory.content(name="社保卡补办"), by="operator", at=MONDAY)

    draft.refresh_from_db()
    assert (draft.name, draft.version) == ("社保卡补办", 2)


def test_content_survives_the_way_through_the_database() -> None:
    wanted = factory.content(fee={"amount": "12.5", "note": "工本费", "basis": "皖价费〔2020〕1号"})

    version = factory.version(code="LA-RS-001", fee=wanted["fee"])
    version.refresh_from_db()

    assert version.content() == wanted
    assert wanted["fee"]["amount"] == "12.50"


def test_withdrawing_leaves_the_service_without_a_version_in_force() -> None:
    service = factory.published_service(code="LA-RS-001")
    version = service.current

    version.withdraw(by="operator", at=MONDAY)

    assert not Service.objects.published().exists()
    assert service.at(MONDAY) is None
    version.refresh_from_db()
    assert version.state == "WITHDRAWN"


def test_the_version_in_force_on_a_day_is_found() -> None:
    service = factory.published_service(code="LA-RS-001")
    later = MONDAY.replace(month=4)
    draft = service.start_draft(by="operator", at=later)
    publish_version(draft, by="operator", at=later)

    assert service.at(MONDAY).number == 1
    assert service.at(later).number == 2
    assert service.at(MONDAY.replace(year=2025)) is None


def test_known_codes_are_the_departments_and_places_of_now() -> None:
    factory.published_service(code="LA-RS-001")
    factory.place("hall-city")

    known = known_codes()

    assert "rsj" in known.departments
    assert known.places == {"hall-city"}
