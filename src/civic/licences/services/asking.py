"""Asking a holder for a yes or for the use of licences: ask, tell, let run out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Person
from civic.audit.services import record
from civic.catalogue.models import Service
from civic.core.errors import Conflict
from civic.core.jobs import enqueue
from civic.licences.models import LicenceType, UseRequest
from civic.licences.models.use_request import TELL
from civic.masking.rules import mask
from civic.notifications.services import notify
from civic.workflow.models import StepRefused

TIMER = "timer"
LETTERS = {
    "ask": "licence.use_asked",
    "grant": "licence.use_granted",
    "decline": "licence.use_declined",
    "expire": "licence.use_expired",
    "withdraw": "licence.use_withdrawn",
}
Types = Collection[str] | Mapping[str, Sequence[str]]


class ShareUnknown(LookupError):
    """There is no such type of licence, or no such field of it: a mistake of the program that asks."""


class AskedByItself(Conflict):
    """Nobody needs to ask themselves."""

    code = "use-request-to-oneself"


def ask_use(  # noqa: PLR0913 (what is asked, by name)
    *,
    holder: Person,
    asker: Account,
    purpose: str,
    service: str,
    case: str,
    words: str,
    until: datetime,
    by: object,
    at: datetime,
    words_en: str = "",
    types: Types = (),
) -> UseRequest:
    """Put a question to `holder`; asked again about the same case and purpose, return what stands.

    `types` names what would be shared: codes of licence types (all their fields), or {code: fields}. A request that
    ran out unanswered is put anew; one that was declined or withdrawn is not: the holder has said what they want.
    Raises: ShareUnknown, AskedByItself.
    """
    shares = _shares(types)
    if asker.person_id == holder.pk:
        raise AskedByItself(_("不需要请求自己同意。"))
    standing = UseRequest.objects.standing(holder=holder, case=case, purpose=purpose)
    if (found := _standing(standing.first(), at)) is not None:
        return found
    draft = UseRequest(
        holder=holder, asker=asker, purpose=purpose, service=service, case=case, shares=shares, asked_at=at, until=until
    )
    draft.set_personal("words", words)
    draft.set_personal("words_en", words_en)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            record(at=at, actor=by, step="licences.userequest.ask", subject=draft, purpose=purpose)
            enqueue(TELL, request=draft.pk, step="ask")
    except IntegrityError:
        return standing.get()  # somebody else was quicker
    return draft


def expire_requests(*, at: datetime) -> int:
    """Note of each request whose time has passed that nobody answered; return how many. Safe to run twice."""
    return sum(_expire(request, at) for request in UseRequest.objects.over(at=at))


def tell_of_request(*, request: int, step: str, at: datetime) -> bool:
    """Write to the holder who is asked, or to the asker who is answered; once, however often this runs."""
    found = UseRequest.objects.select_related("holder__account", "holder__key", "asker__person__key").get(pk=request)
    reader = getattr(found.holder, "account", None) if step == "ask" else found.asker
    if reader is None:
        return False
    other = found.asker_name if step == "ask" else found.holder.name
    variables = {**_service_words(found.service), "person": mask("name", other, "strict")}
    if step == "ask":
        variables["link"] = f"/my/licences/requests/{found.handle}/"
    notify(reader, LETTERS[step], subject=f"{found.ledger_id()}/{step}", variables=variables, at=at)
    return True


def service_name(code: str) -> dict[str, str]:
    """Return {"name", "name_en"} of a service; its code where the catalogue has none."""
    words = _service_words(code)
    return {"name": words["service"], "name_en": words["service_en"]}


def _service_words(code: str) -> dict[str, str]:
    found = Service.objects.filter(code=code).select_related("current").first()
    name = found.name if found else code
    return {"service": name, "service_en": (getattr(found and found.current, "name_en", "") or name)}


def _standing(found: UseRequest | None, at: datetime) -> UseRequest | None:
    """Return what stands; one whose time has passed is closed first."""
    if found is None or not found.is_over(at=at):
        return found
    _expire(found, at)
    return None


def _expire(request: UseRequest, at: datetime) -> bool:
    try:
        request.expire(by=TIMER, at=at)
    except StepRefused:
        return False  # it was answered meanwhile, or closed by another
    return True


def _shares(types: Types) -> dict[str, list[str]]:
    known = {type_.code: type_ for type_ in LicenceType.objects.filter(code__in=list(types))}
    shares: dict[str, list[str]] = {}
    for code in types:
        if code not in known:
            raise ShareUnknown(f"There is no licence type {code!r}.")
        wanted = types[code] if isinstance(types, Mapping) else known[code].field_keys
        if unknown := set(wanted) - set(known[code].field_keys):
            raise ShareUnknown(f"Licence type {code!r} has no field {', '.join(sorted(unknown))}.")
        shares[code] = [key for key in known[code].field_keys if key in wanted]
    return shares
