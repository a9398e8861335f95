"""One voter at thirty-two doors at once, on page, API and at the desk: one ballot. Without the keys it is red."""

import base64
import json
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from civic.accounts.models import Account
from civic.budgeting.models import Envelope, Mark, Poll, Stub
from civic.core import blind_signature
from tests.factories import accounts as people
from tests.factories import budgeting as make

CROWD = 32
QUICK, MANY = 6, 200


@dataclass
class Doors:
    """Where one voter can go: a page, a program, the desk; what everybody needs is read beforehand."""

    poll: Poll
    voter: Account
    page: dict[str, str]
    token: str
    desk: dict[str, str]

    def go(self, nth: int) -> str:
        """Take the nth way; return what came of it."""
        if nth % 3 == 2:
            return self.paper()
        prepared = blind_signature.prepare(secrets.token_bytes(32))
        blinded = blind_signature.blind(self.poll.verifier(), prepared)
        body = {"blinded": packed(blinded.words), "lives_in": make.COUNTY}
        if nth % 3 == 0:
            client, path = browser(self.page), f"/polls/{self.poll.public_id}/"
            answer, cast = sent(client, f"{path}credential/", body), f"{path}ballots/"
        else:
            client, path = (
                Client(headers={"Authorization": f"Bearer {self.token}"}),
                f"/api/polls/{self.poll.public_id}/",
            )
            answer, cast = sent(client, f"{path}credential", body), f"{path}ballots"
        if answer.status_code != 200:
            return str(answer.status_code)
        signed = base64.urlsafe_b64decode(answer.json()["signature"] + "==")
        signature = blind_signature.finalise(self.poll.verifier(), prepared, signed, blinded.inverse)
        ballot = {"message": packed(prepared), "signature": packed(signature), "projects": ["P1"]}
        return f"cast {sent(Client(), cast, ballot).status_code}"

    def paper(self) -> str:
        someone = {"name": "王芳", "id_number": "341502199001010025", "lives": "true"}
        answer = browser(self.desk).post(f"/office/polls/{self.poll.public_id}/register/", someone)
        return {302: "paper"}.get(answer.status_code, str(answer.status_code))


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def browser(cookies: dict[str, str]) -> Client:
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def sent(client: Client, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def cookies_of(account: Account) -> dict[str, str]:
    client = Client()
    client.force_login(account, backend="civic.accounts.backends.AccountBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


@pytest.fixture
def doors(transactional_db: None) -> Iterator[Doors]:
    poll = make.running()
    wang = people.resident("王芳", phone="13800005678", id_number="341502199001010025")
    yield Doors(poll, wang, cookies_of(wang), people.token(wang), cookies_of(make.he_li()))
    connection.close()


def all_at_once(act: Any) -> Counter[str]:
    """Let the crowd do `act(nth)` at the same moment; return how often what came of it."""
    start, outcomes = threading.Barrier(CROWD), Counter[str]()

    def one(nth: int) -> None:
        start.wait()
        try:
            outcomes[act(nth)] += 1
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    crowd = [threading.Thread(target=one, args=(nth,)) for nth in range(CROWD)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return outcomes


def rounds(doors: Doors, count: int) -> None:
    for _round in range(count):
        doors.poll = make.running()
        before = Mark.objects.count(), Stub.objects.count()

        outcomes = all_at_once(doors.go)

        won = outcomes["cast 200"] + outcomes["paper"]
        assert (won, outcomes["409"]) == (1, CROWD - 1), outcomes
        assert Mark.objects.count() - before[0] == 1
        assert (
            Stub.objects.count() - before[1] == outcomes["cast 200"] == Envelope.objects.filter(poll=doors.poll).count()
        )


def test_one_voter_at_thirty_two_doors_at_once_has_one_ballot(doors: Doors) -> None:
    rounds(doors, QUICK)


@pytest.mark.slow
def test_one_voter_at_thirty_two_doors_at_once_has_one_ballot_two_hundred_times(doors: Doors) -> None:
    rounds(doors, MANY)


def test_without_the_register_s_key_the_same_crowd_gets_several_ballots(doors: Doors) -> None:
    with dropped("budgeting_mark", "mark_one_person_one_ballot", 'UNIQUE ("poll_id", "person_id")'):
        outcomes = all_at_once(doors.go)

        assert outcomes["cast 200"] + outcomes["paper"] > 1, outcomes
        assert Mark.objects.count() > 1
        emptied("budgeting_mark")


def same_ballot(poll: Poll) -> Any:
    """Return the act of sending one and the same ballot, by page or API."""
    voter = make.voter(poll)
    voter.ask(at=make.now())
    body = {"message": packed(voter.prepared), "signature": packed(voter.signature), "projects": ["P1"]}

    def send(nth: int) -> str:
        path = f"/polls/{poll.public_id}/ballots/" if nth % 2 else f"/api/polls/{poll.public_id}/ballots"
        answer = sent(Client(), path, body)
        return f"{answer.status_code} {answer.json()['receipt']} {answer.json()['is_first']}"

    return send


def test_one_request_for_a_credential_sent_thirty_two_times_at_once_is_signed_the_same(doors: Doors) -> None:
    blinded = blind_signature.blind(doors.poll.verifier(), blind_signature.prepare(b"n" * 32)).words
    body = {"blinded": packed(blinded), "lives_in": make.COUNTY}

    def ask(nth: int) -> str:
        if nth % 2:
            answer = sent(browser(doors.page), f"/polls/{doors.poll.public_id}/credential/", body)
        else:
            client = Client(headers={"Authorization": f"Bearer {doors.token}"})
            answer = sent(client, f"/api/polls/{doors.poll.public_id}/credential", body)
        return f"{answer.status_code} {answer.json().get('signature')}"

    outcomes = all_at_once(ask)

    assert (list(outcomes.values()), Mark.objects.count()) == ([CROWD], 1)
    assert next(iter(outcomes)).startswith("200 ")


def test_one_ballot_sent_thirty_two_times_at_once_is_one_ballot_with_one_receipt(doors: Doors) -> None:
    outcomes = all_at_once(same_ballot(doors.poll))

    receipt = Stub.objects.get().receipt
    assert outcomes == {f"200 {receipt} True": 1, f"200 {receipt} False": CROWD - 1}
    assert Envelope.objects.count() == 1


def test_without_the_stub_s_key_the_same_ballot_is_in_the_box_several_times(doors: Doors) -> None:
    with dropped("budgeting_stub", "budgeting_stub_pkey", 'PRIMARY KEY ("receipt")'):
        all_at_once(same_ballot(doors.poll))

        assert Envelope.objects.count() > 1
        emptied("budgeting_stub")


class dropped:
    """Take a key away from a table, and put it back."""

    def __init__(self, table: str, name: str, rule: str) -> None:
        self.table, self.name, self.rule = table, name, rule

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}")

    def __exit__(self, *_given: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.rule}")


def emptied(table: str) -> None:
    """Take away what the missing key has let in, past the trigger that keeps rows as they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {table} DISABLE TRIGGER USER; DELETE FROM {table}; ALTER TABLE {table} ENABLE TRIGGER USER"
        )
