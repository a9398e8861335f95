"""The systems' door of licences: look one up, have one verified, fetch the lists of states."""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import http_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import AwareDatetime

from civic.accounts.http import Caller, bearer
from civic.audit.services import record
from civic.core.errors import FieldError, Unprocessable
from civic.licences import services
from civic.licences.formats.verdict import Verdict
from civic.licences.models import Licence, StatusListVersion, Use
from civic.licences.schemas import LicenceOut, VerifiedOut, VerifyIn
from civic.licences.states import StatusPurpose

router = Router(tags=["licences"])
LIST_SECONDS = 60  # how long a copy of a status list may be used unasked
LIST_TYPE = "application/vc+jwt"
LIST_SCHEMA = {
    "responses": {
        200: {
            "description": "The signed list: a BitstringStatusListCredential as JWT (VC-JOSE-COSE)",
            "content": {LIST_TYPE: {"schema": {"type": "string"}}},
        }
    }
}


class NothingToVerify(Unprocessable):
    """Neither a code nor a file was sent, or both, or the file is no base64."""

    code = "nothing-to-verify"


@router.get("/licences/{uuid:token}", auth=bearer, operation_id="getLicence", response=LicenceOut)
def get_licence(request: Caller, token: UUID, case: Annotated[str, Query(max_length=60)] = "") -> LicenceOut:
    """Return a licence: to its holder in full with its signed forms, to officials who may see it masked.

    Officials of the department that issued it see all of it; those who may use some of it for a `case`, these fields
    alone, as long as the holder does not take back their yes. An official's look is recorded.
    """
    found = get_object_or_404(Licence.objects.visible_to(request.auth).for_signing(), token=token)
    if not request.auth.is_official:
        return LicenceOut.of(found, profile=None)
    if not Licence.objects.kept_by(request.auth).filter(pk=found.pk).exists():
        granted = Use.objects.visible_to(request.auth).of_licence(found)
        use = get_object_or_404(granted.of_case(case) if case else granted.order_by("-used_at", "-pk")[:1])
        services.note_look(use=use, by=request.auth, at=now())
        return LicenceOut.of(found, profile=settings.MASKING_PROFILE, only=use.fields)
    with transaction.atomic():
        record(at=now(), actor=request.auth, step="licences.licence.read", subject=found.ledger_id(), purpose="办理")
    return LicenceOut.of(found, profile=settings.MASKING_PROFILE)


@router.post("/licences/verify", auth=None, operation_id="verifyLicence", response=VerifiedOut)
def verify_licence(request: HttpRequest, payload: VerifyIn) -> VerifiedOut:
    """Say whether a licence is genuine and in which state, by its code or by a file of any of its forms.

    One changed bit and the verdict is CHANGED. Nothing that is sent here is kept; of a code the holder is told that,
    and when, somebody has asked.
    """
    known_at = now()
    verdict = _verdict(payload, at=min(payload.at or known_at, known_at), known_at=known_at)
    if payload.code:
        services.note_asked(code=payload.code, by=None, at=known_at)
    return VerifiedOut.of(verdict)


@router.get(
    "/status-lists/{slug:name}", auth=None, operation_id="getStatusList", response=str, openapi_extra=LIST_SCHEMA
)
def get_status_list(request: HttpRequest, name: str, at: AwareDatetime | None = None) -> HttpResponse:
    """Return the signed list of states `name` (W3C Bitstring Status List), as it is now or as it was at `at`."""
    number, _dash, purpose = name.partition("-")
    if not number.isdecimal() or len(number) > 9 or purpose not in StatusPurpose.values:
        raise Http404
    versions = StatusListVersion.objects.as_of(number=int(number), purpose=purpose, instant=at or now())
    found = versions.first()
    if found is None:
        raise Http404
    return _listed(request, found)


def _verdict(payload: VerifyIn, *, at: datetime, known_at: datetime) -> Verdict:
    if bool(payload.code) == bool(payload.file):
        raise _nothing(_("请给出查验码（code）或文件（file），二者选一。"))
    if payload.code:
        return services.verify_code(payload.code, at=at, known_at=known_at)
    try:
        content = base64.b64decode(payload.file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _nothing(_("file 要是文件内容的 base64。")) from error
    return services.verify_file(content, at=at, known_at=known_at)


def _nothing(words: str) -> NothingToVerify:
    return NothingToVerify(words, errors=[FieldError("/file", NothingToVerify.code, words)])


def _listed(request: HttpRequest, found: StatusListVersion) -> HttpResponse:
    content = found.credential.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    is_known = tag in request.headers.get("If-None-Match", "")
    response = HttpResponse(b"" if is_known else content, status=304 if is_known else 200, content_type=LIST_TYPE)
    response["ETag"] = tag
    response["Last-Modified"] = http_date(found.signed_at.timestamp())
    response["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
    return response
