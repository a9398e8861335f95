"""What each question comes to before anybody is asked: who may be asked for which fields, on which ground."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from civic.audit.services import ledger_id
from civic.core.errors import Invalid, Refusal
from civic.exchange.models import Call, Contest, Demand, Resource, Restriction
from civic.exchange.results import Ask, Context
from civic.exchange.rules import BAD_SUBJECT, NO_DEMAND, OTHER_DEPARTMENT, Ban, grant, normal_subject
from civic.exchange.services.people import mark_of
from civic.exchange.services.reading import Frame
from civic.exchange.states import Outcome


class NoSuchResource(Refusal):
    """The catalogue has no such resource."""

    status = 404
    code = "no-such-resource"


@dataclass(frozen=True)
class Plan:
    """One question as it may be asked: about whom, its frame, its call; a question without granted fields is none."""

    resource: Resource
    subject: dict[str, str]
    frame: Frame
    call: Call

    @property
    def is_asked(self) -> bool:
        return bool(self.frame.granted)


def plan(asks: Mapping[str, Ask], *, context: Context, at: datetime) -> dict[str, Plan]:
    """Return a plan for each question, in four queries. Raises: NoSuchResource."""
    codes = {ask.resource for ask in asks.values()}
    resources = {found.code: found for found in Resource.objects.for_list().filter(code__in=codes)}
    if missing := sorted(codes - set(resources)):
        raise NoSuchResource(_("数据目录里没有这个资源，请核对代码：%(code)s。") % {"code": missing[0]})
    demands = _demands(resources, context)
    bans = [one.ban() for one in Restriction.objects.all()]
    drafts = {name: _Draft(resources[ask.resource], ask, demands[ask.resource]) for name, ask in asks.items()}
    disputed = _disputed(drafts.values())
    return {name: draft.plan(context, bans, disputed, at) for name, draft in drafts.items()}


def found_resource(code: str) -> Resource:
    """Return the resource with this code. Raises: NoSuchResource."""
    found: Resource | None = Resource.objects.filter(code=code).first()
    if found is None:
        raise NoSuchResource(_("数据目录里没有这个资源，请核对代码：%(code)s。") % {"code": code})
    return found


class _Draft:
    """A question with its subject in normal form; a subject that cannot be right leaves nothing to ask."""

    def __init__(self, resource: Resource, ask: Ask, demands: "list[Demand]") -> None:
        self.resource, self.ask, self.demands = resource, ask, demands
        try:
            self.subject = normal_subject(resource.key_kinds(), ask.subject)
        except Invalid:
            self.subject = {}
        self.about = mark_of(self.subject, resource.key_kinds()) if self.subject else ""

    def plan(self, context: Context, bans: list[Ban], disputed: Mapping[Any, Any], at: datetime) -> Plan:
        granted, against, demands = self._grant(context, bans)
        since = {name: disputed[key] for name in granted if (key := (self.resource.pk, self.about, name)) in disputed}
        frame = Frame(granted, against, self.resource.holding().fields, since, self.resource.department.label)
        facts = {"fields": list(granted), "refused": [f"{name}:{rule}" for name, rule in against.items()]}
        call = Call(
            resource=self.resource,
            demand=demands[0] if granted else None,
            consumer_id=demands[0].consumer_id if demands else getattr(context.by, "department_id", None),
            service=context.service[:40],
            case=context.case[:80],
            purpose=context.purpose[:40],
            legal_basis="；".join(dict.fromkeys(one.legal_basis for one in demands))[:300] if granted else "",
            about=self.about,
            on_behalf_of=context.on_behalf_of[:80],
            actor=ledger_id(context.actor),
            outcome=Outcome.ASKED if granted else Outcome.DENIED,
            asked_at=at,
            **facts,
        )
        return Plan(self.resource, self.subject, frame, call)

    def _grant(self, context: Context, bans: list[Ban]) -> "tuple[tuple[str, ...], dict[str, str], list[Demand]]":
        """Return the granted fields, the rule against each other one, and the demands that grant."""
        holding, own = self.resource.holding(), _of_the_asker(self.demands, context.by)
        wanted = self.ask.fields or tuple(sorted({name for one in own for name in one.fields}))
        wanted = tuple(name[:40] for name in wanted) or tuple(sorted(holding.fields))
        if not self.subject:
            return (), dict.fromkeys(wanted, BAD_SUBJECT), own
        demanded = {name for one in own for name in one.fields} if own else None
        granted, against = grant(holding, wanted, demanded, bans)
        if self.demands and not own:
            against = {name: OTHER_DEPARTMENT if rule == NO_DEMAND else rule for name, rule in against.items()}
        return granted, against, [one for one in own if set(one.fields) & set(granted)] or own


def _of_the_asker(demands: "Sequence[Demand]", by: object) -> "list[Demand]":
    """Return the demands that `by` may ask under: an official those of their department, the platform all."""
    if not getattr(by, "is_official", False):
        return list(demands)
    return [one for one in demands if one.consumer_id == getattr(by, "department_id", None)]


def _demands(resources: Mapping[str, Resource], context: Context) -> "dict[str, list[Demand]]":
    """Return resource code -> the approved demands for this service and purpose."""
    found: dict[str, list[Demand]] = defaultdict(list)
    wanted = Demand.objects.approved().filter(service=context.service, purpose=context.purpose)
    codes = {resource.pk: code for code, resource in resources.items()}
    for demand in wanted.filter(resource__in=codes).order_by("pk"):
        found[codes[demand.resource_id]].append(demand)
    return found


def _disputed(drafts: Any) -> dict[tuple[int, str, str], datetime]:
    """Return (resource, subject, field) -> since when it is contested."""
    about = [draft.about for draft in drafts if draft.about]
    open_ = Contest.objects.open().filter(about__in=about).values_list("resource_id", "about", "field", "opened_at")
    return {(resource, mark, field): since for resource, mark, field, since in open_}
