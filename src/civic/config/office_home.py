"""The officials' front door: leads to the first page that this account's roles reach."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.config.frame import office_nav
from civic.core import access


@access.official()
@require_GET
def office_home(request: SignedIn) -> HttpResponse:
    """Lead to the worklist, or to whatever else this official works with."""
    return redirect(next((href for _key, href, _words in office_nav(request)), "/office/account/"))
