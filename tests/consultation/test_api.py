"""The API of consultation: a program reads a draft, asks what was said already, speaks once and supports once."""

import json
from typing import Any

import pytest
from django.test import Client

from civic.consultation.models import Opinion, Reception, Stance
from tests.consultation.test_pages import running, said
from tests.factories import accounts as people
from tests.factories import consultation as make

pytestmark = pytest.mark.django_db


def program(account: Any = None) -> Client:
    return Client(headers={"Authorization": f"Bearer {people.token(account)}"}) if account else Client()


def send(client: Client, method: str, path: str, body: object, key: str = "k" * 16) -> Any:
    act = getattr(client, method)
    return act(path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key})


def test_a_draft_is_read_by_clauses_with_counts() -> None:
    run = running()
    make.prepared()
    said(run)

    listed = program().get("/api/consultations").json()
    read = program().get(f"/api/consultations/{run.pk}").json()

    assert [one["id"] for one in listed] == [run.pk]
    assert listed[0]["open_until"] is not None
    found = {one["anchor"]: (one["words"], one["opinions"]) for one in read["clauses"]}
    assert found["art2.p2"] == ("投放点开放时间为每日六时至八时、十八时至二十时。", 1)
    assert found["art3.p1.i1"][1] == 0


def test_somebody_speaks_once_under_one_key_and_is_not_named() -> None:
    run, client = running(), program(people.resident("李强"))
    body = {"words": make.FINE_WORDS, "anchor": "art3.p1.i1"}

    first, second = (send(client, "post", f"/api/consultations/{run.pk}/opinions", body) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() == {"handle": str(Opinion.objects.get().handle), "state": "PUBLISHED"}
    (read,) = program().get(f"/api/consultations/{run.pk}/opinions?anchor=art3.p1.i1").json()
    assert (read["words"], read["signature"], read["supports"]) == (make.FINE_WORDS, "", 0)
    assert "李强" not in json.dumps(read, ensure_ascii=False)


def test_what_was_said_already_is_found_and_supported_once() -> None:
    run = running()
    hers, client = said(run), program(people.resident("李强"))

    (near,) = send(program(), "post", f"/api/consultations/{run.pk}/near", {"words": make.HOURS_WORDS}).json()
    for _ in range(2):
        answer = send(client, "put", f"/api/opinions/{near['handle']}/stance", {"side": "SUPPORT"})

    assert near["handle"] == str(hers.handle)
    assert answer.json() == {"side": "SUPPORT", "supports": 1, "doubts": 0}
    assert Stance.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"), [({"words": "短"}, 422), ({"words": make.FINE_WORDS, "anchor": "art9"}, 400), ({}, 422)]
)
def test_what_cannot_be_taken_in_is_refused_and_nothing_is_kept(body: dict[str, str], status: int) -> None:
    run = running()

    answer = send(program(people.resident("李强")), "post", f"/api/consultations/{run.pk}/opinions", body)

    assert answer.status_code == status
    assert not Opinion.objects.exists()


def test_strangers_and_officials_do_not_speak() -> None:
    run, path = running(), "/api/consultations/{}/opinions"
    body = {"words": make.FINE_WORDS}

    assert send(program(), "post", path.format(run.pk), body).status_code == 401
    assert send(program(make.qian_wei()), "post", path.format(run.pk), body).status_code == 403
    assert send(program(people.resident()), "post", path.format(make.prepared().pk), body).status_code == 404
    assert not Reception.objects.exists()
