"""Addresses of the catalogue: the services, and the clerks' desk."""

from django.urls import path

from civic.catalogue import portal as doors

portal = [
    path("services/", doors.service_list, name="service-list"),
    path("services/<str:code>/", doors.service_page, name="service"),
    path("services/<str:code>/eligibility/", doors.eligibility, name="service-eligibility"),
    path("services/<str:code>/versions/", doors.version_list, name="service-versions"),
    path("services/<str:code>/versions/<int:number>/", doors.version_page, name="service-version"),
]
