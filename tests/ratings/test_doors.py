"""The pages and the API of rating: who gets in, what they see, what they cannot."""

import json

import pytest
from django.test import Client

from civic.audit.models import Entry
from civic.idempotency.models import Replay
from civic.ratings.models import Rating, Remedy
from tests.factories.accounts import MONDAY, department, official, resident, token
from tests.factories.ratings import WORDS, rating, remedy, right, supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal", "office", "api"):
        monkeypatch.setattr(f"civic.ratings.{door}.now", lambda: MONDAY)


def post(client: Client, path: str, body: object, **headers: str) -> object:
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


# The API


def test_the_api_takes_one_rating_of_a_link(client: Client) -> None:
    held = right()

    answer = post(client, f"/api/ratings/{held.token}", {"grade": 2, "reasons": ["GUIDE"], "comment": WORDS})

    assert answer.status_code == 201
    assert {key: value for key, value in answer.json().items() if key != "changeable_until"} == {
        "status": "success",
        "grade": 2,
        "label": "不满意",
        "reasons": ["GUIDE"],
        "state": "SUBMITTED",
        "remedy": "OPENED",
    }
    assert Rating.objects.get().clear("comment") == WORDS
    again = post(client, f"/api/ratings/{held.token}", {"grade": 5})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-rated")
    assert Rating.objects.get().grade == 2


def test_a_key_makes_a_repeat_the_same_answer(client: Client) -> None:
    held = right()
    first = post(client, f"/api/ratings/{held.token}", {"grade": 5}, **{"Idempotency-Key": "abcdefgh-1"})

    second = post(client, f"/api/ratings/{held.token}", {"grade": 5}, **{"Idempotency-Key": "abcdefgh-1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert Rating.objects.count() == Replay.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"grade": 0}, 422), ({"grade": 99}, 422), ({"grade": "很好"}, 422), ({}, 422),
     ({"grade": 5, "reasons": ["X"]}, 422), ({"grade": 5, "reasons": ["ATTITUDE"]}, 400),
     ({"grade": 5, "comment": "长" * 501}, 422)],
)  # fmt: skip
def test_the_api_names_what_is_wrong_and_stores_nothing(client: Client, body: object, status: int) -> None:
    answer = post(client, f"/api/ratings/{right().token}", body)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Rating.objects.exists()


def test_guessing_is_stopped_after_thirty_wrong_links(client: Client) -> None:
    held = right()
    answers = [client.get(f"/api/ratings/guess{n}").status_code for n in range(31)]

    assert answers == [*[404] * 30, 429]
    assert client.get(f"/api/ratings/{held.token}").status_code == 200


def test_an_officials_token_does_not_rate(client: Client) -> None:
    held, li_qiang = right(), official("李强")

    answer = post(client, f"/api/ratings/{held.token}", {"grade": 5}, Authorization=f"Bearer {token(li_qiang)}")

    assert answer.status_code == 403
    assert not Rating.objects.exists()


def test_the_api_changes_a_rating(client: Client) -> None:
    held = right()
    path = f"/api/ratings/{held.token}"
    assert client.put(path, json.dumps({"grade": 3}), content_type="application/json").status_code == 409
    rating(5, of=held)

    answer = client.put(path, json.dumps({"grade": 3}), content_type="application/json")

    assert (answer.status_code, answer.json()["grade"]) == (200, 3)
    assert client.get(path).json()["rating"]["grade"] == 3
    assert client.delete(path).status_code == 405


def test_the_figures_come_out_in_blocks_of_five(client: Client) -> None:
    for n, grade in enumerate([5, 5, 5, 5, 1, 5, 5]):
        rating(grade, of=right(f"cases.case:{n}"), address="")
    for n in range(4):
        rating(5, of=right(f"cases.case:sw{n}", home=department("sw", "六安市税务局"), service="LA-SW-001"), address="")

    found = client.get("/api/ratings/statistics?by=department&since=2026-03&until=2026-03").json()

    assert [(row["code"], row["n"], row["satisfied_share"]) for row in found["rows"]] == [("rsj", 5, 0.8)]
    assert found["total"]["n"] == 10
    assert found["ratings_by_default"] == 0
    assert client.get("/api/ratings/statistics?department=sw").json()["total"]["n"] is None
    assert client.get("/api/ratings/statistics?since=2026-04").json()["total"]["n"] is None
    assert client.get("/api/ratings/statistics?service=LA-RS-001").json()["total"]["n"] == 5
    assert client.get("/api/ratings/statistics?since=gestern").status_code == 422


# Residents' pages


def test_somebody_rates_by_the_link_without_an_account(client: Client) -> None:
    held = right()
    path = f"/ratings/give/{held.token}/"
    shown = client.get(path)
    assert shown.status_code == 200
    assert [shown.content.decode().count(f'value="{grade}"') for grade in range(1, 6)] == [1, 1, 1, 1, 1]
    assert shown["Cache-Control"] == "no-store"

    answer = client.post(path, {"grade": "1", "reasons": ["PLATFORM"], "comment": WORDS})

    assert (answer.status_code, answer["Location"]) == (302, path)
    assert (Rating.objects.get().grade, Remedy.objects.get().state) == (1, "OPENED")
    assert WORDS in client.get(path).content.decode()


def test_what_was_typed_is_not_lost_when_no_grade_was_chosen(client: Client) -> None:
    answer = client.post(f"/ratings/give/{right().token}/", {"reasons": ["GUIDE"], "comment": WORDS})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert WORDS in text
    assert 'value="GUIDE" checked' in text
    assert not Rating.objects.exists()


def test_the_holder_rates_from_their_own_pages_and_a_stranger_finds_nothing(client: Client) -> None:
    wang_fang, sun_hao = resident(), resident("孙浩")
    held = right(holder=wang_fang)
    client.force_login(sun_hao)
    assert client.get(f"/my/ratings/{held.pk}/").status_code == 404
    assert client.post(f"/my/ratings/{held.pk}/", {"grade": "5"}).status_code == 404
    assert "LA20260302000000017X" not in client.get("/my/ratings/").content.decode()

    client.force_login(wang_fang)
    assert f"/my/ratings/{held.pk}/" in client.get("/my/ratings/").content.decode()
    assert client.post(f"/my/ratings/{held.pk}/", {"grade": "4"}).status_code == 302

    assert Rating.objects.get().grade == 4


def test_an_official_who_is_logged_in_cannot_use_the_link(client: Client) -> None:
    held = right()
    client.force_login(official("李强"))

    answer = client.post(f"/ratings/give/{held.token}/", {"grade": "5"})

    assert answer.status_code == 403
    assert not Rating.objects.exists()


def test_the_rater_appeals_on_the_page_of_the_link(client: Client) -> None:
    held, zhao_lei = right(), supervisor()
    found = remedy(of=held)
    found.contact(note=WORDS, by=zhao_lei, at=MONDAY)
    found.verify(finding="MALICIOUS", evidence="与叫号记录不符。", by=zhao_lei, at=MONDAY)
    path = f"/ratings/give/{held.token}/"
    assert "与叫号记录不符。" in client.get(path).content.decode()

    assert client.post(f"{path}appeal/", {"note": ""}).status_code == 400
    assert client.post(f"{path}appeal/", {"note": "记录有误。"}).status_code == 302

    assert Remedy.objects.get().state == "APPEALED"
    assert client.post(f"{path}appeal/", {"note": "再说一次。"}).status_code == 404


def test_the_public_page_shows_shares_with_their_interval(client: Client) -> None:
    for n, grade in enumerate([5, 5, 5, 5, 1]):
        rating(grade, of=right(f"cases.case:{n}"), address="")

    text = client.get("/ratings/").content.decode()

    assert "80%" in text
    assert "38% – 96%" in text
    assert client.get("/ratings/?department=rsj").status_code == 200
    assert client.get("/ratings/?department=nowhere").status_code == 404


# Officials' pages


def test_a_supervisor_takes_a_remedy_through_its_steps(client: Client) -> None:
    found = remedy(of=right(holder=resident("王芳", phone="13800005678")))
    client.force_login(supervisor())
    path = f"/office/remedies/{found.pk}/"
    assert "LA20260302000000017X" in client.get("/office/remedies/").content.decode()
    shown = client.get(path).content.decode()
    assert WORDS in shown
    assert "王芳" not in shown
    assert "13800005678" not in shown

    assert client.post(f"{path}revelation/", {"purpose": "嗯"}).status_code == 400
    assert "13800005678" in client.post(f"{path}revelation/", {"purpose": "联系评价人核实情况"}).content.decode()
    assert client.post(f"{path}attempt/", {"note": "无人接听。"}).status_code == 302
    assert client.post(f"{path}contact/", {"note": "已听取。"}).status_code == 302
    assert client.post(f"{path}verification/", {"note": "查了叫号记录。"}).status_code == 400
    assert client.post(f"{path}verification/", {"finding": "TRUE", "note": "查了叫号记录。"}).status_code == 302
    assert client.post(f"{path}repair/", {"note": "增开窗口。", "seen": "1"}).status_code == 412
    assert client.post(f"{path}repair/", {"note": "增开窗口。"}).status_code == 302
    assert client.post(f"{path}call-back/", {"note": "已回访。"}).status_code == 400
    assert client.post(f"{path}call-back/", {"satisfied": "yes", "note": "已回访。"}).status_code == 302

    assert Remedy.objects.get().state == "CLOSED"
    assert "LA20260302000000017X" in client.get("/office/remedies/?view=over").content.decode()
    assert Entry.objects.filter(step="ratings.remedy.read").count() == 1
    assert Entry.objects.filter(step="masking.value.reveal").count() == 1


ROUTES = ["", "attempt/", "contact/", "verification/", "appeal/", "repair/", "call-back/", "revelation/"]


@pytest.mark.parametrize("role", ["window_clerk", "unit_handler", "catalogue_clerk", "operator", "privacy_officer"])
def test_other_roles_find_no_remedy(client: Client, role: str) -> None:
    found = remedy()
    client.force_login(official("李强", roles=(role,)))

    answers = [client.get("/office/remedies/").status_code, client.get(f"/office/remedies/{found.pk}/").status_code]
    answers += [client.post(f"/office/remedies/{found.pk}/{route}", {"note": "x"}).status_code for route in ROUTES[1:]]

    assert set(answers) == {404}
    assert Remedy.objects.get().version == 1


def test_the_leader_who_handled_the_matter_finds_nothing(client: Client) -> None:
    li_qiang = official("李强", roles=("unit_leader",))
    found = remedy(of=right(handlers=[li_qiang.pk]))
    client.force_login(li_qiang)

    assert "LA20260302000000017X" not in client.get("/office/remedies/").content.decode()
    assert client.get(f"/office/remedies/{found.pk}/").status_code == 404
    assert client.post(f"/office/remedies/{found.pk}/contact/", {"note": "是我办的。"}).status_code == 404


def test_an_auditor_reads_and_takes_no_step(client: Client) -> None:
    found = remedy()
    client.force_login(official("孙浩", roles=("auditor",)))

    assert client.get(f"/office/remedies/{found.pk}/").status_code == 200
    assert {client.post(f"/office/remedies/{found.pk}/{route}").status_code for route in ROUTES[1:]} == {404}


def test_a_leader_of_another_department_finds_nothing_and_residents_no_office(client: Client) -> None:
    found = remedy()
    client.force_login(official("张敏", department=department("zrzy", "六安市自然资源局"), roles=("unit_leader",)))
    assert client.get(f"/office/remedies/{found.pk}/").status_code == 404

    client.force_login(resident())

    assert client.get("/office/remedies/").status_code == 404


@pytest.mark.parametrize("many", [1, 8])
def test_lists_ask_the_database_as_often_for_eight_as_for_one(
    client: Client, django_assert_max_num_queries: object, many: int
) -> None:
    wang_fang = resident()
    for n in range(many):
        remedy(of=right(f"cases.case:{n}", holder=wang_fang))
        right(f"cases.case:open{n}", holder=wang_fang)
    client.force_login(supervisor())
    with django_assert_max_num_queries(9):
        client.get("/office/remedies/")

    client.force_login(wang_fang)
    with django_assert_max_num_queries(9):
        client.get("/my/ratings/")


def test_flagged_ratings_are_listed(client: Client) -> None:
    given = rating()
    given.flag(by="timer", at=MONDAY)
    client.force_login(supervisor())

    assert "LA20260302000000017X" in client.get("/office/remedies/?view=flagged").content.decode()
