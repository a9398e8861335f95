"""The doors of a vote: what page and API answer, whom they turn away, and what they never read or set."""

import csv
import io
import json
import logging
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civic.budgeting.models import Ballot, Batch, Mark, Opening, Stub
from civic.budgeting.poll_schemas import unpacked
from civic.budgeting.services import mix_open_polls, open_due_boxes
from civic.core import blind_signature
from tests.budgeting.test_ballot_races import packed, sent
from tests.factories import accounts as people
from tests.factories import budgeting as make
from tests.factories import participation as shared
from tests.factories.accounts import at_home

pytestmark = pytest.mark.django_db


def proof(voter: make.Voter) -> dict[str, Any]:
    return {"message": packed(voter.prepared), "signature": packed(voter.signature)}


def marked(poll: Any, name: str = "刘桂英") -> make.Voter:
    voter = make.voter(poll, name)
    voter.ask(at=make.now())
    return voter


def test_the_anonymous_door_reads_no_cookie_and_sets_none() -> None:
    poll = make.running()
    voter, client = marked(poll), Client()
    client.force_login(voter.account)
    told = client.cookies.output()

    with CaptureQueriesContext(connection) as queries:
        answer = sent(client, f"/polls/{poll.public_id}/ballots/", {**proof(voter), "projects": ["P2"]})

    assert (answer.status_code, answer.json()["is_first"]) == (200, True)
    assert answer.cookies.output() == "" and client.cookies.output() == told
    asked = " ".join(query["sql"] for query in queries)
    assert "django_session" not in asked and "accounts_" not in asked


def test_no_line_of_a_log_is_written_when_a_ballot_is_cast(caplog: pytest.LogCaptureFixture) -> None:
    poll = make.running()
    voter = marked(poll)
    caplog.set_level(logging.INFO)
    caplog.clear()

    sent(Client(), f"/polls/{poll.public_id}/ballots/", {**proof(voter), "projects": ["P2"]})

    assert [one.getMessage() for one in caplog.records] == []


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({}, 422, "misshapen"),
        ({"message": "?", "signature": "AA", "projects": []}, 400, "not-base64"),
        ({"message": "AA", "signature": "AA", "projects": []}, 403, "bad-credential"),
    ],
)
def test_what_is_no_ballot_is_told_so_in_json(body: dict[str, object], status: int, code: str) -> None:
    answer = sent(Client(), f"/polls/{make.running().public_id}/ballots/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Stub.objects.exists()


def test_a_form_is_no_ballot_and_a_nul_is_named() -> None:
    path = f"/polls/{make.running().public_id}/ballots/"

    form = Client().post(path, {"projects": "P1"})
    nul = sent(Client(), path, {"message": "\0", "signature": "AA", "projects": []})

    assert (form.status_code, form.json()["code"]) == (400, "not-json")
    assert (nul.status_code, nul.json()["code"]) == (400, "not-keepable")


def test_officials_and_machines_get_no_credential() -> None:
    poll = make.running()
    body = {"blinded": packed(b"1" * 256), "lives_in": make.COUNTY}

    page = sent(at_home(shared.zhao_min()), f"/polls/{poll.public_id}/credential/", body)
    token = {"Authorization": f"Bearer {people.token(shared.zhao_min())}"}
    api = sent(Client(headers=token), f"/api/polls/{poll.public_id}/credential", body)

    assert (page.status_code, api.status_code) == (403, 403)
    assert "居民账户" in page.json()["detail"]
    assert not Mark.objects.exists()


def test_a_program_reads_the_vote_gets_a_credential_and_casts() -> None:
    poll = make.running()
    wang = people.resident(**people.WANG_FANG)
    told = Client().get(f"/api/polls/{poll.public_id}").json()
    prepared = blind_signature.prepare(b"n" * 32)
    blinded = blind_signature.blind(poll.verifier(), prepared)
    body = {"blinded": packed(blinded.words), "registered_in": make.COUNTY}
    client = Client(headers={"Authorization": f"Bearer {people.token(wang)}"})

    signed = sent(client, f"/api/polls/{poll.public_id}/credential", body).json()["signature"]
    signature = blind_signature.finalise(poll.verifier(), prepared, unpacked(signed, "signature"), blinded.inverse)
    ballot = {"message": packed(prepared), "signature": packed(signature), "projects": ["P4"]}
    cast = sent(Client(), f"/api/polls/{poll.public_id}/ballots", ballot).json()

    assert (told["digest"], told["is_open"], told["turnout"]) == (poll.digest, True, 0)
    assert cast == {"receipt": Stub.objects.get().receipt, "is_first": True}
    assert Mark.objects.get().channel == "APP"
    known = Client().get(f"/api/polls/{poll.public_id}/receipts/{cast['receipt']}")
    assert (known.status_code, poll.turnout()) == (200, 1)
    assert Client().get(f"/api/polls/{poll.public_id}/receipts/{'0' * 64}").status_code == 404


def test_a_receipt_is_found_with_or_without_spaces_and_an_invented_one_is_not() -> None:
    poll = make.running()
    voter = marked(poll)
    receipt = voter.cast("P1", at=make.now())[0].receipt
    spaced = " ".join(receipt[n : n + 8] for n in range(0, 64, 8)).upper()

    found = Client().get(f"/polls/{poll.public_id}/receipt/", {"receipt": spaced})
    lost = Client().get(f"/polls/{poll.public_id}/receipt/", {"receipt": "0" * 64})

    assert "已经收到" in found.content.decode() and "没有找到" in lost.content.decode()


def test_after_the_opening_anybody_downloads_ballots_and_stubs() -> None:
    poll = make.over(voters=6)
    before = Client().get(f"/polls/{poll.public_id}/stubs.csv"), Client().get(f"/polls/{poll.public_id}/election.zip")
    Opening.objects.open_box(poll, by=shared.zhao_min(), at=make.now())

    stubs = Client().get(f"/polls/{poll.public_id}/stubs.csv").content.decode()
    archive = zipfile.ZipFile(io.BytesIO(Client().get(f"/polls/{poll.public_id}/election.zip").content))

    assert [one.status_code for one in before] == [404, 409]
    rows = list(csv.DictReader(io.StringIO(stubs)))
    assert [row["receipt"] for row in rows] == sorted(Stub.objects.values_list("receipt", flat=True))
    assert all(
        blind_signature.is_signed(poll.verifier(), bytes.fromhex(row["message"]), bytes.fromhex(row["signature"]))
        for row in rows
    )
    assert json.loads(archive.read("register.json")) == {"eligible": 12000, "voted": 6}


def test_the_lists_ask_no_more_for_six_votes_than_for_one() -> None:
    asked = []
    leader = at_home(shared.zhao_min())
    for more in (1, 5):
        for _vote in range(more):
            make.running()
        for client, path in ((Client(), "/polls/"), (leader, "/office/polls/")):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            asked.append(len(queries))

    assert asked[:2] == asked[2:]


def test_an_official_of_another_unit_finds_no_vote_and_the_desk_only_those_that_run() -> None:
    running, ended = make.running(), make.over()
    stranger, desk = at_home(people.official("周建")), at_home(make.he_li())

    assert stranger.get(f"/office/polls/{running.public_id}/").status_code == 404
    assert desk.get(f"/office/polls/{running.public_id}/register/").status_code == 200
    assert desk.get(f"/office/polls/{ended.public_id}/register/").status_code == 404
    assert ended.title in at_home(shared.zhao_min()).get("/office/polls/").content.decode()


def test_the_timer_mixes_what_runs_and_opens_what_is_over_without_paper() -> None:
    running = make.running()
    ended, with_paper = make.over(voters=6), make.over("budgeting.round:5", voters=5)
    someone = people.resident("刘桂英")
    handed = {"facts": make.facts(someone), "by": make.he_li(), "at": with_paper.closes_at - timedelta(days=1)}
    Mark.objects.hand_out(with_paper, person=someone.person, **handed)
    for nth in range(40):
        make.voted(running, "P1", name=make.neighbour(100 + nth), at=make.now())

    assert mix_open_polls(at=make.now()) == 20
    assert open_due_boxes(at=make.now()) == 1
    assert open_due_boxes(at=make.now()) == 0

    assert (Opening.objects.get().poll, Ballot.objects.filter(batch__poll=running).count()) == (ended, 20)
    assert Batch.objects.filter(poll=with_paper).count() == 0
