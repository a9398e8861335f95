"""Votes on statements: one after another, the least seen first; what was voted on may be voted on anew."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from civic.accounts.models import Account
from civic.areas.models import Area
from civic.consultation.models import Consultation, Statement, StatementVote
from civic.consultation.models.consultation import VOTE
from civic.consultation.rules.exposure import next_to_show
from civic.consultation.services.speaking import take_part
from civic.participation.models import Eligibility


@dataclass(frozen=True)
class Turn:
    """Where a reader stands: what comes next (None: nothing), and how many of how many they have answered."""

    statement: Statement | None
    answered: int
    total: int


def next_statement(consultation: Consultation, account: Account | None) -> Turn:
    """Return the statement that the fewest people have seen, of those that this reader has not answered.

    Equals in an order drawn for each reader; to somebody who has not logged in (None) all are new.
    """
    seen = consultation.statements.shown().seen()
    answered: set[str] = set()
    if account is not None and account.person is not None:
        votes = StatementVote.objects.of_person(account.person, consultation)
        answered = {str(pk) for pk in votes.values_list("statement", flat=True)}
    seed = f"{consultation.pk}/{account.pk if account else ''}"
    found = next_to_show(seen, seed=seed, count=1, without=answered)
    shown = Statement.objects.for_list().get(pk=found[0]) if found else None
    return Turn(shown, len(answered & seen.keys()), len(seen))


def areas_of(consultation: Consultation) -> list[Area]:
    """Return the parts of the area that may take part, to say where one lives; the area itself where it has none."""
    laid = Eligibility.objects.select_related("area").filter(subject=consultation.ledger_id()).first()
    if laid is None:
        return []
    return list(Area.objects.children_of(code=laid.area.code)) or [laid.area]


def vote(
    statement: Statement, *, choice: int | None, by: Account, at: datetime, area: Area | None = None
) -> StatementVote:
    """Let somebody agree (1), disagree (-1) or pass (0); the last word counts.

    `area`: where they say they live, at their first act in this consultation.
    Raises: NotAllowed, PhaseClosed, NotEligible, Invalid, NotShown.
    """
    with transaction.atomic():
        person = take_part(statement.consultation, VOTE, by=by, at=at, lives_in=area)
        made: StatementVote = StatementVote.objects.cast(statement, person=person, choice=choice, by=by, at=at)
    return made


def propose(
    consultation: Consultation, *, words: str, by: Account, at: datetime, area: Area | None = None
) -> Statement:
    """Take in a sentence of somebody's own. Raises: as `vote`, and SaidAlready, WordsMissing."""
    with transaction.atomic():
        person = take_part(consultation, VOTE, by=by, at=at, lives_in=area)
        made: Statement = Statement.objects.propose(consultation, words=words, author=person, by=by, at=at)
    return made
