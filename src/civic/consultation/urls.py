"""Addresses of consultation, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.consultation.office import moderating, preparing
from civic.consultation.office import outcome as ending
from civic.consultation.office import statements as collecting
from civic.consultation.office import themes as sorting
from civic.consultation.policies import READERS
from civic.consultation.portal import outcome, reading, speaking, voting

portal = [
    path("consultations/", reading.consultations),
    path("consultations/<int:pk>/", reading.consultation),
    path("consultations/<int:pk>/opinions/", reading.opinions),
    path("consultations/<int:pk>/versions/", reading.versions),
    path("consultations/<int:pk>/moderation/", reading.moderation),
    path("consultations/<int:pk>/documents/<int:document>/", reading.document),
    path("consultations/<int:pk>/say/", speaking.say),
    path("consultations/<int:pk>/near/", speaking.near),
    path("opinions/<uuid:handle>/stance/", speaking.stance),
    path("my/opinions/", speaking.mine),
    path("my/opinions/<uuid:handle>/<slug:name>/", speaking.own_step),
    path("consultations/<int:pk>/statements/", voting.statements),
    path("consultations/<int:pk>/statements/new/", voting.new_statement),
    path("consultations/<int:pk>/statements/mine/", voting.own_statements),
    path("consultations/statements/<uuid:handle>/vote/", voting.vote),
    path("consultations/statements/<uuid:handle>/appeal/", voting.appeal),
    path("consultations/<int:pk>/map/", outcome.opinion_map),
    path("consultations/<int:pk>/outcome/", outcome.outcome),
    path("consultations/<int:pk>/report/", outcome.report),
    path("consultations/<int:pk>/report.pdf", outcome.report_pdf),
    path("consultations/<int:pk>/report.csv", outcome.report_csv),
    path("consultations/<int:pk>/report.json", outcome.report_json),
]
office = [
    path("consultations/", preparing.consultations),
    path("consultations/new/", preparing.new_consultation),
    path("consultations/<int:pk>/", preparing.consultation),
    path("consultations/<int:pk>/step/<slug:name>/", preparing.consultation_step),
    path("consultations/<int:pk>/opinions/", moderating.opinions),
    path("consultations/<int:pk>/enter/", moderating.enter_paper),
    path("opinions/<int:pk>/", moderating.opinion),
    path("opinions/<int:pk>/<slug:name>/", moderating.opinion_step),
    path("consultations/<int:pk>/themes/", sorting.themes),
    path("consultations/<int:pk>/themes/propose/", sorting.propose),
    path("consultations/<int:pk>/themes/new/", sorting.new_theme),
    path("themes/<int:pk>/", sorting.theme),
    path("themes/<int:pk>/<slug:name>/", sorting.theme_step),
    path("consultations/<int:pk>/statements/", collecting.statements),
    path("consultations/<int:pk>/statements/new/", collecting.new_statement),
    path("consultations/<int:pk>/map/", collecting.draw),
    path("statements/<int:pk>/<slug:name>/", collecting.statement_step),
    path("consultations/<int:pk>/outcome/", ending.outcome),
    path("consultations/<int:pk>/outcome/<slug:name>/", ending.outcome_step),
    path("follow-ups/<int:pk>/tell/", ending.follow_up_step),
]
office_nav = [("consultations", "/office/consultations/", _("开门问策"), READERS)]
