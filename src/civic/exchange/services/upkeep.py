"""What time does to the exchange: answers kept run out, records of questions too, dead askers are noted."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value

from civic.exchange.models import Call, Kept
from civic.exchange.results import Ask, Context
from civic.exchange.services.drawing import draw
from civic.exchange.states import Outcome

BATCH = 500


def refresh(kept: int, *, at: datetime) -> None:
    """Ask anew for what was answered from `kept`, under the same demand; without one any more, nothing is asked."""
    found = Kept.objects.select_related("key", "resource").filter(pk=kept).first()
    if found is None:
        return
    context = Context(found.service, found.case, found.purpose, found.on_behalf_of, by="timer")
    draw({"it": Ask(found.resource.code, found.subject())}, context=context, at=at)


def sweep(*, at: datetime) -> int:
    """Return how many answers and records were deleted, and hanging calls closed."""
    done = Kept.objects.forget(_outdated(at))
    for call in Call.objects.left_hanging(at=at).select_related("resource")[:BATCH]:
        with transaction.atomic():
            if Call.objects.select_for_update().filter(pk=call.pk, outcome=Outcome.ASKED).exists():
                call.came_to(Outcome.FAILED, reason="LOST")
                Call.objects.settle_all([call], by="timer", at=at)
                done += 1
    for call in Call.objects.over(before=at - timedelta(days=settings.EXCHANGE_CALL_DAYS))[:BATCH]:
        with transaction.atomic():
            call.purge(by="timer", at=at)
            done += 1
    return done


def _outdated(at: datetime) -> "models.QuerySet[Kept]":
    hours = ExpressionWrapper(
        F("resource__duty__fresh_hours") * Value(timedelta(hours=1)), output_field=DurationField()
    )
    return Kept.objects.annotate(may_be=hours).filter(as_of__lt=Value(at) - F("may_be"))
