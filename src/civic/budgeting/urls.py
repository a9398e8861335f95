"""Addresses of budgeting, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.budgeting.office import paper as desk_of_paper
from civic.budgeting.office import polls as desk_of_polls
from civic.budgeting.office import proposals as desk_of_proposals
from civic.budgeting.office import rounds as desk
from civic.budgeting.policies import READERS
from civic.budgeting.portal import polls, proposals, rounds
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
    path("budget/", rounds.rounds),
    path("budget/verify_election.py", rounds.tool),
    path("budget/rounds/<int:pk>/", rounds.round_),
    path("budget/rounds/<int:pk>/propose/", proposals.propose),
    path("budget/rounds/<int:pk>/results/", rounds.results),
    path("budget/rounds/<int:pk>/frozen/", rounds.frozen),
    path("budget/rounds/<int:pk>/answer/", rounds.answer),
    path("budget/results/<int:pk>/election.pb", rounds.pabulib),
    path("budget/results/<int:pk>/bundle.zip", rounds.audit_bundle),
    path("budget/proposals/<int:pk>/", proposals.proposal),
    path("budget/proposals/<int:pk>/join/<uuid:invitation>/", proposals.join),
    path("budget/proposals/<int:pk>/<slug:name>/", proposals.proposal_step),
    path("budget/photos/<int:pk>/", proposals.photo),
    path("my/proposals/", proposals.mine),
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
    path("rounds/", desk.rounds),
    path("rounds/new/", desk.new_round),
    path("rounds/<int:pk>/", desk.round_),
    path("rounds/<int:pk>/freeze/", desk.freeze),
    path("rounds/<int:pk>/enter/", desk_of_proposals.enter_paper),
    path("rounds/<int:pk>/<slug:name>/", desk.round_step),
    path("screening/", desk.screening),
    path("members/<int:pk>/declare/", desk.declare),
    path("proposals/<int:pk>/", desk_of_proposals.proposal),
    path("proposals/<int:pk>/<slug:name>/", desk_of_proposals.proposal_step),
    path("motions/<int:pk>/<slug:name>/", desk_of_proposals.motion_step),
]
office_nav = [
    ("rounds", "/office/rounds/", _("预算"), (*READERS, DESK)),
    ("polls", "/office/polls/", _("投票"), (*READERS, DESK)),
]
