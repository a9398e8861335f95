"""What the law and arithmetic say about a case. No Django."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ACCEPTANCE_WORKDAYS = 5
"""Working days to accept or to say at once everything that is missing.

Silence counts as acceptance from the day of receipt.
Source: Administrative Licensing Law of the PRC, art. 32 (4).
"""
MAX_EXTENSIONS = 1
MAX_EXTENSION_WORKDAYS = 10
"""One extension of at most 10 working days, approved by the head of the organ, with reasons told to the applicant.

Source: Administrative Licensing Law of the PRC, art. 42.
"""
EXTENSION_BASIS = "《中华人民共和国行政许可法》第四十二条"
ASKED = ("APPLICANT", "COMMITMENT", "LICENCE")
"""The sources of materials for which a paper may be asked; a licence only where it is not held or not to be used."""
COMMITTED = ("committed",)
"""What stands in the place of document tokens where the applicant has made a commitment instead."""
REMEDY = "如不服本决定，可以自收到之日起六十日内申请行政复议，或者自收到之日起六个月内提起行政诉讼。"
"""Source: Administrative Reconsideration Law art. 20; Administrative Litigation Law art. 46."""

HEARING_NOTICE_WORKDAYS = 7
"""Working days before a hearing by which its time and place are told.

Source: Administrative Licensing Law of the PRC, art. 48 (1) and 82.
"""
ASK_PERSON_WITHIN = timedelta(days=60)
"""As long as a decision can be taken to reconsideration, a person looks at what a machine decided, if asked.

Source: Personal Information Protection Law art. 24 names the right and no time; the time is that of
Administrative Reconsideration Law art. 20.
"""


@dataclass(frozen=True)
class Step:
    """One department task of a service's flow."""

    key: str
    name: str
    name_en: str
    department: str
    after: tuple[str, ...]
    days: int


def steps_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the flow of a published version as steps, in the order given."""
    return tuple(
        Step(
            key=str(step["key"]),
            name=str(step["name"]),
            name_en=str(step.get("name_en") or ""),
            department=str(step["department"]),
            after=tuple(step.get("after") or ()),
            days=int(step.get("days") or 0),
        )
        for step in raw
    )


def is_high_risk(material: Mapping[str, Any]) -> bool:
    """Whether no commitment may stand in the place of this proof.

    Source: 国办发〔2020〕42号: not where public security, the environment or people's health, life and property are
    directly at stake, the risk is high and harm can hardly be made good; which these are, the service says.
    """
    return material.get("risk") == "high"


def missing_materials(
    materials: Sequence[Mapping[str, Any]],
    *,
    given: Mapping[str, Collection[str]],
    supplied: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the keys of required materials that the applicant must bring and has not.

    `given[key]` are the document tokens, or COMMITTED for a commitment, which counts only where the service offers one.
    `supplied` are keys of the materials that a licence or the account fills. What the exchange supplies is never asked.
    """
    asked = (m for m in materials if m.get("source") in ASKED and m.get("required", True))
    asked = (m for m in asked if str(m["key"]) not in supplied)
    return tuple(str(m["key"]) for m in asked if not _is_given(m, given.get(str(m["key"]), ())))


def _is_given(material: Mapping[str, Any], given: Collection[str]) -> bool:
    return bool(given) and (material.get("source") == "COMMITMENT" or tuple(given) != COMMITTED)


def carried_answers(before: Mapping[str, Any], after: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed into the form `before` that the form `after` asks too, in the same type.

    What the new form finds wrong with it is named on its page, not thrown away. `_names` belong to no form.
    """
    old, new = before.get("properties", {}), after.get("properties", {})
    return {
        name: value
        for name, value in answers.items()
        if name.startswith("_") or (name in new and new[name].get("type") == old.get(name, {}).get("type"))
    }


def carried_documents(
    materials: Sequence[Mapping[str, Any]], documents: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return the documents whose material the new version still asks the applicant for."""
    asked = {str(m["key"]) for m in materials if m.get("source") in ASKED}
    return {key: list(tokens) for key, tokens in documents.items() if key in asked}


def carried_commitments(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], made: Iterable[str]
) -> list[str]:
    """Return the commitments whose words are still the same: nobody has committed to other words."""
    old, new = ({str(m["key"]): m.get("commitment") for m in materials} for materials in (before, after))
    return [key for key in made if new.get(key) and new[key] == old.get(key)]


def changed_places(
    before: tuple[Mapping[str, Any], Mapping[str, Any]], after: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> frozenset[str]:
    """Return the places, "/form/price" or "/documents/photo", at which two submissions (form, documents) differ."""
    kinds = zip(("form", "documents"), before, after, strict=True)
    return frozenset(
        f"/{kind}/{name}" for kind, old, new in kinds for name in {*old, *new} if old.get(name) != new.get(name)
    )


def earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    """Return the earlier of two instants, either of which may be open."""
    return min((moment for moment in (first, second) if moment is not None), default=None)


def promise(days: int, unit: str) -> str:
    """Return the sentence of the receipt; the days are the service's own, never the client's."""
    if days == 0:
        return "申请已提交,即时办结"
    return f"申请已提交,预计{days}个{'工作日' if unit == 'WORKDAY' else '自然日'}内处理完成"
