"""Only in a demonstration: the outbox of text messages, and an identity provider that speaks OpenID Connect."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.demonstration import PASSWORD, demonstration_accounts
from civic.accounts.models import OutboxMessage
from civic.accounts.second_factor import code_at
from civic.accounts.single_sign_on import FAKE_PATH, PROVIDER
from civic.adapters.identity import fake
from civic.core import access
from civic.core.pages import page

View = Callable[..., HttpResponseBase]


def demonstration_only(view: View) -> View:
    """Outside a demonstration the page does not exist."""

    def door(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if not settings.DEMONSTRATION:
            raise Http404
        return view(request, *args, **kwargs)

    return door


@access.public
@demonstration_only
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The latest messages to phones, and how to log in as the people of the demonstration."""
    now = timezone.now().timestamp()
    accounts = [(who, code_at(who.secret, now) if who.secret else "") for who in demonstration_accounts()]
    letters = OutboxMessage.objects.order_by("-pk")[:30]
    context = {"letters": letters, "accounts": accounts, "password": PASSWORD}
    return page(request, "accounts/demo/outbox.html", context)


@access.public
@demonstration_only
@require_GET
def discovery(request: HttpRequest) -> HttpResponse:
    """The provider's description."""
    return JsonResponse(fake.discovery(_issuer(request)))


@access.public
@demonstration_only
@require_GET
def jwks(request: HttpRequest) -> HttpResponse:
    """The provider's public key."""
    return JsonResponse(fake.jwks())


@access.public
@demonstration_only
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Choose one of the demonstration's people; they are sent back with a code."""
    callback = request.build_absolute_uri(reverse("openid_connect_callback", kwargs={"provider_id": PROVIDER}))
    try:
        fake.check_request(request.GET.dict(), callback=callback)
    except fake.BadRequest as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    who = request.POST.get("persona", "")
    if request.method == "POST" and who in fake.PERSONAS:
        return redirect(fake.approve(request.GET.dict(), persona=who))
    context = {"personas": fake.PERSONAS.values(), "here": request.get_full_path()}
    return page(request, "accounts/demo/authorize.html", context)


@csrf_exempt
@access.public
@demonstration_only
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code for tokens; the caller shows its client secret."""
    try:
        found = fake.token(request.POST.dict(), issuer=_issuer(request), at=timezone.now().timestamp())
    except fake.BadRequest as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    return JsonResponse(found)


@access.public
@demonstration_only
@require_GET
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the provider vouches for."""
    try:
        found = fake.userinfo(request.headers.get("Authorization", "").removeprefix("Bearer "))
    except fake.BadRequest as refusal:
        return JsonResponse({"error": str(refusal)}, status=401)
    return JsonResponse(found)


def _issuer(request: HttpRequest) -> str:
    return request.build_absolute_uri(FAKE_PATH)
