"""Licences that fill an application's materials: which types a service wants, and the record of their use."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.licences.models import Use
from civic.licences.services import held_types, use_for_case

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models import Case
    from civic.catalogue.models import Version


def wanted_types(version: "Version") -> list[str]:
    """Return the licence types that the materials of a version name."""
    materials = [material for material in version.materials if material.get("source") == "LICENCE"]
    return list(dict.fromkeys(str(material["licence_type"]) for material in materials if material.get("licence_type")))


def use_held_licences(case: "Case", version: "Version", *, by: "Account", at: datetime) -> list[Use]:
    """Record that the licences which a person holds, and has agreed to be used, fill the materials of their case."""
    wanted = wanted_types(version)
    if not wanted or case.person is None:
        return []
    held = held_types(case.person, service=version.service.code, at=at)
    types = [code for code in wanted if code in held]
    return use_for_case(person=case.person, types=types, service=version.service.code, case=case.number, by=by, at=at)


def licences_used(case: "Case", *, reader: "Account") -> dict[str, Use]:
    """Return the licences used for a case by type, as far as this official's department may read them."""
    if not wanted_types(case.service_version):
        return {}
    return {use.licence.type.code: use for use in Use.objects.of_case(case.number).visible_to(reader).for_list()}
