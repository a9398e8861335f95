"""Officials log in with two factors and look after their account; operators look after them all; the service desk
takes in people who have come.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts import counter, passkeys, policies
from civic.accounts import second_factor as factor
from civic.accounts.devices import device_words
from civic.accounts.forms import CodeForm, CounterForm, CounterMandateForm, NewPasswordForm, OfficialForm
from civic.accounts.http import SignedIn, safe_next, sign_in, sign_out
from civic.accounts.models import Account, Official
from civic.accounts.pending import drop, held, hold
from civic.accounts.rules import ROLES
from civic.accounts.services import official_by_password
from civic.core import access
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.core.pages import page
from civic.masking.rules import mask

WAITING = "office"
WAITING_SECONDS = 600
COUNTER = "counter"
SECRET = "app_secret"  # noqa: S105 (a name)


@access.public
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; wrong, unknown and locked get the same answer."""
    form = OfficialForm(request.POST or None)
    goal = safe_next(request, "/office/")
    if request.method == "POST" and form.is_valid():
        account, at = official_by_password(request, **form.cleaned_data), timezone.now()
        if account is not None and not account.is_password_over(at=at):
            hold(request.session, WAITING, {"account": account.pk, "at": at.timestamp(), "next": goal})
            return redirect("office_second_factor" if factor.kinds_of(account) else "office_set_up")
        words = _("账户名或密码不正确，或账户因连续5次失败被锁定30分钟。忘记密码请联系本单位运维人员。")
        if account is not None:
            words = _("这个一次性密码已过期。请联系本单位运维人员重新发放。")
        form.add_error(None, words)
    context = {"form": form, "errors": form.errors, "next": goal}
    return page(request, "accounts/office/login.html", context, status=400 if form.errors else 200)


@access.public
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the app, or for a passkey."""
    account = _waiting(request)
    if account is None:
        return redirect("office_login")
    kinds = factor.kinds_of(account)
    if not kinds:
        return redirect("office_set_up")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factor.is_right(account, code=form.cleaned_data["code"], at=timezone.now()):
            return _let_in(request, account, how="password+app")
        form.add_error("code", _("验证码不正确，或已经用过。请输入应用中当前显示的6位数字。"))
    options = passkeys.begin_asking(account) if factor.PASSKEY in kinds else ""
    context = {"form": form, "errors": form.errors, "kinds": kinds, "options": options}
    return page(request, "accounts/office/second_factor.html", context, status=400 if form.errors else 200)


@access.public
@require_POST
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Take the answer of a passkey."""
    account = _waiting(request)
    if account is None:
        return redirect("office_login")
    if passkeys.is_right(account, credential=request.POST.get("credential", ""), at=timezone.now()):
        return _let_in(request, account, how="password+passkey")
    messages.error(request, _("通行密钥没有通过验证，请重试。"))
    return redirect("office_second_factor")


@access.public
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator app: for an official without one before anything else, or again from the account."""
    account = _waiting(request)
    coming_in = account is not None and not factor.kinds_of(account)
    if not coming_in:
        if not (request.user.is_authenticated and request.user.is_official):
            return redirect("office_login")
        account = request.user
    assert account is not None  # noqa: S101 (narrowed above)
    secret = (held(request.session, SECRET) or {}).get("secret") or factor.new_secret()
    hold(request.session, SECRET, {"secret": secret})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factor.set_up_app(account, secret=secret, code=form.cleaned_data["code"], at=timezone.now()):
            drop(request.session, SECRET)
            return _let_in(request, account, how="password+app") if coming_in else redirect("office_account")
        form.add_error("code", _("验证码不正确。请核对手机时间，输入应用中当前显示的6位数字。"))
    context = {"form": form, "errors": form.errors, "secret": secret, "address": factor.app_address(account, secret)}
    return page(request, "accounts/office/set_up.html", context, status=400 if form.errors else 200)


@access.public
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Choose a password: for an official whose one-time password and second factor were right, before anything else."""
    account = _waiting(request)
    how = (held(request.session, WAITING) or {}).get("how", "")
    if account is None or not how:
        return redirect("office_login")
    form = NewPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account.change_password(form.cleaned_data["new_password1"], by=account, at=timezone.now())
        return _let_in(request, account, how=how)
    context = {"form": form, "errors": form.errors}
    return page(request, "accounts/office/own_password.html", context, status=400 if form.errors else 200)


@access.public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out."""
    sign_out(request)
    return redirect("office_login")


@access.official()
@require_GET
def account(request: SignedIn) -> HttpResponse:
    """My office, my second factors, where I am logged in."""
    found = sorted(UserSession.objects.purge_and_list(request.user), key=lambda row: row.created_at, reverse=True)
    context = {
        "official": request.user.official,
        "kinds": factor.kinds_of(request.user),
        "passkeys": passkeys.of(request.user),
        "sessions": [(row, device_words(row.user_agent)) for row in found],
        "current": request.session.session_key,
    }
    return page(request, "accounts/office/account.html", context)


@access.official()
@require_http_methods(["GET", "POST"])
def add_passkey(request: SignedIn) -> HttpResponse:
    """Make a passkey on this device."""
    if request.method == "POST":
        name = (request.POST.get("name", "").strip() or _("通行密钥"))[:40]
        credential = request.POST.get("credential", "")
        if passkeys.add(request.user, credential=credential, name=name, at=timezone.now()):
            messages.success(request, _("通行密钥已添加。"))
            return redirect("office_account")
        messages.error(request, _("通行密钥没有添加成功，请重试。"))
    return page(request, "accounts/office/passkey.html", {"options": passkeys.begin_adding(request.user)})


@access.official()
@require_POST
def remove_passkey(request: SignedIn, passkey_id: int) -> HttpResponse:
    """Take one of my passkeys away; one second factor stays."""
    found = {passkey.pk: passkey for passkey in passkeys.of(request.user)}
    passkey = get_object_or_404(Authenticator, pk=passkey_id, user=request.user, type=factor.PASSKEY)
    if len(found) == 1 and factor.TOTP not in factor.kinds_of(request.user):
        raise Conflict(_("这是您唯一的第二因素。请先设置验证器应用，再移除通行密钥。"))
    passkeys.remove(passkey, by=request.user, at=timezone.now())
    return redirect("office_account")


@access.official()
@require_POST
def end_session(request: SignedIn, session_id: int) -> HttpResponse:
    """End one of my sessions."""
    get_object_or_404(UserSession, pk=session_id, user=request.user).end()
    return redirect("office_account")


@access.official("operator", "auditor")
@require_GET
def officials(request: SignedIn) -> HttpResponse:
    """Everybody in office, with roles; operators change them."""
    rows = [(official, policies.why_not_manage(request.user, official)) for official in _visible(request)]
    context = {"active": "officials", "rows": rows, "roles": ROLES.values()}
    return page(request, "accounts/office/officials.html", context)


@access.official("operator")
@require_http_methods(["GET", "POST"])
def roles(request: SignedIn, handle: UUID) -> HttpResponse:
    """Give roles."""
    official = get_object_or_404(_visible(request), account__handle=handle)
    if request.method == "POST":
        official.assign(request.POST.getlist("roles"), by=request.user, at=timezone.now())
        messages.success(request, _("已更新角色。"))
        return redirect("office_officials")
    context = {"active": "officials", "official": official, "roles": ROLES.values()}
    context["why_not"] = policies.why_not_manage(request.user, official)
    return page(request, "accounts/office/roles.html", context)


@access.official("operator")
@require_POST
def activity(request: SignedIn, handle: UUID) -> HttpResponse:
    """Disable or enable an account."""
    holder = get_object_or_404(_visible(request), account__handle=handle).account
    if request.POST.get("active") == "no":
        holder.disable(by=request.user, at=timezone.now())
        messages.success(request, _("账户已停用，登录立即失效。"))
    else:
        holder.enable(by=request.user, at=timezone.now())
        messages.success(request, _("账户已启用。"))
    return redirect("office_officials")


@access.official("window_clerk")
@require_http_methods(["GET", "POST"])
def register(request: SignedIn) -> HttpResponse:
    """Take in a person at the desk; a phone is confirmed by a code first."""
    form = CounterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if not form.cleaned_data["phone"]:
                return _registered(request, form.cleaned_data)
            counter.send_counter_code(phone=form.cleaned_data["phone"], by=request.user, at=timezone.now())
            hold(request.session, COUNTER, form.cleaned_data)
            return redirect("office_counter_code")
        except (Invalid, Conflict) as refusal:
            form.add_error(None, refusal.message)
    context = {"active": "counter", "form": form, "errors": form.errors}
    return page(request, "accounts/office/counter.html", context, status=400 if form.errors else 200)


@access.official("window_clerk")
@require_http_methods(["GET", "POST"])
def register_code(request: SignedIn) -> HttpResponse:
    """Take the code that the person at the desk reads from their phone."""
    facts = held(request.session, COUNTER)
    if facts is None:
        return redirect("office_counter")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _registered(request, {**facts, "code": form.cleaned_data["code"]})
        except (Invalid, Conflict) as refusal:
            form.add_error("code", refusal.message)
    sent_to = mask("mobile", facts["phone"], "staff")
    context = {"active": "counter", "form": form, "errors": form.errors, "sent_to": sent_to}
    return page(request, "accounts/office/counter_code.html", context, status=400 if form.errors else 200)


@access.official("window_clerk")
@require_http_methods(["GET", "POST"])
def attest(request: SignedIn) -> HttpResponse:
    """Confirm that a guardian may act for a child, by the papers seen."""
    last_day = localdate(timezone.now()) + timedelta(days=365)
    form = CounterMandateForm(request.POST or None, initial={"valid_until": last_day})
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("guardian_id", "name", "id_number", "evidence")}
        try:
            made = counter.attest_guardian(**facts, proposal=form.proposal(), by=request.user, at=timezone.now())
        except (Invalid, Conflict, NotAllowed) as refusal:
            form.add_error(None, refusal.message)
        else:
            words = _("委托已生效，%(child)s的监护人可以为其办事，有效期至 %(day)s。")
            child = mask("name", made.principal_name, "staff")
            messages.success(request, words % {"child": child, "day": localdate(made.valid_until)})
            return redirect("office_counter_mandate")
    context = {"active": "counter", "form": form, "errors": form.errors}
    return page(request, "accounts/office/counter_mandate.html", context, status=400 if form.errors else 200)


def _registered(request: SignedIn, facts: dict[str, str]) -> HttpResponse:
    person = counter.register_at_counter(**facts, by=request.user, at=timezone.now())
    drop(request.session, COUNTER)
    shown = {name: person.masked(name, "staff") for name in ("name", "id_number")}
    words = _("已登记：%(name)s，%(id_number)s，核验等级“%(level)s”。")
    messages.success(request, words % {**shown, "level": person.get_level_display()})
    return redirect("office_counter")


def _visible(request: SignedIn) -> Any:
    return Official.objects.visible_to(request.user).for_list()


def _waiting(request: HttpRequest) -> Account | None:
    """Return the official whose password was right, within the last ten minutes."""
    facts = held(request.session, WAITING)
    if facts is None or timezone.now().timestamp() - facts["at"] > WAITING_SECONDS:
        return None
    account: Account | None = Account.objects.for_request().filter(pk=facts["account"], is_active=True).first()
    return account


def _let_in(request: HttpRequest, account: Account, *, how: str) -> HttpResponse:
    """Log in; whoever came with a one-time password chooses their own first."""
    facts = held(request.session, WAITING) or {}
    if account.must_change_password():
        hold(request.session, WAITING, {**facts, "how": how})
        return redirect("office_own_password")
    goal = facts.get("next", "/office/")
    drop(request.session, WAITING)
    sign_in(request, account, how=how, at=timezone.now())
    return redirect(goal)
