"""The people of the hotline at their pages, and what they press."""

from typing import Any

from django.test import Client

from civic.accounts.models import Account
from civic.hotline.models import Ticket
from tests.factories import hotline

TICKETS = "/office/hotline/tickets"


def at_desk(account: Account) -> Client:
    """The browser of an official who is logged in."""
    client = Client()
    client.force_login(account)
    return client


def page_of(ticket: Ticket, part: str = "") -> str:
    return f"{TICKETS}/{ticket.number}/{part}"


def press(account: Account, ticket: Ticket, form: str, *, seen: int | None = None, **typed: str) -> Any:
    """Send one form of the ticket's page as it is now, or as it was at version `seen`."""
    ticket.refresh_from_db()
    body = {"seen": str(ticket.version if seen is None else seen), **typed}
    answer = at_desk(account).post(page_of(ticket, f"{form}/"), body)
    ticket.refresh_from_db()
    return answer


def shown(account: Account, path: str) -> str:
    return at_desk(account).get(path).content.decode()


def seat_form(**more: str) -> dict[str, str]:
    """What 林霞 types while 王芳 is on the line."""
    return {
        "token": "a" * 32, "phone": "13800005678", "name": "王芳", "secrecy": "NAMED", "channel": "PHONE",
        "title": "梅山路路灯不亮", "detail": hotline.LAMP, "place": "梅山路与皖西大道交口",
        "kind": "HELP", "urgency": "NORMAL",
        "do": "register", **more,
    }  # fmt: skip
