"""Documents for systems: hand in, look up, fetch."""

import hashlib
import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from ninja import File, Form, Router, UploadedFile
from ninja.responses import NinjaJSONEncoder

from civic.accounts.http import Caller, bearer
from civic.documents.models import Document
from civic.documents.rules import SUFFIX
from civic.documents.schemas import DocumentOut
from civic.documents.services import open_document, store_document
from civic.documents.serving import serve
from civic.idempotency.http import keyed

router = Router(tags=["documents"])
CONTENT = "/documents/{uuid:token}/content"
BYTES = {
    "responses": {
        200: {
            "description": "The bytes of the file",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in SUFFIX},
        }
    }
}


@router.post("/documents", auth=bearer, operation_id="createDocument", response={201: DocumentOut})
def create_document(request: Caller, file: File[UploadedFile], purpose: Form[str] = "") -> HttpResponse:
    """Hand in one file (JPEG, PNG, WebP or PDF, at most 10 MB).

    The same bytes for the same purpose are one document, so an Idempotency-Key is not needed; one that is sent counts.
    """
    at, by = now(), request.auth

    def effect() -> tuple[int, bytes, str]:
        shape = _shape(store_document(owner=by, file=file, name=file.name or "", purpose=purpose, at=at))
        body = json.dumps(shape.model_dump(), cls=NinjaJSONEncoder, ensure_ascii=False)
        return 201, body.encode(), f"/api/documents/{shape.token}"

    if request.headers.get("Idempotency-Key"):
        sent = hashlib.file_digest(file.file or file, "sha256").digest() + purpose.encode()  # type: ignore[arg-type]
        file.seek(0)
        return keyed(request, effect, scope=by.ledger_id(), at=at, content=sent)
    status, body, location = effect()
    return HttpResponse(body, status=status, content_type="application/json", headers={"Location": location})


@router.get("/documents/{uuid:token}", auth=bearer, operation_id="getDocument", response=DocumentOut)
def get_document(request: Caller, token: UUID) -> DocumentOut:
    """Describe a document that the caller may see."""
    return _shape(_visible(request, token))


@router.get(CONTENT, auth=bearer, operation_id="getDocumentContent", url_name="document-content", openapi_extra=BYTES)
def get_document_content(request: Caller, token: UUID) -> HttpResponse:
    """Return the bytes of a document that the caller may see; the reading is recorded."""
    document = _visible(request, token)
    content = open_document(document=document, by=request.auth, at=now())
    return serve(document, content, preview=False)


def _visible(request: Caller, token: UUID) -> Document:
    found: Document = get_object_or_404(Document.objects.visible_to(request.auth).select_related("key"), token=token)
    return found


def _shape(document: Document) -> DocumentOut:
    return DocumentOut(
        token=document.token,
        name=document.name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        purpose=document.purpose,
        stored_at=document.stored_at,
        content_url=reverse("api:document-content", kwargs={"token": document.token}),
    )
