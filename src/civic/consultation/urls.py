"""Addresses of consultation, one list a role."""

from django.urls import path

from civic.consultation.office import outcome as end
from civic.consultation.office import statements as voices
from civic.consultation.office import themes as matters
from civic.consultation.portal import outcome, voting

portal = [
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
    path("consultations/<int:pk>/themes/", matters.themes),
    path("consultations/<int:pk>/themes/propose/", matters.propose),
    path("consultations/<int:pk>/themes/new/", matters.new_theme),
    path("themes/<int:pk>/", matters.theme),
    path("themes/<int:pk>/<slug:name>/", matters.theme_step),
    path("consultations/<int:pk>/statements/", voices.statements),
    path("consultations/<int:pk>/statements/new/", voices.new_statement),
    path("consultations/<int:pk>/map/", voices.draw),
    path("statements/<int:pk>/<slug:name>/", voices.statement_step),
    path("consultations/<int:pk>/outcome/", end.outcome),
    path("consultations/<int:pk>/outcome/<slug:name>/", end.outcome_step),
    path("follow-ups/<int:pk>/tell/", end.follow_up_step),
]
