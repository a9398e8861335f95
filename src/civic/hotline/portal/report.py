"""Handing something in: one thing a page, nothing lost on an error, sent once, with or without an account."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civic.accounts.http import client_address
from civic.accounts.models import Account, Department
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal, Unavailable
from civic.core.pages import page
from civic.documents.models import Document
from civic.documents.services import hold_documents, store_document
from civic.hotline import rules
from civic.hotline.models import Ground, Ticket
from civic.hotline.portal import flows
from civic.hotline.portal.drafts import Draft, show_to
from civic.hotline.services.intake import count_one_more, promise, take_in
from civic.hotline.services.near import Matter, Near, near_matter
from civic.hotline.states import Channel, Kind
from civic.idempotency.services import claim, fingerprint, keep, kept

MOST_PHOTOS = 5
KEPT_FOR = timedelta(days=1)
ENTRY = {flows.REPORT: "/hotline/", flows.MAILBOX: "/mailbox/", flows.FAILED: "/hotline/failed/"}
SCOPE = "hotline.report"


@access.public
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show the ways to be heard, emergencies first."""
    return page(request, "hotline/portal/start.html", {"drafted": Draft.of(request, flows.REPORT).answers})


@access.public
@require_GET
def failed(request: HttpRequest) -> HttpResponse:
    """Say what the window for what cannot be got done does, and by when."""
    return page(request, "hotline/portal/failed.html", {"promise": promise(Channel.FAILED, Kind.HELP)})


@access.public
@require_GET
def grounds(request: HttpRequest) -> HttpResponse:
    """Publish on which grounds something is not taken up, and what one can do instead."""
    return page(request, "hotline/portal/grounds.html", {"grounds": Ground.objects.order_by("position", "pk")})


@access.public
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, flow: str, key: str) -> HttpResponse:
    """Show or take one page; what was typed is kept even when something is wrong."""
    if key not in flows.PAGES.get(flow, ()):
        raise Http404
    draft = Draft.of(request, flow)
    if request.method == "POST":
        return _send(request, draft) if key == "check" else _take(request, draft, key)
    if behind := _unfinished(draft, key, account_of(request)):
        return redirect(_address(flow, behind))
    if not _is_asked(draft, key, at=now()):
        return redirect(_address(flow, _after(draft, key, at=now())))
    if kind := request.GET.get("kind", "") if key == "what" else "":
        draft.answers.setdefault("kind", kind if kind in Kind.values else "")
    return _show(request, draft, key, [])


def account_of(request: HttpRequest) -> Account | None:
    """Return who is logged in, if anybody."""
    return request.user if request.user.is_authenticated else None


def _take(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """Keep the answers of a page; go on if nothing is wrong with them."""
    before = draft.get("county")
    for name in flows.FIELDS[key]:
        draft.answers[name] = rules.tidy(request.POST.get(name, ""))[: rules.LONGEST_DETAIL + 1]
    if draft.get("county") != before:
        draft.answers["town"] = ""
    errors = _take_photos(request, draft, at=now()) if key == "photos" else []
    errors = errors or flows.wrong_with(draft, key, account_of(request))
    draft.keep(request)
    if errors:
        return _show(request, draft, key, errors, status=422)
    if "upload" in request.POST:
        return redirect(_address(draft.flow, key))
    if request.GET.get("back_to") == "check" and not _unfinished(draft, "check", account_of(request)):
        return redirect(_address(draft.flow, "check"))
    return redirect(_address(draft.flow, _after(draft, key, at=now())))


def _take_photos(request: HttpRequest, draft: Draft, *, at: datetime) -> list[FieldError]:
    """Store what was uploaded, remove what was removed; photos need an account."""
    account = account_of(request)
    removed = set(request.POST.getlist("remove"))
    draft.documents = [token for token in draft.documents if token not in removed]
    if account is None:
        draft.documents = []
        return []
    for file in request.FILES.getlist("photos"):
        try:
            stored = store_document(owner=account, file=file, name=file.name or "", purpose="ticket.photo", at=at)
            draft.documents = [*(one for one in draft.documents if one != str(stored.token)), str(stored.token)]
        except Unavailable:
            raise
        except Refusal as refusal:
            return [FieldError("photos", refusal.code, refusal.message)]
    if len(draft.documents) > MOST_PHOTOS:
        draft.documents = draft.documents[:MOST_PHOTOS]
        return [FieldError("photos", "too-many", _("最多上传%(n)s个文件，请先删除多余的。") % {"n": MOST_PHOTOS})]
    return []


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Hand it in under the draft's own one-use token: a double click gets the first click's receipt."""
    at, account, token = now(), account_of(request), request.POST.get("token", "")[:64]
    if sent := kept(scope=SCOPE, key=f"report-{token}") if token else None:
        show_to(request, sent.location.rsplit("/", 2)[1])
        return redirect(sent.location)
    if not draft.token or token != draft.token:
        return redirect(_address(draft.flow, flows.PAGES[draft.flow][0]))
    if behind := _unfinished(draft, "check", account):
        return redirect(_address(draft.flow, behind))
    count_one_more(key=account.ledger_id() if account else client_address(request), at=at)
    try:
        location = _hand_in(draft, account, at=at)
    except Invalid as refusal:
        errors = [FieldError("", error.code, error.message) for error in refusal.errors]
        return _show(request, draft, "check", errors or [FieldError("", refusal.code, refusal.message)], status=422)
    draft.drop(request)
    show_to(request, location.rsplit("/", 2)[1])
    return redirect(location)


def _hand_in(draft: Draft, account: Account | None, *, at: datetime) -> str:
    """Take it in once; return the address of the receipt."""
    with transaction.atomic():
        held = claim(scope=SCOPE, key=f"report-{draft.token}", print_=fingerprint(b"report", draft.token.encode()))
        if held.answer is not None:
            return held.answer.location
        caller = flows.caller_of(draft, account)
        ticket = take_in(flows.intake_of(draft), caller=caller, by=caller.account, at=at)
        location = f"/hotline/receipt/{ticket.number}/"
        keep(held, status=303, body=b"", location=location, at=at)
    return location


def _show(request: HttpRequest, draft: Draft, key: str, errors: list[FieldError], *, status: int = 200) -> HttpResponse:
    pages = [name for name in flows.PAGES[draft.flow] if name not in flows.OPTIONAL]
    number = pages.index(key) + 1 if key in pages else 0
    context: dict[str, Any] = {
        "draft": draft, "key": key, "errors": errors, "title": flows.TITLES[draft.flow], "number": number,
        "of": len(pages), "back": _before(draft, key), "account": account_of(request),
        **_choices(request, draft, key),
    }  # fmt: skip
    return page(request, f"hotline/portal/write_{key}.html", context, status=status)


def _choices(request: HttpRequest, draft: Draft, key: str) -> dict[str, Any]:
    """Return what a page offers to choose from, or shows."""
    found: dict[str, Any] = {}
    if key == "what":
        found = {"kinds": flows.KINDS.items(), "units": _units() if draft.flow == flows.MAILBOX else []}
    elif key == "where":
        found = {"counties": flows.counties()}
    elif key == "town":
        found = {"towns": flows.towns(draft)}
    elif key == "near":
        found = {"near": _near(draft, at=now())}
    elif key == "failed":
        found = {"places": flows.FAILED_AT.items()}
    elif key == "why":
        found = {"reasons": flows.FAILED_WHY.items()}
    if key in ("photos", "check"):
        found["documents"] = _documents(request, draft)
    if key == "check":
        unit = Department.objects.filter(code=draft.get("unit")).first()
        found |= {
            "area": flows.area_of(draft),
            "unit": unit,
            "kinds": flows.KINDS,
            "pages": flows.PAGES[draft.flow],
        }
        found["promise"] = promise(flows.CHANNELS[draft.flow], draft.get("kind"))
        found |= {"reasons": flows.FAILED_WHY, "places": flows.FAILED_AT, "point": flows.point_of(draft)}
    return found


def _units() -> list[Department]:
    return list(Department.objects.order_by("pk"))


def _documents(request: HttpRequest, draft: Draft) -> list[Document]:
    account = account_of(request)
    if account is None or not draft.documents:
        return []
    hold_documents(owner=account, tokens=draft.documents, until=now() + KEPT_FOR)
    return list(Document.objects.owned_by(account=account).filter(token__in=draft.documents).select_related("key"))


def _near(draft: Draft, *, at: datetime) -> list[Near]:
    longitude, latitude = flows.point_of(draft) or (None, None)
    words = f"{draft.get('title')}\n{draft.get('detail')}"
    matter = Matter(words, at, longitude, latitude)
    return near_matter(matter, among=Ticket.objects.joinable(), most=3, least=0.5)


def _is_asked(draft: Draft, key: str, *, at: datetime) -> bool:
    """Whether there is something to choose on a page."""
    if key == "open":
        return not flows.is_never_public(draft)
    if key == "near":
        return bool(_near(draft, at=at))
    return key != "town" or bool(flows.towns(draft))


def _after(draft: Draft, key: str, *, at: datetime) -> str:
    pages = flows.PAGES[draft.flow]
    rest = pages[pages.index(key) + 1 :]
    return next(name for name in rest if _is_asked(draft, name, at=at))


def _before(draft: Draft, key: str) -> str:
    pages = flows.PAGES[draft.flow]
    before = pages[: pages.index(key)]
    earlier = [name for name in before if name != "near" and _is_asked(draft, name, at=now())]
    return _address(draft.flow, earlier[-1]) if earlier else ENTRY[draft.flow]


def _unfinished(draft: Draft, key: str, account: Account | None) -> str:
    """Return the first page before `key` that still has something wrong; nothing where none has."""
    pages = flows.PAGES[draft.flow]
    return next((name for name in pages[: pages.index(key)] if flows.wrong_with(draft, name, account)), "")


def _address(flow: str, key: str) -> str:
    return f"/hotline/write/{flow}/{key}/"
