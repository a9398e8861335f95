"""Clerks' and publishers' door: edit a draft part by part, preview, compare, publish, withdraw."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.catalogue import editor, forms, parts, policies, rules, services
from civic.catalogue import rule_bench as benches
from civic.catalogue.models import Service, Version
from civic.catalogue.sheet import changes, recheck_percent, sheet
from civic.catalogue.states import State
from civic.core import access
from civic.core.errors import Conflict, FieldError, Refusal, Stale, Unavailable
from civic.core.http import typed_number
from civic.core.pages import page, page_or_fragment

DESK = ("catalogue_clerk", "catalogue_publisher", "auditor")
PER_PAGE = 50


@access.official(*DESK)
@require_GET
def desk(request: SignedIn) -> HttpResponse:
    """The services with their drafts, those of the clerk's own department first."""
    given = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "drafts", "all")}
    found = Service.objects.visible_to(request.user).search(q=given["q"])
    found = found if given["all"] else found.own()
    found = found.with_draft() if given["drafts"] else found
    paginator = Paginator(found.for_desk(department_id=request.user.department_id), PER_PAGE)
    context = {
        "shelf": paginator.get_page(request.GET.get("page")),
        "given": given,
        "may_add": request.user.has_any_role(policies.CLERK),
        "active": "catalogue",
    }
    return page(request, "catalogue/office/desk.html", context)


@access.official("catalogue_clerk")
@require_http_methods(["GET", "POST"])
def new_service(request: SignedIn) -> HttpResponse:
    """Add a service of the clerk's own department: its code and name; the rest follows in the draft."""
    given = {name: request.POST.get(name, "").strip() for name in ("code", "name")}
    errors: list[FieldError] = []
    if request.method == "POST":
        errors = services.new_service_errors(code=given["code"], name=given["name"])
        if not errors:
            try:
                services.begin_service(**given, department=request.user.official.department, by=request.user, at=now())
            except Conflict as refusal:
                errors = [FieldError("/code", refusal.code, refusal.message)]
            else:
                return redirect("catalogue-service", given["code"])
    context = {"given": given, "errors": errors, "active": "catalogue"}
    return page(request, "catalogue/office/new.html", context, status=400 if errors else 200)


@access.official(*DESK)
@require_GET
def service_desk(request: SignedIn, code: str) -> HttpResponse:
    """One service: the version in force, the draft with what is still missing, and what may be done."""
    service = _service(request, code)
    return page(request, "catalogue/office/service.html", _desk_context(request, service, []))


def _service(request: SignedIn, code: str) -> Service:
    return get_object_or_404(Service.objects.visible_to(request.user).for_page(), code=code)


def _draft(request: SignedIn, code: str) -> Version:
    drafts = Version.objects.visible_to(request.user).drafts().select_related("service", "department")
    return get_object_or_404(drafts, service__code=code)


def _desk_context(request: SignedIn, service: Service, errors: list[FieldError]) -> dict[str, Any]:
    versions = list(service.versions.for_list())
    draft = next((version for version in versions if version.state == State.DRAFT), None)
    account, missing = request.user, _missing(draft) if draft else []
    return {
        "service": service,
        "versions": versions,
        "draft": draft,
        "with_rules": set(service.versions.with_rules().values_list("number", flat=True)),
        "missing": missing,
        "troubles": Counter(error["part"] for error in missing),
        "errors": errors,
        "groups": [(_("事项的内容"), editor.PLAIN), (_("审批规则"), parts.RULE_PARTS)],
        "why_not_draft": policies.why_not_draft(account, service.department_id),
        "why_not_publish": policies.why_not_publish(account, draft) if draft else None,
        "why_not_drop": policies.why_not_withdraw(account, draft) if draft else None,
        "why_not_withdraw": policies.why_not_withdraw(account, service.current) if service.current else None,
        "active": "catalogue",
    }


def _missing(draft: Version) -> list[dict[str, str]]:
    """Return what keeps the draft from being published, each with the address of the input that mends it."""
    return _located(draft, draft.errors(known=services.known_codes()))


def _located(version: Version, errors: list[FieldError]) -> list[dict[str, str]]:
    return [
        {"part": part, "message": error.message, "href": _address(version, part, error.pointer)}
        for part, error in editor.located(errors, version.content())
    ]


def _address(version: Version, part: str, pointer: str) -> str:
    if not part:
        return ""
    return reverse("catalogue-part", args=[version.service.code, part]) + f"?check=1#{pointer[1:]}"


@access.official("catalogue_clerk")
@require_POST
def start_draft(request: SignedIn, code: str) -> HttpResponse:
    """Begin a new version as a copy of the one in force."""
    _service(request, code).start_draft(by=request.user, at=now())
    return redirect("catalogue-service", code)


@access.official("catalogue_clerk")
@require_http_methods(["GET", "POST"])
def edit_part(request: SignedIn, code: str, part: str) -> HttpResponse:
    """Edit one part of the draft; adding, removing and moving rows needs no script."""
    draft = _draft(request, code)
    content = draft.content()
    shape = _part(part, content)
    if request.method == "GET":
        given = forms.shown(shape, content)
        given.errors = _known_errors(draft, shape) if request.GET.get("check") else []
        return _part_page(request, draft, shape, given)
    given = forms.typed(shape, request.POST)
    if request.POST.get("do", "save") != "save":
        return _part_page(request, draft, shape, given)
    changed = forms.applied(shape, given, content)
    if not given.errors:
        given.errors = _save(request, draft, changed)
    if given.errors:
        return _part_page(request, draft, shape, given, status=400)
    if _known_errors(draft, shape):
        messages.warning(request, _("已存入草稿；下面标出的几处改正以后才能发布。"))
        return redirect(reverse("catalogue-part", args=[code, part]) + "?check=1")
    messages.success(request, _("已保存「%(part)s」。") % {"part": shape.title})
    return redirect("catalogue-service", code)


def _known_errors(draft: Version, shape: parts.Part) -> list[FieldError]:
    """Return what keeps the draft from being published, as far as it is about this part, at its inputs."""
    return editor.errors_on(shape, draft.errors(known=services.known_codes()), draft.content())


def _save(request: SignedIn, draft: Version, content: rules.Content) -> list[FieldError]:
    """Save the draft; a refusal is shown above what was typed, so that nothing is lost."""
    try:
        draft.edit(content=content, by=request.user, at=now(), seen=_seen(request) or draft.version)
    except Stale as refusal:
        draft.refresh_from_db()
        told = _("草稿在您编辑期间已被别人修改。下面是您填写的内容；再次保存会以您填写的这一部分为准。")
        return [FieldError("/seen", refusal.code, told)]
    except Unavailable:  # nothing in the draft is wrong
        raise
    except Refusal as refusal:
        return [FieldError("", refusal.code, refusal.message)]
    return []


def _part(key: str, content: rules.Content) -> parts.Part:
    if key not in parts.PARTS:
        raise Http404
    return editor.part_of(key, content)


def _part_page(
    request: SignedIn, draft: Version, shape: parts.Part, given: forms.Typed, status: int = 200
) -> HttpResponse:
    context = {"draft": draft, "part": shape, "given": given, "errors": given.errors, "active": "catalogue"}
    context["bench"] = bool(draft.rules) and shape.key in parts.RULE_KEYS
    context["hints"] = editor.hints(shape, draft.content())
    context["opened"] = typed_number(request.GET.get("open", ""))
    return page(request, "catalogue/office/part.html", context, status=status)


@access.official(*DESK)
@require_GET
def preview(request: SignedIn, code: str, number: int) -> HttpResponse:
    """A version as the resident sees it, its form included."""
    version = _version(request, code, number)
    errors = rules.schema_errors(version.form) if version.form else []
    context = {
        "version": version,
        "sheet": sheet(version),
        "form_errors": errors,
        "pages": [] if errors or not version.form else version.form["x-pages"],
        "active": "catalogue",
    }
    return page(request, "catalogue/office/preview.html", context)


def _version(request: SignedIn, code: str, number: int) -> Version:
    found = Version.objects.visible_to(request.user).select_related("service", "department", "service__current")
    return get_object_or_404(found, service__code=code, number=number)


@access.official(*DESK)
@require_GET
def compare(request: SignedIn, code: str, number: int) -> HttpResponse:
    """A version beside another one (the one before it, unless `with` names one), field by field."""
    version = _version(request, code, number)
    given = request.GET.get("with", "")
    others = [other for other in version.service.versions.for_list() if other.pk != version.pk]
    earlier = [other for other in others if other.number < number]
    wanted = next((other for other in others if str(other.number) == given), None)
    other = wanted or next(iter(earlier), None)
    before = _version(request, code, other.number) if other else None
    context = {
        "version": version,
        "before": before,
        "others": others,
        "item": {"changes": changes(before, version) if before else []},
        "active": "catalogue",
    }
    return page(request, "catalogue/office/compare.html", context)


@access.official(*DESK)
@require_GET
def rule_bench(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Try a version's rules: facts typed or of an example, all examples, what is in force, what was decided before."""
    version = _version(request, code, number)
    tried = benches.bench(version, request.GET.dict())
    wanted = bool(request.GET.get("replay")) and tried.ruled is not None
    context = {
        "version": version,
        "bench": tried,
        "wrong": _located(version, tried.errors),
        "may_edit": version.state == State.DRAFT and policies.why_not_edit(request.user, version) is None,
        "brings": benches.brings(tried.rules),
        "share": recheck_percent(version),
        "can_replay": bool(settings.RULE_REPLAY_SOURCE),
        "replayed": benches.replayed(version) if wanted else None,
        "outcomes": benches.OUTCOMES,
        "verdicts": benches.VERDICTS,
        "in_words": benches.in_words,
        "most_shown": benches.MOST_SHOWN,
        "active": "catalogue",
    }
    if tried.ruled is None:
        return page(request, "catalogue/office/rules.html", context)
    return page_or_fragment(request, "catalogue/office/rules.html", "ruling", context)


@access.official("catalogue_publisher")
@require_POST
def publish(request: SignedIn, code: str) -> HttpResponse:
    """Put the draft in force; the errors that forbid it are shown on the desk."""
    draft = _draft(request, code)
    try:
        services.publish_version(draft, by=request.user, at=now(), seen=_seen(request))
    except Refusal as refusal:
        errors = list(refusal.errors) or [FieldError("", refusal.code, refusal.message)]
        context = _desk_context(request, _service(request, code), errors)
        return page(request, "catalogue/office/service.html", context, status=refusal.status)
    messages.success(request, _("已发布第 %(n)s 版。") % {"n": draft.number})
    return redirect("catalogue-service", code)


def _seen(request: SignedIn) -> int | None:
    return typed_number(request.POST.get("seen", ""))


@access.official("catalogue_clerk", "catalogue_publisher")
@require_POST
def withdraw(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Take a version out of force, or drop a draft."""
    version = _version(request, code, number)
    version.withdraw(by=request.user, at=now(), seen=_seen(request))
    messages.success(request, _("已撤下第 %(n)s 版。") % {"n": number})
    return redirect(reverse("catalogue-service", args=[code]))
