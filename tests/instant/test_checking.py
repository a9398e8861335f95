"""Commitments are held against the departments' records after the decision; a person draws the conclusion."""

import pytest
from django.utils import timezone

from civic.cases.models import Case
from civic.exchange.models import Call
from civic.instant import checking, tasks
from civic.instant.models import Check
from tests.factories import accounts as people
from tests.factories import cases, exchange

pytestmark = pytest.mark.django_db
CHECKED = {"resource": "zjj.house", "key": "property_id", "of": "certificate", "field": "homes_owned_by_buyer"}


@pytest.fixture
def played(monkeypatch):
    exchange.city()
    return exchange.sources(monkeypatch)


@pytest.fixture
def granted(played) -> Case:
    """A home whose number of further homes 王芳 has committed to, granted on Monday."""
    materials = [
        {**one, "check": {**CHECKED, "is": "0"}} if one["source"] == "COMMITMENT" else one
        for one in cases.HOME["materials"]
    ]
    version = cases.transfer_of_home(materials=materials)
    form = {**cases.FORM, "certificate": "LA2023001"}
    return cases.decide(cases.case(by=people.resident("王芳"), version=version, form=form), cases.officials())


def stored(case: Case) -> Case:
    found: Case = Case.objects.for_detail().get(pk=case.pk)
    return found


def test_a_record_that_agrees_is_noted_and_the_commitment_waits_for_a_person(granted) -> None:
    (check,) = checking.check_commitments(stored(granted), at=cases.MONDAY)

    assert (check.found, check.source, check.as_of) == ("TRUE", "zjj.house", cases.MONDAY)
    assert granted.commitments.get().result == ""
    assert Call.objects.get().demand.purpose == "verify"


def test_one_that_does_not_agree_is_noted_and_nothing_else_happens(granted, played) -> None:
    played.say("house", {**exchange.RECORDS["house"], "homes_owned_by_buyer": 2})

    (check,) = checking.check_commitments(stored(granted), at=cases.MONDAY)

    assert check.found == "FALSE"
    granted.refresh_from_db()
    assert (granted.state, granted.commitments.get().result) == ("DELIVERED" if granted.delivered_at else "DECIDED", "")


def test_a_source_that_is_down_is_asked_again_the_next_morning(granted, played) -> None:
    played.say("house", "TIMEOUT")
    (check,) = checking.check_commitments(stored(granted), at=cases.MONDAY)
    assert (check.found, check.reason, check.tries) == ("UNKNOWN", "TIMEOUT", 1)

    played.say("house", exchange.RECORDS["house"])
    played.as_of = timezone.now()
    assert tasks.check_again(timestamp=0) == 1

    check.refresh_from_db()
    assert (check.found, check.tries) == ("TRUE", 2)
    assert tasks.check_again(timestamp=0) == 0
    assert Check.objects.count() == 1


def test_what_a_person_has_verified_is_not_drawn(granted) -> None:
    handler = people.official("张强", department=granted.department, roles=("unit_handler",))
    granted.verify_commitment(material="homes", result="TRUE", by=handler, at=cases.MONDAY)

    assert checking.check_commitments(stored(granted), at=cases.MONDAY) == []
    assert not Call.objects.exists()


def test_the_official_reads_it_beside_the_commitment(granted, client) -> None:
    checking.check_commitments(stored(granted), at=cases.MONDAY)
    client.force_login(people.official("张强", department=granted.department, roles=("unit_handler",)))

    page = client.get(f"/office/cases/{granted.number}/").content.decode()

    assert "与记录一致" in page
    assert "比对只供参考" in page
