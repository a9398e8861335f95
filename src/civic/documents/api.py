"""Documents for systems: hand in, look up, fetch."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from ninja import File, Form, Router, Status, UploadedFile

from civic.accounts.http import bearer
from civic.documents.models import Document
from civic.documents.rules import SUFFIX
from civic.documents.schemas import DocumentOut
from civic.documents.services import open_document, store_document
from civic.documents.serving import serve

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
def create_document(request: HttpRequest, file: File[UploadedFile], purpose: Form[str] = "") -> Status[DocumentOut]:
    """Hand in one file (JPEG, PNG, WebP or PDF, at most 10 MB).

    Repeating the call with the same bytes and purpose returns the same document, so no Idempotency-Key is needed.
    """
    document = store_document(owner=request.auth, file=file, name=file.name or "", purpose=purpose, at=now())  # type: ignore[attr-defined]
    return Status(201, _shape(document))


@router.get("/documents/{uuid:token}", auth=bearer, operation_id="getDocument", response=DocumentOut)
def get_document(request: HttpRequest, token: UUID) -> DocumentOut:
    """Describe a document that the caller may see."""
    return _shape(_visible(request, token))


@router.get(CONTENT, auth=bearer, operation_id="getDocumentContent", url_name="document-content", openapi_extra=BYTES)
def get_document_content(request: HttpRequest, token: UUID) -> HttpResponse:
    """Return the bytes of a document that the caller may see; the reading is recorded."""
    document = _visible(request, token)
    content = open_document(document=document, by=request.auth, at=now())  # type: ignore[attr-defined]
    return serve(document, content, preview=False)


def _visible(request: HttpRequest, token: UUID) -> Document:
    found: Document = get_object_or_404(
        Document.objects.visible_to(request.auth).select_related("key"),  # type: ignore[attr-defined]
        token=token,
    )
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
