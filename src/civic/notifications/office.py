"""Officials' door: the letters that the platform has written to them."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.pages import page
from civic.notifications.models import Notice

A_PAGE = 50


@access.official()
@require_GET
def letters(request: SignedIn) -> HttpResponse:
    """All letters, newest first; `show=unread` leaves out those already read."""
    mine = Notice.objects.visible_to(request.user)
    unread = mine.unread().count()
    only_unread = request.GET.get("show") == "unread"
    shown = Paginator((mine.unread() if only_unread else mine).for_list(), A_PAGE).get_page(request.GET.get("page"))
    context = {"letters": shown, "unread": unread, "only_unread": only_unread, "active": "letters"}
    return page(request, "notifications/office/letters.html", context)


@access.official()
@require_GET
def letter(request: SignedIn, handle: UUID) -> HttpResponse:
    """One letter. To open it is to receive it: the first time is noted."""
    found = get_object_or_404(Notice.objects.visible_to(request.user).for_list(), handle=handle)
    found.read(by=request.user, at=now())
    return page(request, "notifications/office/letter.html", {"letter": found, "active": "letters"})
