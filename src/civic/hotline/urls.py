"""The addresses of the hotline's doors, one list a role."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from civic.hotline.office import deputies as deputy
from civic.hotline.office import exclusions, incidents, rates, seat, shared, surges, ticket, worklist
from civic.hotline.open311 import doors as open311
from civic.hotline.policies import CENTRE, DEPUTY, READ_ALL, STATION_CLERK
from civic.hotline.portal import deputies, mine, register, report, scores
from civic.hotline.wechat import doors as wechat

portal = [
    path("hotline/", report.start),
    path("hotline/failed/", report.failed),
    path("hotline/grounds/", report.grounds),
    path("hotline/write/<slug:flow>/<slug:key>/", report.step),
    path("hotline/receipt/<str:number>/", mine.receipt),
    path("hotline/track/", mine.track),
    path("hotline/track/<str:number>/", mine.track),
    path("hotline/register/", register.register),
    path("hotline/register/cards/", scores.cards),
    path("hotline/register/cards.csv", scores.cards_table),
    path("hotline/register/units/<slug:code>/", register.unit),
    path("hotline/register/<uuid:handle>/", register.entry),
    path("hotline/register/<uuid:handle>/voice/", register.voice),
    path("mailbox/", register.mailbox),
    path("deputies/", deputies.receptions),
    path("deputies/calendar.ics", deputies.calendar_file),
    path("my/requests/", mine.requests),
    path("my/requests/<str:number>/", mine.ticket_page),
    path("my/requests/<str:number>/urge/", mine.urge),
    path("my/requests/<str:number>/supplement/", mine.supplement),
    path("my/requests/<str:number>/withdraw/", mine.withdraw),
    path("my/requests/<str:number>/answer/", mine.answer),
    path("my/requests/<str:number>/again/", mine.again),
    path("my/requests/<str:number>/privacy/", mine.privacy),
    path("my/requests/<str:number>/complaint/", mine.complain),
    path("my/requests/<str:number>/rating/", mine.rate),
    path("my/requests/<str:number>/reconsideration/", mine.contest),
]


def _both(address: str, view: Callable[..., HttpResponseBase]) -> list[URLPattern]:
    """An address of Open311 as it stands, where Accept decides, and with the format at its end."""
    return [path(f"api/open311/{address}", view), path(f"api/open311/{address}.<open311format:fmt>", view)]


api = [
    *_both("discovery", open311.discovery),
    *_both("v2/services", open311.services),
    *_both("v2/services/<slug:code>", open311.service),
    *_both("v2/requests", open311.requests),
    *_both("v2/requests/<slug:number>", open311.one_request),
    *_both("v2/tokens/<slug:token>", open311.token),
    *_both("v2/servicerequestupdates", open311.updates),
    path("api/wechat", wechat.wechat),
]

office = [
    path("hotline/", worklist.worklist),
    path("hotline/bulk/dispatch/", worklist.bulk_dispatch),
    path("hotline/seat/", seat.seat),
    path("deputies/", deputy.brought),
    path("deputies/new/", deputy.write),
    path("deputies/tickets/<str:number>/", deputy.ticket),
    path("deputies/tickets/<str:number>/rating/", deputy.rating),
    path("hotline/incidents/", incidents.incidents),
    path("hotline/incidents/merger/", incidents.merger),
    path("hotline/surges/", surges.surges),
    path("hotline/surges/<int:pk>/", surges.surge),
    path("hotline/surges/<int:pk>/<slug:name>/", surges.surge_step),
    path("hotline/rates/", rates.rates),
    path("hotline/exclusions/", exclusions.exclusions),
    path("hotline/exclusions/new/", exclusions.new_exclusion),
    path("hotline/exclusions/<int:pk>/", exclusions.exclusion),
    path("hotline/exclusions/<int:pk>/<slug:name>/", exclusions.exclusion_step),
    path("hotline/tickets/<str:number>/", ticket.detail),
    path("hotline/tickets/<str:number>/handover/", seat.handover),
    path("hotline/tickets/<str:number>/revelation/", ticket.revelation),
    path("hotline/tickets/<str:number>/<slug:form>/", ticket.step),
]
office_nav = [
    ("seat", "/office/hotline/seat/", _("座席"), (CENTRE[0],)),
    ("hotline", "/office/hotline/", _("工单"), shared.READERS),
    ("deputies", "/office/deputies/", _("代表联络"), (DEPUTY, STATION_CLERK)),
    ("incidents", "/office/hotline/incidents/", _("群体诉求"), READ_ALL),
    ("surges", "/office/hotline/surges/", _("未诉先办"), shared.READERS),
    ("rates", "/office/hotline/rates/", _("三率"), READ_ALL),
]
