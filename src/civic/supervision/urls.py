"""Addresses of supervision, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.supervision import portal as doors
from civic.supervision.office import cards, complaints, meetings
from civic.supervision.policies import READERS

portal = [
    path("my/complaints/", doors.complaints),
    path("my/complaints/<uuid:handle>/", doors.complaint),
    path("my/complaints/<uuid:handle>/withdrawal/", doors.withdraw),
]
office = [
    path("cards/", cards.cards),
    path("cards/new/", cards.new_card),
    path("cards/<int:pk>/", cards.card),
    path("cards/<int:pk>/<slug:name>/", cards.card_step),
    path("orders/", cards.orders),
    path("orders/<int:pk>/", cards.order),
    path("orders/<int:pk>/<slug:name>/", cards.order_step),
    path("complaints/", complaints.complaints),
    path("complaints/<int:pk>/", complaints.complaint),
    path("complaints/<int:pk>/<slug:name>/", complaints.complaint_step),
    path("meetings/", meetings.meetings),
    path("meetings/new/", meetings.new_meeting),
    path("meetings/<int:pk>/", meetings.meeting),
    path("meetings/<int:pk>/<slug:name>/", meetings.meeting_step),
    path("assignments/<int:pk>/<slug:name>/", meetings.assignment_step),
]
office_nav = [("cards", "/office/cards/", _("督办"), READERS)]
