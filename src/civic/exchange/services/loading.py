"""Taking in a city's lists of data sharing; a second time changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from civic.accounts.models import Department
from civic.core.errors import Invalid
from civic.core.plain_yaml import load_yaml
from civic.exchange.models import Demand, Duty, Provider, Resource, Restriction
from civic.exchange.rules import NAME, READERS
from civic.exchange.states import Purpose, Sharing
from civic.masking.rules import RULES

LISTS = ("restrictions", "resources", "demands")
RESOURCE = {"code", "name", "name_en", "keys", "fields", "sharing", "quality", "quality_en", "duty"}
DEMAND = {
    "consumer", "service", "service_name", "service_name_en", "resource", "purposes", "legal_basis", "fields",
}  # fmt: skip
DUTY = {"fresh_hours", "stale_shown", "answer_ms", "contact", "contact_en", "hours", "hours_en"}


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


def read_lists(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the lists in `path`. Raises: Misshapen, naming the first place that is wrong."""
    try:
        found = load_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Misshapen(f"{path.name}: {error}") from error
    if not isinstance(found, dict) or set(found) - set(LISTS):
        raise Misshapen(f"{path.name}: write the lists {', '.join(LISTS)}, nothing else.")
    for fault in _faults(found):
        raise Misshapen(f"{path.name}: {fault}")
    return {name: found.get(name) or [] for name in LISTS}


def load_lists(lists: Mapping[str, list[dict[str, Any]]], *, by: object, at: datetime) -> Loaded:
    """Take in restrictions, resources with their duties, and demands, in this order. Raises: Misshapen, Invalid."""
    loaded = Loaded()
    with transaction.atomic():
        for one in lists["restrictions"]:
            facts = {"fields": [], **{name: value for name, value in one.items() if name != "code"}}
            loaded.count(Restriction.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)[1])
        for one in lists["resources"]:
            _load_resource(one, loaded, by=by, at=at)
        for one in lists["demands"]:
            _load_demand(one, loaded, by=by, at=at)
    return loaded


def _load_resource(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> None:
    department = _department(one["code"].partition(".")[0], one["code"])
    provider, _fresh = Provider.objects.describe({"department": department}, by=by, at=at, facts={})
    facts = {name: one.get(name, "") for name in ("name", "name_en", "sharing", "quality", "quality_en")}
    facts["keys"] = [{"kind": "", **key} for key in one["keys"]]
    facts["fields"] = [{"kind": "", "type": "text", "sharing": one["sharing"], **field} for field in one["fields"]]
    facts["provider"] = provider
    resource, written = Resource.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)
    loaded.count(written)
    loaded.count(Duty.objects.describe({"resource": resource}, by=by, at=at, facts=one["duty"])[1])


def _load_demand(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> None:
    resource = Resource.objects.get(code=one["resource"])
    for purpose in one["purposes"]:
        wish = {name: one[name] for name in DEMAND - {"consumer", "resource", "purposes"}}
        consumer = _department(one["consumer"], one["service"])
        try:
            made = Demand.objects.load(
                by=by, at=at, consumer=consumer, resource=resource, purpose=purpose, **wish
            )  # fmt: skip
        except Invalid as refusal:
            raise Misshapen(f"demand of {one['service']} for {one['resource']}: {refusal.message}") from refusal
        loaded.count(made[1])


def _department(code: str, where: str) -> Department:
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise Misshapen(f"{where}: there is no department {code!r} in departments.csv.")
    return found


def _faults(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong, in the order of the file."""
    codes = {}
    for one in found.get("restrictions") or []:
        if missing := {"code", "title", "title_en", "basis", "resources"} - set(one):
            yield f"restriction {one.get('code')}: lacks {', '.join(sorted(missing))}."
    for one in found.get("resources") or []:
        yield from _resource_faults(one)
        codes[one.get("code")] = {field.get("name") for field in one.get("fields", [])}
    for one in found.get("demands") or []:
        where = f"demand of {one.get('service')} for {one.get('resource')}"
        if missing := DEMAND - set(one):
            yield f"{where}: lacks {', '.join(sorted(missing))}."
        elif one["resource"] not in codes:
            yield f"{where}: there is no such resource."
        elif strange := set(one["fields"]) - codes[one["resource"]]:
            yield f"{where}: the resource has no field {sorted(strange)[0]!r}."
        elif strange := set(one["purposes"]) - set(Purpose.values):
            yield f"{where}: there is no purpose {sorted(strange)[0]!r}."


def _resource_faults(one: Mapping[str, Any]) -> Iterator[str]:
    where = f"resource {one.get('code')}"
    if missing := (RESOURCE - {"quality", "quality_en"}) - set(one):
        yield f"{where}: lacks {', '.join(sorted(missing))}."
        return
    if strange := (set(one) - RESOURCE) | (set(one["duty"]) - DUTY):
        yield f"{where}: does not know {', '.join(sorted(strange))}."
    for part in (*one["keys"], *one["fields"]):
        name = part.get("name", "")
        if not NAME.fullmatch(name) or not part.get("title") or not part.get("title_en"):
            yield f"{where}, {name or '?'}: needs a name of small letters, title and title_en."
        if part.get("kind", "") not in ("", *RULES) or part.get("type", "text") not in READERS:
            yield f"{where}, {name}: does not know kind {part.get('kind')!r} or type {part.get('type')!r}."
        if part.get("sharing", one["sharing"]) not in Sharing.values:
            yield f"{where}, {name}: sharing is one of {', '.join(Sharing.values)}."
