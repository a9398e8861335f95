"""What the architecture test asks: does every model say what of it is personal, and does it say the truth?"""

import re
from collections.abc import Iterable

from django.db import models

from civic.masking.rules import RULES
from civic.masking.subjects import INDEX, SEALED

SUSPICIOUS = re.compile(
    r"(?:^|_)(?:id_number|id_card|phone|mobile|landline|email|passport|bank_card|birth_date|born_on|home_address)$"
)


def faults(found: Iterable[type[models.Model]]) -> list[str]:
    """Return one sentence for each model that declares nothing, too little or something that is not there."""
    return [fault for model in found for fault in _faults_of(model)]


def _faults_of(model: type[models.Model]) -> list[str]:
    label = model._meta.label
    personal = model.__dict__.get("Personal")
    if personal is None:
        return [f"{label} has no `class Personal`: write `none = True` or `fields = {{column: kind}}`."]
    declared: dict[str, str] = getattr(personal, "fields", {})
    public: tuple[str, ...] = getattr(personal, "public", ())
    if bool(getattr(personal, "none", False)) == bool(declared):
        return [f"{label}.Personal must say either `none = True` or `fields`."]
    columns = {field.name: field for field in model._meta.concrete_fields}
    sealed = {
        name for name, field in columns.items() if isinstance(field, models.BinaryField) and name.endswith(SEALED)
    }
    named = {name for name in declared if not (name.endswith(INDEX) and name in columns)}
    return [
        *(
            f"{label}.{name} is sealed but not declared in Personal.fields."
            for name in sorted(sealed - declared.keys())
        ),
        *(f"{label}.Personal names {name}, which is not a sealed column." for name in sorted(named - sealed)),
        *(f"{label}.{name} has the unknown kind {kind!r}." for name, kind in declared.items() if kind not in RULES),
        *(
            f"{label}.{name} looks like a personal value in the clear: seal it, or list it in Personal.public."
            for name in columns
            if SUSPICIOUS.search(name) and name not in public
        ),
        *(
            f"{label}.{name} is the look-up of nothing: there is no {name.removesuffix(INDEX)}{SEALED}."
            for name in columns
            if name.endswith(INDEX) and name.removesuffix(INDEX) + SEALED not in columns
        ),
    ]
