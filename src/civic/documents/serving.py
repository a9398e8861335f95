"""How a file leaves: as bytes that a browser cannot take for a page of ours."""

from urllib.parse import quote

from django.http import HttpResponse

from civic.documents.models import Document

SANDBOX = "sandbox; default-src 'none'"
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


def serve(document: Document, content: bytes, *, preview: bool) -> HttpResponse:
    """Return the file: for saving, or (`preview`) to look at.

    A PDF to look at has no `sandbox`, which would switch off the browser's own viewer; files that act are never stored.
    """
    response = HttpResponse(content, content_type=document.content_type)
    kind = "inline" if preview else "attachment"
    suffix = document.name.rpartition(".")[2]
    response["Content-Disposition"] = (
        f"{kind}; filename=\"{document.token}.{suffix}\"; filename*=UTF-8''{quote(document.name)}"
    )
    response["Content-Security-Policy"] = VIEWER if preview and not document.is_picture else SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
