"""Where officials arrive: the first of the pages that their roles open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from civic.config.frame import office_nav
from civic.core import access


@access.official()
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of one's navigation, or to one's own account."""
    return redirect(next((address for _key, address, _words in office_nav(request)), "/office/account/"))
