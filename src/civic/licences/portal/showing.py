"""The show code (亮证码): choose what the reader will see, then show a code that changes every minute."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.http import typed_number
from civic.core.pages import page, page_or_fragment
from civic.licences import services
from civic.licences import wallet_policies as policies
from civic.licences.models import Licence, Presentation, names_of
from civic.licences.portal.wallet import own_licence

TURNS = 10  # codes in a row without a touch: a phone left lying does not go on for ever


@access.signed_in
@require_GET
@never_cache
def choose(request: SignedIn, token: UUID) -> HttpResponse:
    """Let the holder choose which fields the reader will see."""
    found = own_licence(request, token)
    chosen = request.GET.getlist("field") or found.type.shown_keys
    return _choose(request, found, list(chosen))


@access.signed_in
@require_GET
@never_cache
def code(request: SignedIn, token: UUID) -> HttpResponse:
    """Show a code. `after` names the one shown before: while that lives it stays, once it was read nothing follows."""
    at, found, fields = now(), own_licence(request, token), request.GET.getlist("field")
    before = _before(request, found)
    if before is not None and before.used_at is not None:
        return _answer(request, found, {"used": before, "words": before.use.field_words})
    if before is not None and before.seconds_left(at=at) and request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204)
    turn = typed_number(request.GET.get("turn", "")) or 0
    if turn >= TURNS:
        return _answer(request, found, {"is_resting": True, "again": _query(fields)})
    if policies.why_not_show(found, at=at) is not None:
        return redirect(f"/my/licences/{found.token}/")
    try:
        shown, text = services.show_licence(licence=found, fields=fields, by=request.user, at=at)
    except services.NothingShown as refusal:
        return _choose(request, found, [], error=refusal.message)
    context = {
        "shown": shown,
        "text": f"{text[:5]}-{text[5:]}",
        "address": request.build_absolute_uri(f"/s/{text}"),
        "names": names_of(found.type, shown.fields),
        "seconds": shown.seconds_left(at=at),
        "next": _query(shown.fields, after=str(shown.handle), turn=str(turn + 1)),
        "choose": _query(shown.fields),
    }
    return _answer(request, found, context)


def _choose(request: SignedIn, found: Licence, chosen: list[str], *, error: str = "") -> HttpResponse:
    context = {
        "licence": found,
        "rows": [(field, found.values[field["key"]]) for field in found.type.fields if found.values.get(field["key"])],
        "chosen": chosen,
        "why_not": policies.why_not_show(found, at=now()),
        "error": error,
        "errors": [{"href": "#field", "text": error}] if error else [],
    }
    return page(request, "licences/portal/choose.html", context, status=422 if error else 200)


def _answer(request: SignedIn, found: Licence, context: dict[str, object]) -> HttpResponse:
    return page_or_fragment(request, "licences/portal/code.html", "code", {"licence": found, **context})


def _before(request: SignedIn, found: Licence) -> Presentation | None:
    try:
        handle = UUID(request.GET.get("after", ""))
    except ValueError:
        return None
    mine = Presentation.objects.filter(licence=found, shown_by=request.user)
    before: Presentation | None = (
        mine.filter(handle=handle).select_related("use__department", "use__licence__type").first()
    )
    return before


def _query(fields: list[str], **more: str) -> str:
    return urlencode([("field", key) for key in fields] + list(more.items()))
