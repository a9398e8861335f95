"""Residents and organisations log in: by a code to the phone, or through the unified log-in."""

from typing import Any

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts import services
from civic.accounts.forms import CodeForm, OrganisationForm, PhoneForm
from civic.accounts.http import client_address, safe_next, sign_in, sign_out
from civic.accounts.middleware import ACTING_FOR
from civic.accounts.pending import drop, held, hold
from civic.accounts.single_sign_on import GOAL, PROVIDER, VerifyingAdapter, goal_of
from civic.adapters.identity.client import LoginUnavailable
from civic.core import access
from civic.core.pages import page
from civic.masking.rules import mask

WAITING = "login"


@access.public
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the phone and send the code."""
    return _ask(request, PhoneForm(request.POST or None), "accounts/portal/login.html")


@access.public
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Ask for the organisation and its agent's phone, and send the code."""
    return _ask(request, OrganisationForm(request.POST or None), "accounts/portal/login_organisation.html")


@access.public
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and let its holder in."""
    waiting = held(request.session, WAITING)
    if waiting is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _let_in(request, waiting, form.cleaned_data["code"])
        except services.WrongCode as refusal:
            form.add_error("code", refusal.message)
    context = {"form": form, "errors": form.errors, "sent_to": mask("mobile", waiting["phone"], "staff")}
    return page(request, "accounts/portal/code.html", context, status=400 if form.errors else 200)


@access.public
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Send another code to the same phone."""
    waiting = held(request.session, WAITING)
    if waiting is None:
        return redirect("login")
    services.send_login_code(phone=waiting["phone"], address=client_address(request), at=timezone.now())
    return redirect("login_code")


@access.public
@require_POST
def unified(request: HttpRequest) -> HttpResponse:
    """Send the browser to the unified log-in."""
    hold(request.session, GOAL, {"next": safe_next(request, "")})
    return _at_provider(request, OAuth2LoginView)


@access.public
@require_GET
def unified_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the unified log-in says."""
    if provider_id != PROVIDER:
        raise Http404
    return _at_provider(request, OAuth2CallbackView)


@access.public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out."""
    sign_out(request)
    return redirect("/")


def _ask(request: HttpRequest, form: PhoneForm, template: str) -> HttpResponse:
    goal = safe_next(request, "")
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        services.send_login_code(phone=facts["phone"], address=client_address(request), at=timezone.now())
        hold(request.session, WAITING, {**facts, "next": goal})
        return redirect("login_code")
    return _show(request, form, template, next=goal, status=400 if form.errors else 200)


def _show(request: HttpRequest, form: PhoneForm, template: str, *, status: int, **more: Any) -> HttpResponse:
    context = {"form": form, "errors": form.errors, "unified": bool(settings.IDENTITY_SERVER), **more}
    return page(request, template, context, status=status)


def _let_in(request: HttpRequest, waiting: dict[str, Any], typed: str) -> HttpResponse:
    at, address = timezone.now(), client_address(request)
    facts: dict[str, Any] = {"phone": waiting["phone"], "code": typed, "address": address, "at": at}
    mandate = None
    if waiting.get("uscc"):
        account, mandate = services.log_in_for_organisation(uscc=waiting["uscc"], **facts)
    else:
        account = services.log_in_by_code(**facts)
    drop(request.session, WAITING)
    sign_in(request, account, how="code", at=at)
    if mandate is not None:
        request.session[ACTING_FOR] = str(mandate.handle)
    return redirect(waiting.get("next") or settings.LOGIN_REDIRECT_URL)


def _at_provider(request: HttpRequest, view: Any) -> HttpResponse:
    if not settings.IDENTITY_SERVER:
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(VerifyingAdapter(request))(request)
    except LoginUnavailable as refusal:
        more = {"next": goal_of(request), "refusal": refusal}
        return _show(request, PhoneForm(), "accounts/portal/login.html", status=refusal.status, **more)
    return answer
