"""Reading a consultation: the list, the draft clause by clause, opinions, versions, documents, moderation."""

import secrets

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.accounts.models import Account, Person
from civic.consultation.models import Attachment, Consultation, Opinion, Ruling, Sight
from civic.consultation.models.consultation import SPEAK, SUPPORT
from civic.consultation.rules.comparison import Fate
from civic.consultation.services import reading
from civic.consultation.services.speaking import why_not_speak
from civic.consultation.states import Ground
from civic.core import access
from civic.core.http import typed_number
from civic.core.pages import page
from civic.participation.models import Eligibility

ROWS = 10
MOST = 100
ORDERS = ("fair", "top", "new")
LOGGED = ("publish", "hold_back", "appeal", "restore", "uphold", "merge", "separate")


@access.public
@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """Every draft that was put before the public: those one can speak on first."""
    at = now()
    listed = list(Consultation.objects.made_known().for_list()[:MOST])
    ends = reading.open_until(listed, at=at)
    context = {
        "open": [{"noun": one, "closes_at": ends[one.pk]} for one in listed if one.pk in ends],
        "others": [one for one in listed if one.pk not in ends],
    }
    return page(request, "consultation/portal/consultations.html", context)


@access.public
@require_GET
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: what it is about, clause by clause, and a few opinions that not many have seen."""
    found = known(pk)
    version, reader = found.current(), person_of(request)
    keys = reading.next_opinions(found, person=reader, seed=seed_of(request), count=3)
    _note(keys, reader)
    context = base(request, found) | {
        "version": version,
        "passages": reading.passages(version) if version else [],
        "on_whole": reading.opinions_on_clauses(found).get("", 0),
        "voices": reading.voices(found, keys, person=reader),
        "attachments": found.attachments.defer("content").order_by("pk"),
        "versions": list(found.versions.made_known().newest_first()),
    }
    return page(request, "consultation/portal/consultation.html", context)


@access.public
@require_GET
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """The opinions on one clause, on the whole, or on everything: what few have seen first, unless asked otherwise."""
    found, reader = known(pk), person_of(request)
    anchor, order = request.GET.get("on", "all")[:80], request.GET.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    on = None if anchor == "all" else anchor
    part = None
    if order == "fair":
        keys = reading.next_opinions(found, person=reader, seed=seed_of(request), count=ROWS, anchor=on)
    else:
        part = Paginator(reading.listed(found, anchor=on, order=order), ROWS).get_page(request.GET.get("page"))
        keys = list(part)
    shown = reading.voices(found, keys, person=reader)
    _note([one.opinion.pk for one in shown if not one.is_own], reader)
    context = base(request, found) | {
        "anchor": anchor, "order": order, "voices": shown, "part": part, "label": reading.name_of(on or ""),
        "clause": _words_of(found, on),
    }  # fmt: skip
    return page(request, "consultation/portal/opinions.html", context)


@access.public
@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What has changed from one version to another, word by word; the last two unless others are asked for."""
    found = known(pk)
    every = {one.number: one for one in found.versions.made_known().order_by("number")}
    newest = max(every)
    to = typed_number(request.GET.get("to", "")) or newest
    old = typed_number(request.GET.get("from", "")) or max(to - 1, 1)
    new = get_object_or_404(found.versions.made_known(), number=to)
    before = get_object_or_404(found.versions.made_known(), number=old)
    compared = reading.difference(before, new) if before.number != new.number else None
    changes = [one for one in compared.changes if one.fate is not Fate.UNCHANGED] if compared else []
    context = base(request, found) | {
        "versions": list(every.values())[::-1], "old": before, "new": new,
        "changes": [
            {"fate": one.fate.value, "from": reading.name_of(one.old or ""), "to": reading.name_of(one.new or ""),
             "words": one.words}
            for one in changes
            if one.words or one.fate is Fate.MOVED
        ],
    }  # fmt: skip
    return page(request, "consultation/portal/versions.html", context)


@access.public
@require_GET
def document(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """A document beside the draft."""
    found = get_object_or_404(Attachment.objects.filter(consultation=known(pk)), pk=document)
    suffix = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(found.content_type, "bin")
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer["Content-Disposition"] = f'attachment; filename="consultation-{pk}-{found.pk}.{suffix}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@access.public
@require_GET
def moderation(request: HttpRequest, pk: int) -> HttpResponse:
    """The policy by which opinions are not shown, and every decision under it; nobody's words and nobody's name."""
    found = known(pk)
    log = Ruling.objects.filter(opinion__consultation=found, step__in=LOGGED).order_by("-ruled_at", "-pk")
    part = Paginator(log.defer("words"), 50).get_page(request.GET.get("page"))
    context = base(request, found) | {"grounds": Ground.choices, "part": part}
    return page(request, "consultation/portal/moderation.html", context)


def known(pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.made_known().for_list(), pk=pk)
    return found


def base(request: HttpRequest, found: Consultation) -> dict[str, object]:
    """Return what every page of a consultation shows."""
    at, user = now(), account_of(request)
    windows = list(found.windows())
    return {
        "noun": found,
        "windows": windows,
        "closes_at": closes_at(found),
        "is_open": found.is_open(at=at),
        "why_closed": found.why_closed(at=at),
        "why_not_speak": why_not_speak(found, user, at=at, act=SPEAK) if user else found.why_closed(SPEAK, at=at),
        "why_not_stand": why_not_speak(found, user, at=at, act=SUPPORT) if user else found.why_closed(SUPPORT, at=at),
        "needs_area": needs_area(found),
        "account": user,
    }


def needs_area(found: Consultation) -> bool:
    """Whether people have to say where they live."""
    asked = Eligibility.objects.filter(subject=found.ledger_id()).first()
    return asked is not None and asked.residence != "NONE"


def closes_at(found: Consultation) -> object:
    """Return when the last window ends."""
    return max((window.closes_at for window in found.windows()), default=None)


def account_of(request: HttpRequest) -> Account | None:
    return request.user if request.user.is_authenticated else None


def person_of(request: HttpRequest) -> Person | None:
    """Return who reads, if it is a resident who has logged in."""
    user = account_of(request)
    return user.person if user is not None and not user.is_official else None


def seed_of(request: HttpRequest) -> str:
    """Return what orders the opinions for this visit: kept with the session, drawn anew for who has none."""
    if not request.user.is_authenticated:
        return secrets.token_hex(4)
    seed: str = request.session.setdefault("consultation_seed", secrets.token_hex(4))
    return seed


def _note(keys: list[int], reader: Person | None) -> None:
    if reader is not None and keys:
        Sight.objects.note(keys, person=reader)


def _words_of(found: Consultation, anchor: str | None) -> str:
    """Return the words of a clause of the newest version; "" for the whole and for what is not there."""
    version = found.current()
    if not anchor or version is None:
        return ""
    return next((one.words for one in version.draft().clauses if one.anchor == anchor), "")


def opinion_of(request: HttpRequest, handle: object) -> Opinion:
    """Return a public opinion (or one's own) by its handle."""
    if not request.user.is_authenticated:
        return get_object_or_404(Opinion.objects.public().for_list(), handle=handle)  # type: ignore[no-any-return]
    return get_object_or_404(Opinion.objects.visible_to(request.user).for_list(), handle=handle)  # type: ignore[no-any-return]
