"""Addresses of participation, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.participation import office as desk
from civic.participation import portal as doors
from civic.participation.policies import READERS

portal = [
    path("sortitions/", doors.sortitions),
    path("sortitions/verify_draw.py", doors.tool),
    path("sortitions/<int:pk>/", doors.sortition),
    path("sortitions/<int:pk>/register/", doors.register),
    path("sortitions/<int:pk>/list/", doors.outcome),
]
office = [
    path("sortitions/", desk.sortitions),
    path("sortitions/new/", desk.new_sortition),
    path("sortitions/<int:pk>/", desk.sortition),
    path("sortitions/<int:pk>/<slug:name>/", desk.sortition_step),
    path("seats/<int:pk>/<slug:name>/", desk.seat_step),
]
office_nav = [("sortitions", "/office/sortitions/", _("抽选"), READERS)]
