"""Addresses of letters."""

from django.urls import path

from civic.notifications import portal as doors

portal = [
    path("my/letters/", doors.letters, name="my_letters"),
    path("my/letters/read/", doors.read_all, name="my_letters_read"),
    path("my/letters/<uuid:handle>/", doors.letter, name="my_letter"),
]
