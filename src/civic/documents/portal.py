"""The door through which residents and officials fetch a file."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.documents.models import Document
from civic.documents.services import open_document
from civic.documents.serving import serve


@access.signed_in
@require_GET
def download(request: SignedIn, token: UUID) -> HttpResponse:
    """Hand the file out, to save or with `?preview=1` to look at; to strangers it does not exist."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("key"), token=token)
    content = open_document(document=document, by=request.user, at=now())
    return serve(document, content, preview=request.GET.get("preview") == "1")
