"""The three public lists of data sharing, and one person's calls as the page tells them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.exchange.models import Call, Contest, Demand, Resource, Restriction
from civic.exchange.services.people import calls_about
from civic.exchange.states import Outcome

SHOWN = 100


@dataclass(frozen=True)
class Told:
    """One question about a person, in their own words; `contests` are those of its fields that are looked into."""

    call: Call
    who: str
    what: Sequence[str]
    came: str
    contested: Sequence[str]


@dataclass(frozen=True)
class Matter:
    """What one department asked about a person on one day for one matter."""

    who: str
    call: Call
    told: Sequence[Told]


@dataclass(frozen=True)
class Entitled:
    """One line of the public list of demands: the purposes that have the same fields and legal basis together."""

    demand: Demand
    purposes: Sequence[str]


def catalogue() -> list[Resource]:
    """Return every resource with its duty."""
    return list(Resource.objects.for_list())


def demands() -> list[Entitled]:
    """Return what is granted now, one line for each service, department and resource."""
    found: dict[tuple[object, ...], list[Demand]] = {}
    for one in Demand.objects.approved().for_public():
        same = (one.service, one.resource_id, one.consumer_id, tuple(one.fields), one.legal_basis)
        found.setdefault(same, []).append(one)
    return [Entitled(rows[0], [str(one.get_purpose_display()) for one in rows]) for rows in found.values()]


def restrictions() -> list[Restriction]:
    return list(Restriction.objects.all())


def told_to(account: Account, *, most: int = SHOWN) -> list[Told]:
    """Return the latest questions about this person or for them, newest first."""
    calls = list(calls_about(account).told().for_list()[:most])
    contested = _contested(calls)
    return [tell(call, contested.get(call.pk, ())) for call in calls]


def matters(told: Sequence[Told]) -> list[Matter]:
    """Return the questions by matter and day, newest first."""
    found: dict[tuple[object, ...], list[Told]] = {}
    for one in told:
        call = one.call
        place = (one.who, call.service, call.case, call.purpose, localdate(call.asked_at))
        found.setdefault(place, []).append(one)
    return [Matter(rows[0].who, _named(rows), rows) for rows in found.values()]


def tell(call: Call, contested: Sequence[str] = ()) -> Told:
    """Say in plain words who asked, what, and what came of it."""
    who = call.consumer.label if call.consumer else _("本平台")
    return Told(call, who, call.field_titles(), _came(call), contested)


def _named(rows: Sequence[Told]) -> Call:
    """Return the call that knows what the service is called, where one does."""
    return next((one.call for one in rows if one.call.demand is not None), rows[0].call)


def _came(call: Call) -> str:
    if call.outcome == Outcome.DENIED:
        return _("没有让查：%(why)s") % {"why": call.refusals()[0][1] if call.refused else ""}
    if call.outcome == Outcome.FAILED:
        return _("没有查到：%(why)s") % {"why": call.reason_words()}
    if call.outcome == Outcome.STALE:
        return _("来源没有答复，用了以前的答复")
    return _("查无记录") if call.outcome == Outcome.EMPTY else _("已提供")


def _contested(calls: Iterable[Call]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows: Any = Contest.objects.open().filter(call__in=[call.pk for call in calls]).values_list("call_id", "field")
    for call, name in rows:
        found.setdefault(call, []).append(name)
    return found
