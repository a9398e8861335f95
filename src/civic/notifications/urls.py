"""Addresses of letters."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.notifications import office as officials
from civic.notifications import portal as doors

portal = [
    path("my/letters/", doors.letters, name="my_letters"),
    path("my/letters/read/", doors.read_all, name="my_letters_read"),
    path("my/letters/<uuid:handle>/", doors.letter, name="my_letter"),
]
office = [
    path("letters/", officials.letters, name="office_letters"),
    path("letters/<uuid:handle>/", officials.letter, name="office_letter"),
]
office_nav = [("letters", "/office/letters/", _("来信"), ("data_steward", "unit_leader", "unit_handler"))]
