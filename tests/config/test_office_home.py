"""The officials' front door leads each of them to what they work with."""

import pytest
from django.test import Client

from tests.factories.accounts import official, resident

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "goal"),
    [
        ("window_clerk", "/office/cases/"),
        ("catalogue_clerk", "/office/catalogue/"),
        ("operator", "/office/officials/"),
        ("privacy_officer", "/office/account/"),
    ],
)
def test_the_front_door_leads_to_the_first_page_that_the_role_reaches(client: Client, role: str, goal: str) -> None:
    client.force_login(official("李强", username="rsj.liqiang", roles=(role,)))

    assert client.get("/office/")["Location"] == goal
    assert client.get(goal).status_code == 200


def test_the_front_door_asks_a_stranger_to_log_in_and_does_not_exist_for_residents(client: Client) -> None:
    assert client.get("/office/")["Location"] == "/office/login/?next=/office/"

    client.force_login(resident("王芳"))

    assert client.get("/office/").status_code == 404


def test_only_who_reaches_the_cases_is_offered_their_search(client: Client) -> None:
    client.force_login(official("孙丽", username="sjzy.sunli", roles=("catalogue_clerk",)))

    page = client.get("/office/catalogue/").content.decode()

    assert "按办件编号查找" not in page.split("<footer")[0]
    assert "孙丽" in page
