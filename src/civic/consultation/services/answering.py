"""Answers reach the people who asked for them; when every point has one, the report is published with the last step."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from civic.accounts.models import Account
from civic.consultation.models import Consultation, FollowUp, Opinion, Report, Stance, Theme
from civic.consultation.services.reporting import figures
from civic.consultation.states import Side
from civic.deadlines.models import Clock
from civic.notifications.services import notify

ANSWERED = "consultation.answered"
FOLLOWED = "consultation.followed_up"
DUE = "consultation.follow_up_due"


def settle(consultation: Consultation, *, by: Account, at: datetime, seen: int | None = None) -> Report:
    """Say that every point has its answer: publish the report, and plan to tell later what came of it.

    Raises: NotAnswered, NotAllowed, StepRefused, Stale; WrongDenominator, if more took part than may.
    """
    with transaction.atomic():
        consultation.settle(by=by, at=at, seen=seen)
        report = Report.objects.publish(consultation, figures(consultation, at=at), by=by, at=at)
        FollowUp.objects.plan(consultation, by=by, at=at)
    return report


def tell_answer(theme: Theme, *, at: datetime) -> int:
    """Write to everybody who said or supports something in a theme what became of it, once; return to how many.

    However often and however many at once this runs, nobody gets a second letter.
    """
    return _write(
        _concerned(Opinion.objects.of_theme(theme)), ANSWERED, subject=f"{theme.ledger_id()}/answer",
        consultation=theme.consultation, theme=theme.title, place=f"#theme-{theme.number}", at=at,
    )  # fmt: skip


def tell_follow_up(follow_up: FollowUp, *, at: datetime) -> int:
    """Write to everybody who said or supports something what came of it since, once; return to how many."""
    consultation = follow_up.consultation
    return _write(
        _concerned(Opinion.objects.filter(consultation=consultation).standing()), FOLLOWED,
        subject=f"{follow_up.ledger_id()}/told", consultation=consultation, theme=str(follow_up.months),
        place="#follow-up", at=at,
    )  # fmt: skip


def remind(follow_up: FollowUp, clock: Clock, *, rung: str, at: datetime) -> int:
    """Write to those who work on consultations in the unit that a follow-up is due, once a rung; return to how many."""
    consultation = follow_up.consultation
    works = Q(official__roles__contains=["unit_handler"]) | Q(official__roles__contains=["unit_leader"])
    staff = Account.objects.filter(works, official__department=consultation.unit_id, is_active=True).order_by("pk")
    due = localdate(clock.due_at).isoformat() if clock.due_at else ""
    names = {"consultation": consultation.title, "theme": str(follow_up.months), "due": due,
             "link": f"/office/consultations/{consultation.pk}/outcome/"}  # fmt: skip
    for account in staff:
        notify(account, DUE, subject=f"{follow_up.ledger_id()}/{rung}", variables=names, at=at)
    return len(staff)


def _concerned(opinions: "QuerySet[Opinion]") -> "QuerySet[Account]":
    """Return the accounts of those who have said one of these opinions or support it now."""
    authors = opinions.exclude(author=None).values("author")
    supporters = Stance.objects.filter(opinion__in=opinions.values("pk"), side=Side.SUPPORT).values("person")
    concerned = Account.objects.filter(person__in=authors) | Account.objects.filter(person__in=supporters)
    found: QuerySet[Account] = concerned.filter(is_active=True).order_by("pk")
    return found


def _write(
    people: "QuerySet[Account]", letter: str, *, subject: str, consultation: Consultation, theme: str, place: str,
    at: datetime,
) -> int:  # fmt: skip
    names: dict[str, Any] = {
        "consultation": consultation.title, "theme": theme, "link": f"/consultations/{consultation.pk}/outcome/{place}"
    }  # fmt: skip
    told = 0
    for account in people:
        notify(account, letter, subject=subject, variables=names, at=at)
        told += 1
    return told
