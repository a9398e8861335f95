"""Addresses of consultation, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.consultation.office import moderating, preparing
from civic.consultation.policies import READERS
from civic.consultation.portal import reading, speaking

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
]
office_nav = [("consultations", "/office/consultations/", _("开门问策"), READERS)]
