"""The addresses of the cases' doors, one list a role."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.cases.office import case, commitments, credit, hearing, worklist
from civic.cases.portal import apply, mine, statement, track
from civic.cases.portal import credit as own_credit

portal = [
    path("apply/<str:code>/", apply.start),
    path("apply/drafts/<uuid:token>/", apply.overview),
    path("apply/drafts/<uuid:token>/autosave/", apply.autosave),
    path("apply/drafts/<uuid:token>/materials/", apply.materials),
    path("apply/drafts/<uuid:token>/delivery/", apply.delivery),
    path("apply/drafts/<uuid:token>/check/", apply.check),
    path("apply/drafts/<uuid:token>/discard/", apply.discard),
    path("apply/drafts/<uuid:token>/<slug:key>/", apply.form_page),
    path("my/cases/", mine.cases),
    path("my/cases/<str:number>/", mine.case),
    path("my/cases/<str:number>/clock/", mine.clock),
    path("my/cases/<str:number>/receipt/", mine.receipt),
    path("my/cases/<str:number>/correction/", mine.correction),
    path("my/cases/<str:number>/withdrawal/", mine.withdrawal),
    path("my/cases/<str:number>/statement/", statement.statement),
    path("my/cases/<str:number>/person/", mine.person),
    path("my/credit/", own_credit.marks),
    path("my/credit/<uuid:handle>/", own_credit.mark),
    path("track/", track.track),
    path("track/<str:number>/", track.track),
]

office = [
    path("cases/", worklist.worklist),
    path("cases/filters/", worklist.save_filter),
    path("cases/bulk/acceptance/", worklist.bulk_acceptance),
    path("commitments/", commitments.commitments),
    path("credit/", credit.marks),
    path("credit/<int:pk>/", credit.mark),
    path("credit/<int:pk>/answer/", credit.answer),
    path("cases/<str:number>/", case.detail),
    path("cases/<str:number>/acceptance/", case.acceptance),
    path("cases/<str:number>/correction/", case.correction),
    path("cases/<str:number>/suspension/", case.suspension),
    path("cases/<str:number>/resumption/", case.resumption),
    path("cases/<str:number>/extension/", case.extension),
    path("cases/<str:number>/decision/", case.decision),
    path("cases/<str:number>/delivery/", case.delivery),
    path("cases/<str:number>/commitment/", case.commitment),
    path("cases/<str:number>/hearing/", hearing.call),
    path("cases/<str:number>/hearing/record/", hearing.close),
    path("cases/<str:number>/review/", case.review),
    path("cases/<str:number>/revelation/", case.revelation),
    path("cases/<str:number>/tasks/<int:task>/completion/", case.completion),
]
office_nav = [
    ("cases", "/office/cases/", _("办件"), case.CASE_ROLES),
    ("commitments", "/office/commitments/", _("承诺核查"), commitments.ROLES),
]
