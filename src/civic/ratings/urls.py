"""Addresses of rating, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.ratings import office as staff
from civic.ratings import portal as doors

portal = [
    path("ratings/", doors.figures),
    path("ratings/give/<str:token>/", doors.give),
    path("ratings/give/<str:token>/appeal/", doors.appeal),
    path("my/ratings/", doors.mine),
    path("my/ratings/<int:pk>/", doors.give_mine),
    path("my/ratings/<int:pk>/appeal/", doors.appeal_mine),
]
office = [
    path("remedies/", staff.remedies),
    path("remedies/<int:pk>/", staff.remedy),
    path("remedies/<int:pk>/attempt/", staff.attempt),
    path("remedies/<int:pk>/contact/", staff.contact),
    path("remedies/<int:pk>/verification/", staff.verification),
    path("remedies/<int:pk>/appeal/", staff.appeal),
    path("remedies/<int:pk>/repair/", staff.repair),
    path("remedies/<int:pk>/call-back/", staff.call_back),
    path("remedies/<int:pk>/revelation/", staff.revelation),
]
office_nav = [("remedies", "/office/remedies/", _("差评整改"), ("supervisor", "unit_leader", "auditor"))]
