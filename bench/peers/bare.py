"""The bare Django peer: no sessions, no middleware; two inserts and a commit, or rows into a Jinja2 page."""

import os

import django
import jinja2
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from bench.peers.tables import CASE, ENTRY
from civic.config import env

WORKLIST = """
SELECT c.number, c.act_by, c.state, c.submitted_at, v.name, d.name, encode(p.name_sealed, 'hex'),
       (SELECT string_agg(td.name, '、') FROM cases_task t JOIN accounts_department td ON td.id = t.department_id
        WHERE t.case_id = c.id)
FROM cases_case c JOIN catalogue_version v ON v.id = c.service_version_id
     JOIN accounts_department d ON d.id = c.department_id LEFT JOIN accounts_person p ON p.id = c.person_id
WHERE c.department_id = %s AND c.state IN ('SUBMITTED', 'CORRECTION', 'IN_REVIEW', 'CORRECTION_IN_REVIEW', 'SUSPENDED')
ORDER BY c.act_by, c.id LIMIT 51
"""
SERVICE = """
SELECT s.code, v.name, d.name, v.summary, v.conditions, v.statutory_days, v.promised_days, v.materials, v.steps,
       v.legal_basis, v.results, v.fee_note
FROM catalogue_service s JOIN catalogue_version v ON v.id = s.current_id
     JOIN accounts_department d ON d.id = v.department_id WHERE s.code = %s
"""
ROWS = jinja2.Environment(autoescape=True).from_string(
    "<!doctype html><title>cases</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)
ONE = jinja2.Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ row[1] }}</title><dl>{% for cell in row %}<dd>{% if cell is string or cell is number %}"
    "{{ cell }}{% else %}<ul>{% for part in cell or () %}<li>{% for name, value in part.items() %}{{ name }} "
    "{{ value }} {% endfor %}</li>{% endfor %}</ul>{% endif %}</dd>{% endfor %}</dl>"
)


def submit(request: HttpRequest) -> HttpResponse:
    """Store two rows and commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CASE, ["LA1", request.body.decode()])
        (case,) = cursor.fetchone()
        cursor.execute(ENTRY, [case, request.body])
    return JsonResponse({"id": case}, status=201)


def worklist(request: HttpRequest, department: int) -> HttpResponse:
    """Show the rows of a department."""
    with connection.cursor() as cursor:
        cursor.execute(WORKLIST, [department])
        return HttpResponse(ROWS.render(rows=cursor.fetchall()))


def service(request: HttpRequest, code: str) -> HttpResponse:
    """Show one service."""
    with connection.cursor() as cursor:
        cursor.execute(SERVICE, [code])
        return HttpResponse(ONE.render(row=cursor.fetchone()))


def hello(request: HttpRequest) -> HttpResponse:
    """Answer with nothing, to know the limit of the client."""
    return HttpResponse(b"ok")


urlpatterns = [
    path("submit", submit),
    path("worklist/<int:department>", worklist),
    path("service/<str:code>", service),
    path("hello", hello),
]

settings.configure(
    DATABASES={"default": {**env.database(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="bench",
    USE_TZ=True,
)
django.setup()
from django.core.wsgi import get_wsgi_application  # noqa: E402 (settings first)

application = get_wsgi_application()
