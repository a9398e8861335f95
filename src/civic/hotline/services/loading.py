"""Taking in what a city says of its hotline: timers, grounds, classes, duties, warnings, templates of answers, the
decision on automatic dispatch. Twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.core.plain_yaml import load_yaml
from civic.deadlines.models import Rung
from civic.deadlines.models.rung import profile as rungs_of
from civic.hotline.models import AnswerTemplate, Category, Duty, ExclusionGround, Ground, Profile, Tolerance, Watch
from civic.hotline.rules import BLANK, blanks, read_terms
from civic.hotline.states import RateName
from civic.hotline.text.phrases import says_nothing

LISTS = {"profiles", "rungs", "grounds", "exclusions", "categories", "areas", "watch"}
OPTIONAL = {"templates", "automatic_dispatch"}
LEAST_BLANKS = 3  # what was found, what was done, until when: fewer make a phrase
MOST_EXACT, MOST_TOLERATED = Decimal("0.001"), Decimal("0.2")  # the share of wrong dispatches that can be accepted
WATCH = ("level", "days", "weeks", "people", "workdays")
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
        found = load_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Misshapen(f"{path.name}: {error}") from error
    if not isinstance(found, dict) or set(found) - OPTIONAL != LISTS:
        raise Misshapen(
            f"{path.name}: write the lists {', '.join(sorted(LISTS))}, if you like {' and '.join(sorted(OPTIONAL))}, "
            "nothing else."
        )
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
        _load_templates(pack.get("templates") or [], loaded, by=by, at=at)
        _load_tolerance(pack.get("automatic_dispatch"), loaded, by=by, at=at)
        _load_watch(pack["watch"], loaded, by=by, at=at)
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


def _load_templates(rows: list[Mapping[str, Any]], loaded: Loaded, *, by: object, at: datetime) -> None:
    codes = set()
    for position, one in enumerate(rows):
        where = f"template {one.get('code')}"
        words = _text(one, "words", where).strip()
        if len(blanks(words)) < LEAST_BLANKS or says_nothing(BLANK.sub("", words)):
            raise Misshapen(f"{where}: a frame of phrases. Leave at least {LEAST_BLANKS} blanks, as in cities/luan.")
        facts = {
            **{name: _text(one, name, where) for name in ("name", "name_en")},
            "words": words, "position": position, "is_offered": True,
        }  # fmt: skip
        codes.add(one["code"])
        loaded.count(AnswerTemplate.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)[1])
    for gone in AnswerTemplate.objects.filter(is_offered=True).exclude(code__in=codes):
        AnswerTemplate.objects.describe({"code": gone.code}, by=by, at=at, facts={"is_offered": False})


def _load_tolerance(one: Mapping[str, Any] | None, loaded: Loaded, *, by: object, at: datetime) -> None:
    """Take the decision to let the rule dispatch in; without one, or with another, the one in force ends."""
    edition = _text(one, "edition", "automatic_dispatch") if one else ""
    for gone in Tolerance.objects.filter(is_in_force=True).exclude(edition=edition):
        Tolerance.objects.describe({"edition": gone.edition}, by=by, at=at, facts={"is_in_force": False})
    if one is None:
        return
    try:
        rate, day = Decimal(str(one["tolerates"])), date.fromisoformat(str(one["decided_on"]))
    except (KeyError, InvalidOperation, ValueError) as fault:
        raise Misshapen('automatic_dispatch: write tolerates: "0.05" and decided_on: 2026-03-01.') from fault
    if not rate.is_finite() or not MOST_EXACT <= rate <= MOST_TOLERATED or rate != round(rate, 4):
        raise Misshapen(f"automatic_dispatch: tolerates from {MOST_EXACT} to {MOST_TOLERATED}, four digits at most.")
    facts: dict[str, Any] = {name: _text(one, name, "automatic_dispatch") for name in ("decided_by", "source")}
    facts |= {"rate": rate, "decided_on": day}
    known = Tolerance.objects.filter(edition=edition).first()
    if known is not None and any(getattr(known, name) != value for name, value in facts.items()):
        raise Misshapen(f"automatic_dispatch {edition}: another decision needs another edition, it is measured anew.")
    facts["is_in_force"] = True
    loaded.count(Tolerance.objects.describe({"edition": edition}, by=by, at=at, facts=facts)[1])


def _load_watch(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> None:
    where = f"watch {one.get('edition')}"
    try:
        numbers = {name: int(one[name]) for name in WATCH}
        chance = Decimal(str(one["chance"]))
    except (KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise Misshapen(f"{where}: write {', '.join(WATCH)} and chance as numbers.") from fault
    if numbers["level"] not in (2, 3) or min(numbers.values()) <= 0 or numbers["people"] < 2 or not 0 < chance < 1:
        raise Misshapen(f"{where}: level 2 or 3, people 2 or more, chance between 0 and 1, the others above 0.")
    facts: dict[str, Any] = {**numbers, "chance": chance}
    known = Watch.objects.filter(edition=str(one["edition"])).first()
    if known is not None and any(getattr(known, name) != value for name, value in facts.items()):
        raise Misshapen(f"{where}: other numbers need another edition, warnings rest on the old ones.")
    facts["source"] = _text(one, "source", where)
    loaded.count(Watch.objects.describe({"edition": _text(one, "edition", where)}, by=by, at=at, facts=facts)[1])


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
