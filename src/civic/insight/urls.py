"""Addresses of insight, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.insight import office as staff
from civic.insight import portal as doors

portal = [
    path("hotline/board/", doors.board),
    path("hotline/board/figures/<slug:key>.csv", doors.figure),
]
office = [
    path("board/", staff.board),
    path("board/figures/<slug:key>.csv", staff.figure),
    path("board/tickets/", staff.tickets),
]
office_nav = [("board", "/office/board/", _("看板"), staff.READERS)]
