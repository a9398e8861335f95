"""Applying: one topic a page, saved as you go, checked before sending, sent once."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.cases import prefill, services
from civic.cases.licensed import supplies_of
from civic.cases.models import Draft
from civic.cases.portal.principal import OtherPrincipal, principal_shown
from civic.cases.states import SuppliedBy
from civic.cases.wizard import Wizard
from civic.catalogue.models import Service
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal, Unavailable
from civic.core.pages import page
from civic.core.text import language
from civic.documents.services import store_document
from civic.idempotency.services import claim, fingerprint, keep, kept

Door = Callable[..., HttpResponse]


def until_sent(door: Door) -> Door:
    """Lead to the receipt whoever comes back (by the back button, by an old tab) to a draft that has been sent."""

    @wraps(door)
    def open_door(request: SignedIn, token: UUID, **more: str) -> HttpResponse:
        try:
            return door(request, token, **more)
        except Http404:
            sent = kept(scope=request.user.ledger_id(), key=f"draft-{token}")
            if sent is None:
                raise
            return redirect(sent.location)

    return open_door


@access.signed_in
@require_http_methods(["GET", "POST"])
def start(request: SignedIn, code: str) -> HttpResponse:
    """Show what will be asked; begin or go on with the draft."""
    service = get_object_or_404(Service.objects.published(), code=code)
    version = services.version_in_force(service)
    if request.method == "POST":
        draft = services.begin_draft(version=version, owner=request.user, at=now())
        prefill.draw_answers(draft, at=now())
        return redirect(_wizard(request, draft).first_address())
    drafts = Draft.objects.visible_to(request.user).of_service(service.pk)
    holder = services.Principal.of(request.acting_for, own=request.user.person).holder
    supplies = supplies_of(version, holder, by=request.user, at=now())
    context = {
        "service": service,
        "version": version,
        "draft": drafts.newest_first().first(),
        "bring": [row.material for row in supplies.of(SuppliedBy.DOCUMENT)],
        "wallet": [row.material for row in supplies.of(SuppliedBy.LICENCE)],
    }
    return page(request, "cases/portal/start.html", context)


@access.signed_in
@require_http_methods(["GET", "POST"])
@until_sent
def form_page(request: SignedIn, token: UUID, key: str) -> HttpResponse:
    """Show or take one page of the form; what was typed is kept even when something is wrong."""
    draft = _draft(request, token)
    wizard = _wizard(request, draft)
    current = wizard.page(key)
    errors: list[FieldError] = []
    if request.method == "POST":
        draft.keep(_typed(request, draft, current.names), at=now())
        errors = wizard.errors_on(current, lang=language())
        if not errors:
            prefill.draw_answers(draft, at=now())
            return redirect(wizard.address_after(key, back_to=request.POST.get("back_to", "")))
    answers = draft.answers
    context = {"wizard": wizard, "page": current, "draft": draft, "answers": answers, "errors": errors}
    context["origins"] = prefill.origins(answers)
    return page(request, "cases/portal/form_page.html", context, status=422 if errors else 200)


@access.signed_in
@require_POST
def autosave(request: SignedIn, token: UUID) -> HttpResponse:
    """Keep what has been typed so far, without judging it."""
    draft = _draft(request, token)
    draft.keep(_typed(request, draft, set(request.POST)), at=now())
    return JsonResponse({"saved": True})


@access.signed_in
@require_http_methods(["GET", "POST"])
@until_sent
def materials(request: SignedIn, token: UUID) -> HttpResponse:
    """Show or take the documents and commitments; what the city already holds is not asked for."""
    draft = _draft(request, token)
    wizard = _wizard(request, draft)
    errors: list[FieldError] = []
    if request.method == "POST":
        errors = _take_materials(request, draft, at=now())
        if not errors and "upload" not in request.POST:
            errors = wizard.material_errors()
            if not errors:
                return redirect(wizard.address_after("materials", back_to=request.POST.get("back_to", "")))
        elif not errors:
            return redirect(wizard.address("materials"))
    context = {"wizard": wizard, "draft": draft, "materials": wizard.materials(), "errors": errors}
    return page(request, "cases/portal/materials.html", context, status=422 if errors else 200)


@access.signed_in
@require_http_methods(["GET", "POST"])
@until_sent
def delivery(request: SignedIn, token: UUID) -> HttpResponse:
    """Show or take how the result is to be delivered."""
    draft = _draft(request, token)
    wizard = _wizard(request, draft)
    if "delivery" not in wizard.keys:
        return redirect(wizard.address("check"))
    errors: list[FieldError] = []
    if request.method == "POST":
        chosen = {"_delivery": request.POST.get("delivery", ""), "_address": request.POST.get("address", "").strip()}
        draft.keep(chosen, at=now())
        errors = wizard.delivery_errors()
        if not errors:
            return redirect(wizard.address("check"))
    return page(
        request, "cases/portal/delivery.html", {"wizard": wizard, "draft": draft, "errors": errors},
        status=422 if errors else 200,
    )  # fmt: skip


@access.signed_in
@require_http_methods(["GET", "POST"])
@until_sent
def check(request: SignedIn, token: UUID) -> HttpResponse:
    """Show all answers before sending; send them once, however often the button is pressed."""
    if request.method == "POST":
        return _send(request, token)
    draft = _draft(request, token)
    return page(request, "cases/portal/check.html", {"wizard": _wizard(request, draft), "draft": draft, "errors": []})


@access.signed_in
@require_http_methods(["GET", "POST"])
@until_sent
def discard(request: SignedIn, token: UUID) -> HttpResponse:
    """Ask, then delete a draft."""
    draft = _draft(request, token)
    if request.method == "POST":
        draft.delete()
        return redirect("/my/cases/")
    return page(request, "cases/portal/discard.html", {"draft": draft})


@access.signed_in
@require_GET
@until_sent
def overview(request: SignedIn, token: UUID) -> HttpResponse:
    """Lead back to where the draft was left; of an earlier version of the service, to where the new one begins."""
    draft = _draft(request, token)
    service = draft.service_version.service
    if service.current_id not in (None, draft.service_version_id):
        return redirect(f"/apply/{service.code}/")
    return redirect(_wizard(request, draft).first_address())


def _send(request: SignedIn, token: UUID) -> HttpResponse:
    """Submit the draft under its own one-use key: a double click gets the first click's receipt."""
    at, scope = now(), request.user.ledger_id()
    try:
        with transaction.atomic():
            held = claim(scope=scope, key=f"draft-{token}", print_=fingerprint(b"draft", token.bytes))
            if held.answer is not None:
                return redirect(held.answer.location)
            draft = _draft(request, token)
            who = principal_shown(request)
            case = services.submit_draft(
                draft=draft, application=_wizard(request, draft).application(), at=at, principal=who
            )
            location = f"/my/cases/{case.number}/{'ruling' if case.service_version.rules.get('auto') else 'receipt'}/"
            keep(held, status=303, body=b"", location=location, at=at)
            return redirect(location)
    except (Invalid, OtherPrincipal) as refusal:
        wizard = _wizard(request, _draft(request, token))
        errors = wizard.with_addresses(refusal.errors) or [{"href": "/my/mandates/", "text": refusal.message}]
        context = {"wizard": wizard, "draft": wizard.draft, "errors": errors, "refusal": refusal}
        status = 409 if isinstance(refusal, OtherPrincipal) else 422
        return page(request, "cases/portal/check.html", context, status=status)


def _draft(request: SignedIn, token: UUID) -> Draft:
    found = Draft.objects.visible_to(request.user).select_related(
        "key", "owner__person__key", "service_version__service__department"
    )
    draft: Draft = get_object_or_404(found, token=token)
    return draft


def _wizard(request: SignedIn, draft: Draft) -> Wizard:
    return Wizard(draft, services.Principal.of(request.acting_for, own=request.user.person), at=now())


def _typed(request: HttpRequest, draft: Draft, names: set[str]) -> dict[str, object]:
    """Return the posted answers of `names`; a box left empty is an answer too."""
    properties = draft.service_version.form.get("properties", {})
    raw: dict[str, object] = {}
    for name in names & set(properties):
        many = properties[name].get("type") == "array"
        raw[name] = request.POST.getlist(name) if many else request.POST.get(name, "")
    return raw


def _take_materials(request: SignedIn, draft: Draft, *, at: datetime) -> list[FieldError]:
    """Store what was uploaded, remove what was removed, note the commitments made."""
    errors: list[FieldError] = []
    documents = dict(draft.documents)
    for material in draft.service_version.materials:
        key, most = str(material["key"]), int(material.get("max_files") or 5)
        removed = set(request.POST.getlist(f"remove-{key}"))
        documents[key] = [token for token in documents.get(key, []) if token not in removed]
        for file in request.FILES.getlist(key):
            try:
                stored = store_document(
                    owner=request.user, file=file, name=file.name or "", purpose=f"case.{key}", at=at
                )
                others = [] if most == 1 else documents[key]  # a new photo takes the place of the only one
                documents[key] = [*others, str(stored.token)]
            except Unavailable:
                raise
            except Refusal as refusal:
                errors.append(FieldError(key, refusal.code, refusal.message))
        if len(documents[key]) > most:
            words = _("最多上传%(n)s个文件，请先删除多余的。") % {"n": most}
            errors.append(FieldError(key, "too-many", words))
            documents[key] = documents[key][:most]
    draft.replace_documents(documents, at=at)
    said = {"_commitments": request.POST.getlist("commitments")}
    if "licences_asked" in request.POST:
        said["_licences"] = request.POST.getlist("licences")
    draft.keep(said, at=at)
    return errors
