"""Addresses of data sharing, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.exchange import portal as doors
from civic.exchange.office import contests, demands, sources
from civic.exchange.policies import BOARD_ROLES

portal = [
    path("exchange/", doors.lists),
    path("my/exchange/", doors.mine),
    path("my/exchange/<uuid:handle>/contest/", doors.contest),
    path("my/contests/", doors.contests),
    path("my/contests/<uuid:handle>/", doors.my_contest),
    path("my/contests/<uuid:handle>/withdrawal/", doors.withdraw),
]
office = [
    path("exchange/", sources.board),
    path("exchange/sources/<slug:code>/", sources.source),
    path("exchange/calls/", sources.calls),
    path("exchange/calls/<uuid:handle>/", sources.call),
    path("exchange/calls/<uuid:handle>/contest/", sources.contest_call),
    path("exchange/demands/", demands.demands),
    path("exchange/demands/new/", demands.new_demand),
    path("exchange/demands/<int:pk>/", demands.demand),
    path("exchange/demands/<int:pk>/approval/", demands.approval),
    path("exchange/demands/<int:pk>/refusal/", demands.refusal),
    path("exchange/demands/<int:pk>/withdrawal/", demands.withdrawal),
    path("exchange/contests/", contests.contests),
    path("exchange/contests/<int:pk>/", contests.contest),
    path("exchange/contests/<int:pk>/answer/", contests.answer),
]
office_nav = [("exchange", "/office/exchange/", _("数据共享"), BOARD_ROLES)]
