"""Addresses of the catalogue: the services, and the clerks' desk."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.catalogue import office as clerks
from civic.catalogue import portal as doors

portal = [
    path("services/", doors.service_list, name="service-list"),
    path("services/<str:code>/", doors.service_page, name="service"),
    path("services/<str:code>/eligibility/", doors.eligibility, name="service-eligibility"),
    path("services/<str:code>/versions/", doors.version_list, name="service-versions"),
    path("services/<str:code>/versions/<int:number>/", doors.version_page, name="service-version"),
]
office = [
    path("catalogue/", clerks.desk, name="catalogue-desk"),
    path("catalogue/new/", clerks.new_service, name="catalogue-new"),
    path("catalogue/<str:code>/", clerks.service_desk, name="catalogue-service"),
    path("catalogue/<str:code>/draft/", clerks.start_draft, name="catalogue-start-draft"),
    path("catalogue/<str:code>/draft/publication/", clerks.publish, name="catalogue-publish"),
    path("catalogue/<str:code>/draft/<slug:part>/", clerks.edit_part, name="catalogue-part"),
    path("catalogue/<str:code>/versions/<int:number>/", clerks.preview, name="catalogue-preview"),
    path("catalogue/<str:code>/versions/<int:number>/comparison/", clerks.compare, name="catalogue-compare"),
    path("catalogue/<str:code>/versions/<int:number>/rules/", clerks.rule_bench, name="catalogue-rules"),
    path("catalogue/<str:code>/versions/<int:number>/withdrawal/", clerks.withdraw, name="catalogue-withdraw"),
]
office_nav = [
    ("catalogue", "/office/catalogue/", _("事项"), ("catalogue_clerk", "catalogue_publisher", "auditor")),
]
