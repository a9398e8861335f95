"""Officials arrive at a page that their roles open."""

import pytest
from django.test import Client

from tests.factories.accounts import official, resident

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("roles", "first"),
    [
        (("unit_handler",), "/office/cases/"),
        (("catalogue_clerk",), "/office/catalogue/"),
        (("operator",), "/office/officials/"),
        ((), "/office/account/"),
    ],
)
def test_an_official_arrives_at_a_page_that_opens(client: Client, roles: tuple[str, ...], first: str) -> None:
    client.force_login(official("李强", roles=roles), backend="civic.accounts.backends.AccountBackend")

    answer = client.get("/office/", follow=True)

    assert answer.redirect_chain == [(first, 302)]
    assert answer.status_code == 200


def test_to_a_resident_the_office_does_not_exist(client: Client) -> None:
    client.force_login(resident("王芳"), backend="civic.accounts.backends.AccountBackend")

    assert client.get("/office/").status_code == 404
