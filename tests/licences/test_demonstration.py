"""The demonstration's wallets are filled once, with facts that fit each other."""

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.accounts.models import Department, Person
from civic.core.personal import is_valid
from civic.licences.demonstration import create_demonstration_licences
from civic.licences.models import Licence
from tests.factories.accounts import MONDAY, WANG_FANG
from tests.factories.licences import licence_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people() -> None:
    for code in ("id_card", "social_security_card", "business_licence"):
        licence_type(code)
    create_demonstration_accounts(at=MONDAY)


def test_each_of_them_has_what_they_need_and_running_it_again_changes_nothing():
    made, again = create_demonstration_licences(at=MONDAY), create_demonstration_licences(at=MONDAY)

    assert (made, again) == (9, 0)
    wang = Person.objects.with_id_number(id_number=WANG_FANG["id_number"]).get()
    identity = Licence.objects.of(wang).of_kind("id_card").get()
    assert identity.values["sex"] == "女"
    assert identity.values["born_on"] == "1990-01-01"
    assert is_valid(identity.values["id_number"], "id_number")
    assert identity.authority == Department.objects.get(code="gaj")


def test_outside_a_demonstration_nobody_has_invented_licences(settings, capsys):
    settings.DEMONSTRATION = False

    call_command("create_demonstration_licences")

    assert Licence.objects.count() == 0
    assert "no demonstration licences" in capsys.readouterr().err
