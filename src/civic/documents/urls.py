"""Paths of the documents' doors."""

from django.urls import path

from civic.documents import portal as doors

portal = [path("documents/<uuid:token>/", doors.download, name="document")]
