"""Addresses of the front door."""

from django.urls import path

from civic.home import portal as doors

preferences = path("preferences/<slug:what>/<slug:value>/", doors.preference)

portal = [
    path("", doors.front, name="front"),
    path("search/", doors.search, name="search"),
    path("my/", doors.my, name="my"),
    path("help/", doors.help_page, name="help"),
    path("help/stuck/", doors.stuck, name="stuck"),
    path("help/mistake/", doors.mistake, name="mistake"),
    path("accessibility/", doors.accessibility, name="accessibility"),
    path("privacy/", doors.privacy, name="privacy"),
    path("demo/components/", doors.components, name="components"),
    preferences,
]
office = [preferences]
