"""What every page sees: the city's name, the visitor's modes, the request id."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of the site's frame; modes come from cookies, so they hold across pages."""
    return {
        "request_id": getattr(request, "id", ""),
        "elder": request.COOKIES.get("elder") == "1",
        "contrast": request.COOKIES.get("contrast") == "1",
        "keys": request.COOKIES.get("keys") != "0",
        "demonstration": settings.DEMONSTRATION,
        "csrf_token": SimpleLazyObject(partial(get_token, request)),  # one for all forms of the page
    }
