"""In a process of its own: the whole city, and families of the departments' world who have a newborn to register."""

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (the settings first)
from django.core.management import call_command  # noqa: E402
from django.utils.timezone import localdate, now  # noqa: E402

from bench.seed import session  # noqa: E402
from civic.accounts.models import Account  # noqa: E402
from civic.adapters.departments.fake.registers import Birth, Registers  # noqa: E402
from civic.adapters.departments.fake.world import world  # noqa: E402
from tests.factories import accounts  # noqa: E402

GIVEN_NAMES = "安宁乐远思齐晨曦雨桐"


def main(count: int) -> None:
    """Migrate, load the city, give `count` families accounts, and print how they come in and what they write."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_city", str(settings.CITY_PACK), stdout=sys.stderr)
    accounts.MONDAY = now() - timedelta(minutes=5)
    made = world(localdate())
    print(json.dumps({"families": [_family(made.registers, birth) for birth in made.newborns[:count]]}))


def _family(registers: Registers, birth: Birth) -> dict[str, Any]:
    mother = _account(registers, birth.mother_id)
    father = _account(registers, birth.father_id) if birth.father_id else None
    name = (birth.father_name or birth.mother_name)[0] + GIVEN_NAMES[int(birth.certificate_no[-1])]
    return {
        "child": name,
        "form": {**_answers(birth, name), **(_father(birth) if father else {"other_parent": "no"})},
        "token": accounts.token(mother, at=now()),
        "mother": session(mother),
        "father": session(father) if father else "",
    }


def _account(registers: Registers, number: str) -> Account:
    return accounts.resident(registers.people[number].name, id_number=number)


def _answers(birth: Birth, name: str) -> dict[str, str]:
    return {
        "birth_path": "hospital",
        "certificate_no": birth.certificate_no,
        "child_name": name,
        "child_surname_of": "father" if birth.father_id else "mother",
        "ethnic_group": "father" if birth.father_id else "mother",
        "applicant_role": "mother",
        "household_of": "mother",
        "together": "all",
    }


def _father(birth: Birth) -> dict[str, str]:
    return {
        "other_parent": "yes",
        "other_parent_name": birth.father_name,
        "other_parent_document": "id_card",
        "other_parent_id_number": birth.father_id,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
