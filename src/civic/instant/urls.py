"""The addresses of instant approval's doors, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.instant import office as doors
from civic.instant import portal as pages

portal = [
    path("my/cases/<str:number>/ruling/", pages.ruling),
    path("my/offers/", pages.offers),
    path("my/offers/<uuid:handle>/acceptance/", pages.offer_acceptance),
    path("my/offers/<uuid:handle>/refusal/", pages.offer_refusal),
    path("services/<str:code>/effect/", pages.effect),
    path("services/<str:code>/effect.csv", pages.effect_table),
]

office = [
    path("cases/<str:number>/ruling/", doors.ruling),
    path("cases/<str:number>/ruling/renewal/", doors.renewal),
    path("rechecks/", doors.rechecks),
    path("rechecks/<int:pk>/", doors.recheck),
    path("onwards/", doors.onwards),
    path("onwards/<int:pk>/repetition/", doors.take_up),
]
office_nav = [
    ("rechecks", "/office/rechecks/", _("自动办结复核"), doors.ROLES),
    ("onwards", "/office/onwards/", _("联办"), doors.ROLES),
]
