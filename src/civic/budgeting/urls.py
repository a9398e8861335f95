"""Addresses of budgeting, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.budgeting.office import paper as desk_of_paper
from civic.budgeting.office import polls as desk_of_polls
from civic.budgeting.policies import READERS
from civic.budgeting.portal import polls
from civic.participation.policies import DESK

portal = [
    path("polls/", polls.polls),
    path("polls/<uuid:public_id>/", polls.poll),
    path("polls/<uuid:public_id>/credential/", polls.credential),
    path("polls/<uuid:public_id>/ballots/", polls.ballot),
    path("polls/<uuid:public_id>/receipt/", polls.receipt),
    path("polls/<uuid:public_id>/frozen.json", polls.frozen),
    path("polls/<uuid:public_id>/stubs.csv", polls.stubs),
    path("polls/<uuid:public_id>/election.zip", polls.audit),
]
office = [
    path("polls/", desk_of_polls.polls),
    path("polls/<uuid:public_id>/", desk_of_polls.poll),
    path("polls/<uuid:public_id>/register/", desk_of_polls.register),
    path("polls/<uuid:public_id>/opening/", desk_of_polls.opening),
    path("polls/<uuid:public_id>/pads/", desk_of_paper.pads),
    path("polls/<uuid:public_id>/urns/", desk_of_paper.urns),
    path("pads/<int:pk>/", desk_of_paper.pad),
    path("urns/<int:pk>/", desk_of_paper.urn),
    path("urns/<int:pk>/readings/", desk_of_paper.readings),
    path("urns/<int:pk>/scan/", desk_of_paper.scan),
    path("urns/<int:pk>/close/", desk_of_paper.close),
]
office_nav = [("polls", "/office/polls/", _("投票"), (*READERS, DESK))]
