"""A resident's own account: what the city knows, who acts for whom, consents, sessions."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts import mandates as journeys
from civic.accounts import policies
from civic.accounts.devices import device_words
from civic.accounts.forms import CodeForm, FirmMandateForm, MandateForm, PersonMandateForm
from civic.accounts.http import SignedIn, client_address
from civic.accounts.middleware import ACTING_FOR
from civic.accounts.models import Consent, Mandate, Person
from civic.accounts.rules import PURPOSES
from civic.accounts.services import WrongCode
from civic.audit.models import Entry
from civic.core import access
from civic.core.errors import Invalid, NotAllowed
from civic.core.pages import page
from civic.masking.rules import mask

FORMS: dict[str, type[MandateForm]] = {"parent": PersonMandateForm, "child": PersonMandateForm, "firm": FirmMandateForm}
A_YEAR = timedelta(days=365)


@access.signed_in
@require_GET
def account(request: SignedIn) -> HttpResponse:
    """What the city knows about me, masked; my level; my consents."""
    person = _person(request)
    consents = [(purpose, Consent.objects.holds(person=person, purpose=code)) for code, purpose in PURPOSES.items()]
    shown = {
        "name": mask("name", person.name, "staff"),
        "id_number": mask("id_number", person.id_number, "staff"),
        "phone": mask("mobile", person.phone, "staff"),
    }
    context = {"active": "my", "person": person, "shown": shown, "consents": consents}
    return page(request, "accounts/portal/account.html", context)


@access.signed_in
@require_POST
def consent(request: SignedIn, purpose: str) -> HttpResponse:
    """Give or withdraw one consent."""
    if purpose not in PURPOSES:
        raise Http404
    turn = Consent.objects.give if request.POST.get("answer") == "yes" else Consent.objects.withdraw
    turn(person=_person(request), purpose=purpose, by=request.user, at=timezone.now())
    messages.success(request, _("已保存您的选择。"))
    return redirect("my_account")


@access.signed_in
@require_GET
def mandates(request: SignedIn) -> HttpResponse:
    """Those I act for, and those who act for me."""
    person = _person(request)
    held = list(Mandate.objects.held_by(agent=request.user).for_list())
    given = list(Mandate.objects.given_by(account=request.user).exclude(agent=request.user).for_list())
    uses = Entry.objects.filter(step="accounts.mandate.use", subject__in=[row.ledger_id() for row in held + given])
    context = {
        "active": "my",
        "held": held,
        "given": given,
        "uses": _by_mandate(held + given, uses.order_by("-id")[:50]),
        "acting": request.acting_for,
        "now": timezone.now(),
        "why_not": policies.why_not_act(request.user),
        "person": person,
    }
    return page(request, "accounts/portal/mandates.html", context)


@access.signed_in
@require_http_methods(["GET", "POST"])
def propose(request: SignedIn, kind: str) -> HttpResponse:
    """Ask to act for somebody."""
    if kind not in FORMS:
        raise Http404
    last_day = localdate(timezone.now() + A_YEAR)
    form = FORMS[kind](request.POST or None, initial={"valid_until": last_day})
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, kind, form)
        except (Invalid, NotAllowed) as refusal:
            form.add_error(None, refusal.message)
    context = {"active": "my", "form": form, "errors": form.errors, "kind": kind}
    context["why_not"] = policies.why_not_act(request.user)
    return page(request, "accounts/portal/mandate_new.html", context, status=400 if form.errors else 200)


@access.signed_in
@require_http_methods(["GET", "POST"])
def confirm_code(request: SignedIn, handle: UUID) -> HttpResponse:
    """Enter the code that the principal got and passed on."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, address = form.cleaned_data["code"], client_address(request)
        try:
            journeys.confirm_by_code(handle=handle, agent=request.user, code=code, address=address, at=timezone.now())
        except WrongCode as refusal:
            form.add_error("code", refusal.message)
        else:
            messages.success(request, _("委托已生效。"))
            return redirect("my_mandates")
    context = {"active": "my", "form": form, "errors": form.errors}
    return page(request, "accounts/portal/mandate_code.html", context, status=400 if form.errors else 200)


@access.signed_in
@require_POST
def confirmation(request: SignedIn, handle: UUID) -> HttpResponse:
    """The principal says yes on their own page."""
    _mandate(request, handle).confirm(by=request.user, at=timezone.now())
    messages.success(request, _("委托已生效。"))
    return redirect("my_mandates")


@access.signed_in
@require_POST
def revocation(request: SignedIn, handle: UUID) -> HttpResponse:
    """Either side ends the mandate."""
    _mandate(request, handle).revoke(by=request.user, at=timezone.now())
    messages.success(request, _("委托已撤销，立即失效。"))
    return redirect("my_mandates")


@access.signed_in
@require_POST
def act_for(request: SignedIn, handle: UUID) -> HttpResponse:
    """From now on act for the principal of this mandate."""
    held = Mandate.objects.active(at=timezone.now()).held_by(agent=request.user)
    mandate = get_object_or_404(held.for_list(), handle=handle)
    request.session[ACTING_FOR] = str(mandate.handle)
    return redirect("my_mandates")


@access.signed_in
@require_POST
def act_for_myself(request: SignedIn) -> HttpResponse:
    """From now on act for myself again."""
    request.session.pop(ACTING_FOR, None)
    messages.success(request, _("您现在为自己办事。"))
    return redirect("my_mandates")


@access.signed_in
@require_GET
def sessions(request: SignedIn) -> HttpResponse:
    """Where I am logged in."""
    found = sorted(UserSession.objects.purge_and_list(request.user), key=lambda row: row.created_at, reverse=True)
    context = {
        "active": "my",
        "sessions": [(row, device_words(row.user_agent)) for row in found],
        "current": request.session.session_key,
    }
    return page(request, "accounts/portal/sessions.html", context)


@access.signed_in
@require_POST
def end_session(request: SignedIn, session_id: int) -> HttpResponse:
    """End one of my sessions."""
    get_object_or_404(UserSession, pk=session_id, user=request.user).end()
    return redirect("my_sessions")


@access.signed_in
@require_POST
def end_other_sessions(request: SignedIn) -> HttpResponse:
    """End all my sessions but this one."""
    for session in UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key):
        session.end()
    messages.success(request, _("其他登录都已退出。"))
    return redirect("my_sessions")


def _person(request: SignedIn) -> Person:
    if request.user.person is None:
        raise Http404
    return request.user.person


def _mandate(request: SignedIn, handle: UUID) -> Mandate:
    mandate: Mandate = get_object_or_404(Mandate.objects.visible_to(request.user), handle=handle)
    return mandate


def _ask(request: SignedIn, kind: str, form: MandateForm) -> HttpResponse:
    facts, proposal, at = form.cleaned_data, form.proposal(), timezone.now()
    if kind == "child":
        journeys.act_for_child(
            agent=request.user, name=facts["name"], id_number=facts["id_number"], proposal=proposal, at=at
        )
        messages.success(request, _("已根据户籍信息确认，您现在可以为孩子办事。"))
        return redirect("my_mandates")
    address = client_address(request)
    if kind == "firm":
        handle = journeys.ask_organisation(
            agent=request.user, uscc=facts["uscc"], proposal=proposal, address=address, at=at
        )
    else:
        who = {"name": facts["name"], "id_number": facts["id_number"]}
        handle = journeys.ask_person(agent=request.user, proposal=proposal, address=address, at=at, **who)
    if Mandate.objects.active(at=at).filter(handle=handle).exists():
        return redirect("my_mandates")
    return redirect("my_mandate_code", handle=handle)


def _by_mandate(rows: list[Mandate], uses: Iterable[Entry]) -> dict[int, list[Entry]]:
    """Return the latest uses of each mandate, by its primary key."""
    keys = {row.ledger_id(): row.pk for row in rows}
    found: dict[int, list[Entry]] = {row.pk: [] for row in rows}
    for entry in uses:
        found[keys[entry.subject]].append(entry)
    return found
