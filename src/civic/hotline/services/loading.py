"""Taking in what a city says of its hotline: profiles, rungs, grounds, classes, duties. Twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.deadlines.models import Rung
from civic.deadlines.models.rung import profile as rungs_of
from civic.hotline.models import Category, Duty, ExclusionGround, Ground, Profile
from civic.hotline.rules import read_terms
from civic.hotline.states import RateName

LISTS = {"profiles", "rungs", "grounds", "exclusions", "categories", "areas"}
GROUND = ("words", "words_en", "remedy", "remedy_en", "source")


class Misshapen(Exception):
    """The file does not say what it should; the message names the place."""


@dataclass
class Loaded:
    """How many nouns were written, and how many there were."""

    written: int = 0
    seen: int = 0

    def count(self, written: bool) -> None:
        self.seen += 1
        self.written += written


def read_pack(path: Path) -> dict[str, Any]:
    """Return the lists in `path`. Raises: Misshapen, naming what is wrong."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Misshapen(f"{path.name}: {error}") from error
    if not isinstance(found, dict) or set(found) != LISTS:
        raise Misshapen(f"{path.name}: write the lists {', '.join(sorted(LISTS))}, nothing else.")
    return found


def load_pack(pack: Mapping[str, Any], *, by: object, at: datetime) -> Loaded:
    """Take everything in, or nothing. Raises: Misshapen, naming the place."""
    loaded = Loaded()
    with transaction.atomic():
        for one in pack["profiles"]:
            _load_profile(one, loaded, by=by, at=at)
        for kind, rungs in pack["rungs"].items():
            _load_rungs(kind, rungs, loaded, by=by, at=at)
        for position, one in enumerate(pack["grounds"]):
            facts = {**{name: _text(one, name, f"ground {one.get('code')}") for name in GROUND}, "position": position}
            loaded.count(Ground.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)[1])
        for position, one in enumerate(pack["exclusions"]):
            _load_exclusion(one, position, loaded, by=by, at=at)
        _load_categories(pack["categories"], loaded, by=by, at=at)
        for one in pack["areas"]:
            _load_area_duty(one, loaded, by=by, at=at)
    return loaded


def _load_profile(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> None:
    where = f"profile {one.get('code')}"
    try:
        read_terms(one["terms"])
    except (KeyError, ValueError) as fault:
        raise Misshapen(f"{where}: {fault}") from fault
    key = {"code": one["code"], "edition": one["edition"]}
    known = Profile.objects.filter(**key).first()
    if known is not None and known.terms != one["terms"]:
        raise Misshapen(f"{where}: other terms need another edition, tickets run on the old ones.")
    facts = {name: _text(one, name, where) for name in ("name", "name_en", "source")} | {"terms": one["terms"]}
    loaded.count(Profile.objects.describe(key, by=by, at=at, facts=facts)[1])


def _load_rungs(kind: str, rungs: list[Mapping[str, Any]], loaded: Loaded, *, by: object, at: datetime) -> None:
    try:
        wanted = tuple((str(rung["key"]), Decimal(str(rung["share"])), int(rung["beyond"])) for rung in rungs)
    except (KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise Misshapen(f"rungs {kind}: write key, share and beyond.") from fault
    if tuple(sorted(wanted, key=lambda rung: rung[1:])) == rungs_of(kind):
        return loaded.count(written=False)
    Rung.objects.set_profile(kind=kind, rungs=wanted, by=by, at=at)
    return loaded.count(written=True)


def _load_exclusion(one: Mapping[str, Any], position: int, loaded: Loaded, *, by: object, at: datetime) -> None:
    where, rates = f"exclusion {one.get('code')}", one.get("rates")
    if not isinstance(rates, list) or not rates or not set(rates) <= set(RateName.values):
        raise Misshapen(f"{where}: rates are some of {', '.join(RateName.values)}.")
    words = {name: _text(one, name, where) for name in ("words", "words_en", "source")}
    facts = {**words, "rates": rates, "position": position}
    loaded.count(ExclusionGround.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)[1])


def _load_categories(rows: list[Mapping[str, Any]], loaded: Loaded, *, by: object, at: datetime) -> None:
    made: dict[str, Category] = {}
    for position, one in enumerate(rows):
        code = str(one["code"])
        if len(code) not in (2, 4, 6) or (len(code) > 2 and code[:-2] not in made):
            raise Misshapen(f"category {code}: two digits a level, after the class above it.")
        facts = {
            "name": _text(one, "name", code), "name_en": _text(one, "name_en", code), "level": len(code) // 2,
            "parent": made.get(code[:-2]), "position": position, "hints": [str(hint) for hint in one.get("hints", [])],
            "difficulty": int(one.get("difficulty", 1)), "is_offered": True,
        }  # fmt: skip
        made[code], written = Category.objects.describe({"code": code}, by=by, at=at, facts=facts)
        loaded.count(written)
        if "unit" in one:
            key = {"category": made[code], "area": None}
            facts = {"unit": _department(one["unit"], code), "basis": str(one.get("basis", ""))}
            loaded.count(Duty.objects.describe(key, by=by, at=at, facts=facts)[1])
    for gone in Category.objects.filter(is_offered=True).exclude(code__in=made):
        Category.objects.describe({"code": gone.code}, by=by, at=at, facts={"is_offered": False})


def _load_area_duty(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> None:
    where = f"area {one.get('area')}, category {one.get('category')}"
    category = Category.objects.filter(code=str(one["category"])).first()
    area = Area.objects.by_code(code=str(one["area"]))
    if category is None or area is None:
        raise Misshapen(f"{where}: there is no such category or area.")
    facts = {"unit": _department(one["unit"], where), "basis": str(one.get("basis", ""))}
    loaded.count(Duty.objects.describe({"category": category, "area": area}, by=by, at=at, facts=facts)[1])


def _department(code: str, where: str) -> Department:
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise Misshapen(f"{where}: there is no department {code!r} in departments.csv.")
    return found


def _text(one: Mapping[str, Any], name: str, where: str) -> str:
    found = one.get(name)
    if not isinstance(found, str) or not found.strip():
        raise Misshapen(f"{where}: lacks {name}.")
    return found
