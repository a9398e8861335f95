"""Addresses of the working calendar."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.deadlines import office as doors

office = [
    path("calendar/", doors.calendar_years, name="calendar-years"),
    path("calendar/new/", doors.enter_year, name="calendar-enter"),
    path("calendar/<int:year>/", doors.calendar_year, name="calendar-year"),
]
office_nav = [("calendar", "/office/calendar/", _("工作日历"), ("operator", "auditor"))]
