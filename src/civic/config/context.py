"""What every page sees: the city's name, the visitor's modes, the request id."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of the site's frame; modes come from cookies, so they hold across pages."""
    return {
        "request_id": getattr(request, "id", ""),
        "elder": request.COOKIES.get("elder") == "1",
        "contrast": request.COOKIES.get("contrast") == "1",
        "keys": request.COOKIES.get("keys") != "0",
        "demonstration": settings.DEMONSTRATION,
    }
