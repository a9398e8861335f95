"""The addresses of the doors of licences, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.licences.office import register, uses
from civic.licences.portal import requests, showing, verify, wallet

portal = [
    path("v/<str:code>", verify.by_code),
    path("s/<str:token>", verify.shown),
    path("verify/", verify.verify),
    path("my/licences/", wallet.wallet),
    path("my/licences/uses/", wallet.uses),
    path("my/licences/requests/<uuid:handle>/", requests.request_page),
    path("my/licences/requests/<uuid:handle>/grant/", requests.grant),
    path("my/licences/requests/<uuid:handle>/decline/", requests.decline),
    path("my/licences/requests/<uuid:handle>/withdrawal/", requests.withdrawal),
    path("my/licences/<uuid:token>/", wallet.licence),
    path("my/licences/<uuid:token>/file/<str:name>/", wallet.download),
    path("my/licences/<uuid:token>/show/", showing.choose),
    path("my/licences/<uuid:token>/code/", showing.code),
]

office = [
    path("licences/", register.register),
    path("licences/uses/<uuid:handle>/", uses.use),
    path("licences/<uuid:token>/", register.licence),
    *(
        path(f"licences/<uuid:token>/{what}/", register.move, {"what": what})
        for what in ("suspension", "resumption", "revocation")
    ),
]
office_nav = [("licences", "/office/licences/", _("证照"), register.ROLES)]
