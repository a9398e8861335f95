"""What a clerk may choose for rules is what this room can do."""

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from civic.catalogue.pack.city import read_pack
from civic.catalogue.rules.decision_after import reference_errors
from civic.instant.facts import GATHERERS, OFFERED, gather
from civic.instant.vocabulary import ASKED, rule_words
from tests.factories import instant as make
from tests.factories import licences


@pytest.mark.django_db
def test_every_gatherer_has_words_and_no_others_are_named() -> None:
    words = import_string(settings.RULE_WORDS_SOURCE)()

    assert set(words.facts_by) == set(GATHERERS)
    assert words.offered == frozenset(OFFERED)
    assert set(ASKED) <= set(GATHERERS)


@pytest.mark.django_db
def test_a_question_may_name_just_what_the_gatherer_fills_in() -> None:
    mother, _father = make.parents()
    case = make.application(make.newborn_service(), by=mother)

    assert set(gather(case, at=make.MONDAY).words) == set(ASKED["newborn"])


@pytest.mark.django_db
def test_the_rules_of_the_city_name_only_what_there_is() -> None:
    pack = read_pack(settings.CITY_PACK)
    for code in ("household_page", "property_certificate", "business_licence"):
        licences.licence_type(code)
    known = rule_words()

    errors = [
        (code, error)
        for code, service in pack.services.items()
        if service.content["rules"]
        for error in reference_errors(
            service.content["rules"], service.content["form"], departments=set(pack.departments), known=known
        )
    ]

    assert errors == []
