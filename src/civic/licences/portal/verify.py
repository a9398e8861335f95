"""Verification for everybody: by a licence's code, by a file, by a show code; no account needed."""

import re
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from civic.accounts.http import client_address
from civic.accounts.models.limits import Tally
from civic.core import access
from civic.core.errors import Conflict, FieldError, NotAllowed
from civic.core.pages import page
from civic.documents.uploads import CutUpload
from civic.licences import services
from civic.licences.formats.verdict import Verdict
from civic.licences.models import Presentation, Use, listed, names_of
from civic.licences.models.presentation import TOKEN_LENGTH
from civic.licences.rules import CODE_LENGTH, shown_code, typed_code
from civic.licences.services import Reader, ReadingMissing
from civic.licences.states import LicenceState
from civic.licences.wallet_states import READINGS

LIMIT, LIMIT_KNOWN, WINDOW = 60, 600, timedelta(minutes=10)  # a desk where somebody is logged in checks many
ADDRESS = re.compile(r"/(v|s)/([0-9A-Za-z-]{4,40})")
CODE = re.compile(r"[0-9A-Za-z\s-]+")


@access.public
@require_http_methods(["GET", "POST"])
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a code, an address out of a QR code, or a file; say whether it is a genuine licence and how it stands."""
    if request.method == "GET":
        return _ask(request, typed=request.GET.get("code", "")[:200], errors=[])
    at = _count(request)
    typed, file = request.POST.get("code", "").strip()[:200], request.FILES.get("file")
    if file is not None:
        if isinstance(file, CutUpload):
            return _ask(
                request, typed, [FieldError("file", "too-large", _("文件太大，不会是证照文件。请上传原始文件。"))]
            )
        verdict = services.verify_file(file.read(), at=at)
        return page(request, "licences/public/verdict.html", _shown(verdict) | {"by": "file"})
    goal = _goal(typed)
    if goal:
        return redirect(goal)
    words = _("请输入查验码，或者选择证照文件。") if not typed else _("查验码是16位，亮证码是10位，请核对后重新输入。")
    return _ask(request, typed, [FieldError("code", "wrong", words)])


@access.public
@require_GET
@never_cache
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether the licence with this code is genuine, who issued it, and how it stands now."""
    at = _count(request)
    verdict = services.verify_code(code, at=at)
    services.note_asked(code=code, by=request.user if request.user.is_authenticated else None, at=at)
    context = _shown(verdict) | {"by": "code", "code": shown_code(typed_code(code))}
    return page(request, "licences/public/verdict.html", context, status=200 if verdict.is_genuine else 404)


@access.public
@require_http_methods(["GET", "POST"])
@never_cache
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Say what a show code will show and that it does so once; on the press of the button, show it.

    Programs that look at every address (a messenger's preview) do not use the code up: they press no button.
    """
    at = _count(request)
    found = Presentation.objects.of_token(token)
    if found is None:
        return _ended(request, _("没有这个亮证码，请让持证人重新出示。"), 404)
    try:
        if request.method == "GET":
            found.refuse_if_ended(at=at)
            return _offer(request, found, at)
        use = services.read_shown(token=token, reading=request.POST.get("reading", ""), reader=_reader(request), at=at)
    except ReadingMissing as refusal:
        return _offer(request, found, at, errors=[FieldError("reading", refusal.code, refusal.message)])
    except (Conflict, NotAllowed) as refusal:
        return _ended(request, refusal.message, 410)
    return _disclosed(request, use)


def _ask(request: HttpRequest, typed: str, errors: list[FieldError]) -> HttpResponse:
    context = {"typed": typed, "errors": errors}
    return page(request, "licences/public/verify.html", context, status=422 if errors else 200)


def _offer(
    request: HttpRequest, found: Presentation, at: datetime, *, errors: list[FieldError] | None = None
) -> HttpResponse:
    context = {
        "found": found,
        "words": listed(names_of(found.licence.type, found.fields)),
        "seconds": found.seconds_left(at=at),
        "readings": READINGS,
        "errors": errors or [],
    }
    return page(request, "licences/public/offer.html", context, status=422 if errors else 200)


def _disclosed(request: HttpRequest, use: Use) -> HttpResponse:
    licence = use.licence
    values = licence.shown_values()
    rows = [(field, values[field["key"]]) for field in licence.type.fields if field["key"] in use.fields]
    context = {"licence": licence, "rows": rows, "use": use, "withheld": len(values) - len(rows)}
    return page(request, "licences/public/disclosed.html", context)


def _ended(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return page(request, "licences/public/ended.html", {"words": words}, status=status)


def _shown(verdict: Verdict) -> dict[str, object]:
    state = str(verdict.state or "")
    found = verdict.licence
    return {
        "verdict": verdict,
        "first": date.fromisoformat(found.valid_from) if found else None,
        "last": date.fromisoformat(found.valid_until) if found and found.valid_until else None,
        "state_words": LicenceState(state).label if state in LicenceState.values else "",
        "tone": "success" if verdict.is_valid else "error" if not verdict.is_genuine else "warning",
    }


def _reader(request: HttpRequest) -> Reader:
    account = request.user if request.user.is_authenticated else None
    return Reader(account=account, address=client_address(request))


def _goal(typed: str) -> str:
    """Return where a typed code leads, or the address out of a QR code, on this site; "" for neither."""
    found = ADDRESS.search(typed)
    if found:
        return f"/{found[1]}/{found[2]}"
    code = typed_code(typed) if CODE.fullmatch(typed) else ""
    return {CODE_LENGTH: f"/v/{code}", TOKEN_LENGTH: f"/s/{code}"}.get(len(code), "")


def _count(request: HttpRequest) -> datetime:
    """Count one look by this account, or from this address, and return the time. Raises: TooOften."""
    at, user = now(), request.user
    key, limit = (user.ledger_id(), LIMIT_KNOWN) if user.is_authenticated else (client_address(request), LIMIT)
    Tally.objects.take(kind="licences.verify", key=key, limit=limit, per=WINDOW, at=at)
    return at
