"""How a file leaves: as bytes that a browser cannot take for a page of ours."""

from urllib.parse import quote

from django.http import HttpResponse

from civic.documents.models import Document

SANDBOX = "sandbox; default-src 'none'"


def serve(document: Document, content: bytes, *, preview: bool) -> HttpResponse:
    """Return the file: for saving, or (`preview`) to look at; browsers show pictures and PDF in the sandbox too."""
    response = HttpResponse(content, content_type=document.content_type)
    kind = "inline" if preview else "attachment"
    suffix = document.name.rpartition(".")[2]
    response["Content-Disposition"] = (
        f"{kind}; filename=\"{document.token}.{suffix}\"; filename*=UTF-8''{quote(document.name)}"
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
