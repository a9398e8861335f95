"""The whole site, and beside it one address for each way of saying no, on the public and on the officials' side."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from civic.config.urls_all import handler400, handler403, handler404, handler500
from civic.config.urls_all import urlpatterns as real
from civic.core import access
from civic.core.errors import Conflict, Invalid, NotAllowed, Stale, TooMany, Unavailable, Unprocessable

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
WORDS = "这一步现在不能做，请按下面的办法继续。"
REFUSALS = {kind.status: kind(WORDS) for kind in (Invalid, NotAllowed, Conflict, Stale, Unprocessable, Unavailable)} | {
    429: TooMany(WORDS, retry_after=40)
}


class Broken(Exception):
    """A bug."""


@access.public
def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """Refuse with `status`; 500 is a bug."""
    raise REFUSALS.get(status) or Broken


urlpatterns = [path("refuse/<int:status>/", refuse), path("office/refuse/<int:status>/", refuse), *real]
