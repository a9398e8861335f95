"""Journeys of a vote: one gate for who asks for a credential, the same from page and API."""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.counter import register_at_counter
from civic.accounts.models import Account, Person
from civic.budgeting.models import Batch, Mark, Opening, Poll, Urn
from civic.budgeting.models.box import TIMER
from civic.budgeting.policies import why_not_hand_out
from civic.budgeting.states import Channel
from civic.core.errors import NotAllowed, require
from civic.documents.services import store_document
from civic.participation.rules.eligibility import Facts
from civic.participation.services import facts_of


def issue_credential(
    *, poll: Poll, blinded: bytes, lives_in: str, registered_in: str, channel: str, by: Account, at: datetime
) -> bytes:
    """Return the signature of what `by` has blinded. Raises: NotAllowed, and as Mark.objects.issue()."""
    if by.is_official or by.person is None:
        raise NotAllowed(why_no_person(by) or "")
    facts = facts_of(by.person, lives_in=lives_in, registered_in=registered_in)
    return Mark.objects.issue(poll, person=by.person, facts=facts, blinded=blinded, channel=channel, by=by, at=at)


def why_no_person(by: Account) -> str | None:
    """Residents vote; an account of an office or a machine does not."""
    return _("请用居民账户登录后投票。工作人员也以居民身份投票。") if by.is_official or by.person is None else None


def hand_out_paper(
    *, poll: Poll, name: str, id_number: str, lives: bool, registered: bool, by: Account, at: datetime
) -> Mark:
    """Put who has come to the desk with their papers on the register; then they take a form from the pile.

    Raises: Malformed, NotAsRegistered, and as Mark.objects.hand_out().
    """
    require(why_not_hand_out(by, poll))
    person = register_at_counter(name=name, id_number=id_number, by=by, at=at)
    facts = facts_at(poll, person, lives=lives, registered=registered)
    return Mark.objects.hand_out(poll, person=person, facts=facts, by=by, at=at)


def keep_scan(*, urn: Urn, file: IO[bytes], name: str, by: Account, at: datetime) -> None:
    """Keep the scan of an urn's papers in the documents room. Raises: as store_document() and Urn.keep_scan()."""
    with transaction.atomic():  # with the ledger shut nothing stays, not even the key the scan is sealed with
        document = store_document(owner=by, file=file, name=name, purpose="budgeting.urn", at=at)
        urn.keep_scan(document, by=by, at=at)


def facts_at(poll: Poll, person: Person | None, *, lives: bool, registered: bool) -> Facts:
    """Return what is known of somebody who says whether they live, or are registered, in the poll's area."""
    area = poll.eligibility.area.code
    return facts_of(person, lives_in=area if lives else "", registered_in=area if registered else "")


def mix_open_polls(*, at: datetime) -> int:
    """Move what may be moved into the box of each vote; return how many ballots."""
    return sum(Batch.objects.mix(poll, at=at) for poll in Poll.objects.open(at=at).select_related("key"))


def open_due_boxes(*, at: datetime) -> int:
    """Open the boxes of votes that are over and had no paper, return how many; the others wait for the leader."""
    due = Poll.objects.due(at=at).exclude(marks__channel=Channel.PAPER)
    for poll in due:
        Opening.objects.open_box(poll, by=TIMER, at=at)
    return len(due)
