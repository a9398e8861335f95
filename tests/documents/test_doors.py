"""The doors of documents: files leave as files, to those who may see them, and every reading is recorded."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from civic.audit.models import Entry
from civic.documents.models import Document
from tests.documents.hostile import pdf
from tests.factories.accounts import department, official, resident, token
from tests.factories.documents import MONDAY, document, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang_fang():
    return resident("王芳")


def bearer(account):
    return {"Authorization": f"Bearer {token(account)}"}


def reads(kept):
    return Entry.objects.filter(step="documents.document.read", subject=kept.ledger_id()).count()


def upload(client, account, content=None, *, name="身份证.jpg", purpose="id_card"):
    file = SimpleUploadedFile(name, picture() if content is None else content, content_type="image/jpeg")
    return client.post("/api/documents", {"file": file, "purpose": purpose}, headers=bearer(account))


def test_the_owner_saves_a_file_that_no_browser_takes_for_a_page(client, wang_fang):
    kept = document(wang_fang)
    client.force_login(wang_fang)

    answer = client.get(reverse("document", args=[kept.token]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith(f"attachment; filename=\"{kept.token}.jpg\"; filename*=UTF-8''%E8")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert reads(kept) == 1


def test_pictures_and_pdf_are_looked_at_in_a_sandbox(client, wang_fang):
    photo, letter = document(wang_fang), document(wang_fang, content=pdf(), name="证明.pdf")
    client.force_login(wang_fang)

    shown = [client.get(reverse("document", args=[one.token]) + "?preview=1") for one in (photo, letter)]

    assert [answer["Content-Disposition"].split(";")[0] for answer in shown] == ["inline", "inline"]
    assert {answer["Content-Security-Policy"] for answer in shown} == {"sandbox; default-src 'none'"}


def test_a_stranger_finds_nothing_and_leaves_no_entry(client, wang_fang):
    kept = document(wang_fang)
    client.force_login(resident("孙浩"))

    answer = client.get(reverse("document", args=[kept.token]))

    assert answer.status_code == 404
    assert reads(kept) == 0


def test_a_visitor_is_asked_to_log_in(client, wang_fang):
    kept = document(wang_fang)

    answer = client.get(reverse("document", args=[kept.token]))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_clerk_of_a_department_that_was_let_in_reads_and_is_recorded(client, wang_fang):
    kept = document(wang_fang)
    kept.grant(department("rsj"), by=wang_fang, at=MONDAY)
    li_qiang = official("李强", department=department("rsj"), roles=("window_clerk",))

    answer = client.get(f"/api/documents/{kept.token}/content", headers=bearer(li_qiang))

    assert answer.status_code == 200
    entry = Entry.objects.get(step="documents.document.read")
    assert (entry.actor, entry.subject) == (li_qiang.ledger_id(), kept.ledger_id())


def test_the_api_takes_a_file_once_and_describes_it(client, wang_fang):
    first, again = upload(client, wang_fang), upload(client, wang_fang)

    body = first.json()
    kept = Document.objects.get()
    assert (first.status_code, again.json()) == (201, body)
    assert body["token"] == str(kept.token)
    assert (body["name"], body["content_type"], body["purpose"]) == ("身份证.jpg", "image/jpeg", "id_card")
    assert client.get(f"/api/documents/{kept.token}", headers=bearer(wang_fang)).json() == body
    content = client.get(body["content_url"], headers=bearer(wang_fang))
    assert (content["Content-Type"], len(content.content)) == ("image/jpeg", body["size"])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<svg onload=alert(1)>", 415, "type-refused"),
        (b"PK\x03\x04" + bytes(50), 415, "type-refused"),
        (pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), 415, "active-content"),
        (b"\xff\xd8\xff" + bytes(11 * 1024 * 1024), 413, "too-large"),
        (b"\xff\xd8\xff", 400, "unreadable"),
    ],
    ids=["svg", "zip", "pdf script", "too large", "damaged"],
)
def test_the_api_refuses_in_problem_json(client, wang_fang, content, status, code):
    answer = upload(client, wang_fang, content)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
    assert json.loads(answer.content)["type"] == f"/problems/{code}"
    assert not Document.objects.exists()


def test_the_api_answers_strangers_404_and_visitors_401(client, wang_fang):
    kept = document(wang_fang)

    for path in (f"/api/documents/{kept.token}", f"/api/documents/{kept.token}/content"):
        assert client.get(path, headers=bearer(resident("孙浩"))).status_code == 404
        assert client.get(path).status_code == 401
    assert client.post("/api/documents").status_code == 401
    assert reads(kept) == 0


def test_a_call_without_a_file_is_refused(client, wang_fang):
    assert client.post("/api/documents", {"purpose": "x"}, headers=bearer(wang_fang)).status_code in (400, 422)


def test_a_key_that_is_sent_counts_the_same_file_is_answered_again_another_is_refused(client, wang_fang):
    def send(content):
        file = SimpleUploadedFile("身份证.jpg", content, content_type="image/jpeg")
        headers = {**bearer(wang_fang), "Idempotency-Key": "one-key-for-one-file"}
        return client.post("/api/documents", {"file": file, "purpose": "id_card"}, headers=headers)

    first, again, other = send(picture()), send(picture()), send(picture("navy"))

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content and again["Idempotent-Replayed"] == "true"
    assert Document.objects.count() == 1
