"""A licence is issued once for a case and holder, numbered, sealed and signed."""

import threading
from datetime import date

import pytest
from django.db import connection

from civic.adapters.signing.client import trusted
from civic.audit.models import Entry
from civic.licences import rules, services
from civic.licences.formats import sd_jwt, signed_json
from civic.licences.models import FieldWrong, HolderWrong, Licence
from tests.factories.accounts import MONDAY, organisation, person
from tests.factories.licences import HOUSEHOLD, licence, licence_type, signed, wang_fang

pytestmark = pytest.mark.django_db


def test_a_licence_is_issued_with_number_place_and_entry():
    issued = licence()

    assert issued.state == "VALID"
    assert issued.valid_from == date(2026, 3, 2)
    assert issued.valid_until is None
    assert issued.number.startswith("1.2.156.3005.2.11100000DEM0000018002.11341500DEM000GAJ6.")
    assert rules.has_valid_check(issued.number)
    assert 0 <= issued.status_place < 131_072
    assert issued.values == dict(HOUSEHOLD)
    assert [(move.step, move.state, move.effective_at) for move in issued.moves.all()] == [("issue", "VALID", MONDAY)]
    entry = Entry.objects.get(step="licences.licence.issue")
    assert entry.detail == {"type": "household_page", "case": "LA202603020000000017"}


def test_asked_again_for_the_same_case_the_same_licence_comes_back():
    first = licence()

    again = licence()

    assert again == first
    assert Licence.objects.count() == 1
    assert Entry.objects.filter(step="licences.licence.issue").count() == 1


def test_another_case_or_holder_has_another_licence():
    first, other_case = licence(), licence(case="LA202603020000000025")
    other_holder = licence(holder=person("孙浩", id_number="341503198812120019"))

    assert len({first.pk, other_case.pk, other_holder.pk}) == 3


def test_what_the_type_does_not_know_or_lacks_is_refused():
    with pytest.raises(FieldWrong) as unknown:
        licence(values={**HOUSEHOLD, "blood": "A"})
    with pytest.raises(FieldWrong) as missing:
        licence(values={key: value for key, value in HOUSEHOLD.items() if key != "address"})

    assert "blood" in unknown.value.message
    assert "address" in missing.value.message
    assert Licence.objects.count() == 0


def test_a_household_page_is_not_issued_to_a_firm():
    licence_type()

    with pytest.raises(HolderWrong):
        licence(holder=organisation())

    assert Licence.objects.count() == 0


def test_a_business_licence_of_a_firm_has_a_key_of_its_own():
    issued = licence("business_licence", holder=organisation())

    assert issued.values["name"] == "名称示范"
    assert issued.holder_name == "六安示范茶业有限公司"


def test_the_last_day_follows_from_the_type_unless_it_is_given():
    card = licence("social_security_card")
    permit = licence("road_permit", valid_until=date(2026, 3, 20))

    assert card.valid_until == date(2036, 3, 1)
    assert permit.valid_until == date(2026, 3, 20)


def test_signed_forms_say_what_the_licence_says():
    issued = signed()

    forms = {kept.form: kept.content for kept in issued.renderings.all()}
    data = signed_json.read(forms["JSON"], trusted(at=MONDAY))
    credential = sd_jwt.read(forms["SD_JWT"], trusted(at=MONDAY))

    assert data.claims == dict(HOUSEHOLD)
    assert data.number == credential.number == issued.number
    assert credential.claims == {**HOUSEHOLD, "holder_name": "王芳", "holder_number": "341502199001010025"}
    assert [(place.purpose, place.index) for place in data.places] == [
        ("revocation", issued.status_place),
        ("suspension", issued.status_place),
    ]


def test_signing_twice_keeps_the_first_signature():
    issued = signed()
    before = {kept.form: kept.content for kept in issued.renderings.all()}

    services.sign_licence(licence=issued, by="test", at=MONDAY)

    assert {kept.form: kept.content for kept in issued.renderings.all()} == before
    assert Entry.objects.filter(step="licences.licence.sign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_ask_at_once_get_one_licence():
    holder, _type = wang_fang(), licence_type()
    barrier, got = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait()
        try:
            got.append(licence(holder=holder).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 4
    assert len(set(got)) == 1
    assert Licence.objects.count() == 1
    assert Entry.objects.filter(step="licences.licence.issue").count() == 1
