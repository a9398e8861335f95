"""Addresses of the ledger's doors."""

from django.urls import path

from civic.audit import portal as doors

portal = [
    path("transparency/", doors.transparency, name="transparency"),
    path("transparency/verify/", doors.verify, name="transparency-verify"),
]
