"""A licence used for a case: what the department may see of it, and the whole on a stated purpose."""

import json
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.pages import page
from civic.licences import services
from civic.licences.cards import values_of
from civic.licences.models import Use
from civic.licences.states import LicenceState
from civic.licences.wallet_querysets import USE_READERS
from civic.licences.wallet_states import UseKind
from civic.masking.services import reveal


@access.official(*USE_READERS)
@require_http_methods(["GET", "POST"])
@never_cache
def use(request: SignedIn, handle: UUID) -> HttpResponse:
    """Show the fields granted for this case and no others: masked, or in the clear for a purpose that is recorded."""
    related = ("licence__key", "licence__authority", "licence__type", "department")
    found: Use = get_object_or_404(
        Use.objects.visible_to(request.user).filter(kind=UseKind.CASE).select_related(*related), handle=handle
    )
    if request.method == "GET":
        services.note_look(use=found, by=request.user, at=now())
        return _show(request, found, values_of(found.licence, profile=settings.MASKING_PROFILE))
    services.note_look(use=found, by=request.user, at=now())
    try:
        purpose = request.POST.get("purpose", "")
        text = reveal(noun=found.licence, field="values", by=request.user, at=now(), purpose=purpose)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _show(request, found, values_of(found.licence, profile=settings.MASKING_PROFILE), refusal=refusal)
    return _show(request, found, json.loads(text), is_clear=True)


def _show(
    request: SignedIn, found: Use, values: dict[str, str], *, is_clear: bool = False, refusal: Refusal | None = None
) -> HttpResponse:
    rows = [
        (field, values[field["key"]])
        for field in found.licence.type.fields
        if field["key"] in found.fields and values.get(field["key"])
    ]
    at, then = now(), found.licence.state_as_of(found.used_at)
    context = {
        "use": found,
        "rows": rows,
        "is_clear": is_clear,
        "refusal": refusal,
        "state_then": str(LicenceState(then).label) if then else "",
        "state_now": str(LicenceState(found.licence.current_state(at=at)).label),
    }
    return page(request, "licences/office/use.html", context, status=refusal.status if refusal else 200)
