"""Materials: what the applicant hands in, what the city already holds, what a commitment may replace."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic.catalogue.rules.words import MATERIAL_FORMS, MATERIAL_SOURCES
from civic.core.errors import FieldError

Material = Mapping[str, Any]
DEFAULT_ACCEPT = ("application/pdf", "image/jpeg", "image/png")
HELD_SOURCES = ("LICENCE", "EXCHANGE")
MOST_FILES = 20


@dataclass(frozen=True)
class ShownMaterials:
    """The materials of one application, by who supplies them."""

    asked: tuple[Material, ...]
    supplied: tuple[Material, ...]
    commitments: tuple[Material, ...]


def shown_materials(materials: Sequence[Material], held: Collection[str] | None) -> ShownMaterials:
    """Return who supplies what. `held`: keys or licence types that the city holds for this applicant.

    What the city holds is never asked for; what it could hold but does not is asked. `held` None: the applicant
    is not known yet, so everything that a licence or an exchange can supply counts as supplied.
    """
    asked, supplied, commitments = [], [], []
    for material in materials:
        if material["source"] == "COMMITMENT":
            commitments.append(material)
        elif material["source"] in HELD_SOURCES and (held is None or _is_held(material, held)):
            supplied.append(material)
        else:
            asked.append(material)
    return ShownMaterials(tuple(asked), tuple(supplied), tuple(commitments))


def _is_held(material: Material, held: Collection[str]) -> bool:
    return material["key"] in held or material.get("licence_type") in held


def normalise_material(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a material with its defaults filled in."""
    material = {name: value for name, value in raw.items() if value not in (None, "", [])}
    material.setdefault("required", True)
    material.setdefault("form", "EITHER")
    if material.get("source") != "COMMITMENT":
        material.setdefault("accept", list(DEFAULT_ACCEPT))
        material.setdefault("max_files", 5)
    return material


CHECK_KEYS = ("resource", "key", "of", "field")
"""How a commitment is checked: `resource`, asked by `key`, which is the form's answer `of` ("me": the applicant's own
number), holds `field`, which has to agree with what the form `says` in one of its fields, or to be what `is` says."""
KNOWN = {"key", "name", "name_en", "source", "required", "form", "accept", "max_files", "note", "note_en",
         "licence_type", "commitment", "commitment_en", "risk", "check"}  # fmt: skip


def material_errors(materials: Sequence[Material]) -> list[FieldError]:
    """Return what is wrong with the list of materials."""
    keys = [material.get("key") for material in materials]
    return [error for i, material in enumerate(materials) for error in _one_material(i, material, keys)]


def _one_material(i: int, material: Material, keys: list[Any]) -> list[FieldError]:
    where, name = f"/materials/{i}", f"材料{i + 1}「{material.get('name') or material.get('key') or ''}」"
    checks = [
        ("key", not material.get("key") or keys.count(material.get("key")) > 1, "的代码为空或重复，请改成唯一的代码。"),
        ("name", not material.get("name"), "没有名称，请填写材料名称。"),
        ("source", material.get("source") not in MATERIAL_SOURCES, f"的来源要选 {'、'.join(MATERIAL_SOURCES)} 之一。"),
        ("form", material.get("form") not in MATERIAL_FORMS, f"的形式要选 {'、'.join(MATERIAL_FORMS)} 之一。"),
        ("required", not isinstance(material.get("required"), bool), "的「必要」要填是或否。"),
        ("max_files", not 1 <= _whole(material.get("max_files", 1)) <= MOST_FILES, f"的份数要在 1-{MOST_FILES} 之间。"),
        ("accept", not _are_media_types(material.get("accept", [])), "的文件格式要写成 image/jpeg 这样的类型。"),
        ("commitment", _lacks_text(material), "由承诺代替，请填写承诺书内容。"),
        ("risk", material.get("risk", "high") != "high", "的风险只能写 high（不适用告知承诺），或者不写。"),
        ("check", not _is_check(material), f"的核查要写 {'、'.join(CHECK_KEYS)}，以及 says 或 is 之一。"),
    ]  # fmt: skip
    errors = [FieldError(f"{where}/{field}", "invalid", name + text) for field, wrong, text in checks if wrong]
    for extra in sorted(set(material) - KNOWN):
        errors.append(FieldError(f"{where}/{extra}", "unknown", f"{name}有不认识的栏目「{extra}」，请删去或改名。"))
    return errors


def _lacks_text(material: Material) -> bool:
    return material.get("source") == "COMMITMENT" and not material.get("commitment")


def _is_check(material: Material) -> bool:
    """Whether a commitment says rightly which record of the exchange proves it: the form's answer, or a value."""
    check = material.get("check")
    if check is None:
        return True
    if not isinstance(check, Mapping) or material.get("source") != "COMMITMENT":
        return False
    if not all(isinstance(word, str) for word in check.values()):
        return False
    return set(check) - {"says", "is"} == set(CHECK_KEYS) and len(set(check) & {"says", "is"}) == 1


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _are_media_types(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(v, str) and v.count("/") == 1 for v in values)
