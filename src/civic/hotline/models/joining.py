"""Tickets about the same matter joined to one, and what the public register shows."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.core.errors import FieldError, Invalid, require
from civic.core.personal_text import find_personal
from civic.core.said import said
from civic.hotline import policies, rules
from civic.hotline.models.moving import ask_rating, end, tell
from civic.hotline.states import Outcome

TELLING = {  # kinds of core.personal; an office's own telephone may stand in an answer
    "id_number": gettext_noop("身份证号码"), "mobile": gettext_noop("手机号码"), "bank_card": gettext_noop("银行卡号"),
    "plate": gettext_noop("车牌号"), "passport": gettext_noop("护照号码"),
    "hk_macao_permit": gettext_noop("通行证号码"), "taiwan_permit": gettext_noop("通行证号码"),
    "email": gettext_noop("电子邮箱"), "address_detail": gettext_noop("门牌房号"),
}  # fmt: skip

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models.ticket import Ticket


class NamesSomebody(Invalid):
    """What is to be public still tells who somebody is."""

    code = "names-somebody"


def merge(ticket: "Ticket", *, parent: "Ticket", by: "Account", at: datetime, seen: int | None = None) -> None:
    """Join it to a ticket about the same matter: one answer for all of them."""
    with ticket.step("merge", by=by, at=at, seen=seen, parent=str(parent.pk)):
        require(policies.why_not_merge(by, ticket, parent))
        ticket.parent = parent
        end(ticket, "", by=by, at=at)
        tell(ticket, "merge")


def close_merged(ticket: "Ticket", *, by: "Account | str", at: datetime) -> None:
    """End it with the answer of the ticket it was joined to."""
    with ticket.step("close_merged", by=by, at=at):
        require(policies.why_not_close_merged(by, ticket))
        end(ticket, Outcome.JOINED, by=by, at=at)
        tell(ticket, "close_merged")
        ask_rating(ticket)


def publish(
    ticket: "Ticket", *, title: str, detail: str, reply: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Put question and answer into the public register, in words that name nobody."""
    with ticket.step("publish", by=by, at=at, seen=seen):
        require(policies.why_not_publish(by, ticket))
        _require_nobody(public_title=title, public_detail=detail, public_reply=reply)
        ticket.public_title = said("public_title", title, most=120)
        ticket.public_detail = said("public_detail", detail, most=2000)
        ticket.public_reply = reply.strip()[:4000]
        ticket.public_grams = rules.grams(f"{ticket.public_title}\n{ticket.public_detail}")
        ticket.published_at = at


def _require_nobody(**texts: str) -> None:
    """Raises: NamesSomebody, naming the field in which a number still tells who somebody is."""
    errors = [
        FieldError(field, NamesSomebody.code, _("这里还有%(kind)s，请删去后再公开。") % {"kind": _(TELLING[one.kind])})
        for field, text in texts.items()
        for one in find_personal(text)
        if one.kind in TELLING
    ]
    if errors:
        raise NamesSomebody(errors[0].message, errors=errors)


def unpublish(ticket: "Ticket", *, by: "Account | str", at: datetime, seen: int | None = None) -> None:
    """Take it out of the public register."""
    with ticket.step("unpublish", by=by, at=at, seen=seen):
        require(policies.why_not_unpublish(by, ticket))
        ticket.published_at = None
