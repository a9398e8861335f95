"""What rules decided in the past year, with the facts that they decided on: new rules are tried on it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from civic.catalogue.deciding import DECLINE, GRANT, PERSON
from civic.catalogue.rules.decision import HOLDS
from civic.instant.models import Ruling
from civic.instant.states import RulingState
from civic.masking.models import Shredded

KEPT_FOR = timedelta(days=366)
OUTCOMES = {RulingState.GRANTED: GRANT, RulingState.DECLINED: DECLINE, RulingState.HANDED_OVER: PERSON}


def recorded(service: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield number, facts and outcome of each ruling of a service in the past year; deleted persons are left out."""
    rows = Ruling.objects.of_service(service).decided().filter(decided_at__gte=Now() - KEPT_FOR).newest_first()
    for ruling in rows.select_related("case__key").iterator(chunk_size=200):
        try:
            facts = {key: fact["value"] for key, fact in ruling.facts.items()}
        except Shredded:
            continue
        yield ruling.case.number, facts, _outcome(ruling)


def _outcome(ruling: Ruling) -> str:
    if ruling.state != RulingState.ADVISED:
        return OUTCOMES[RulingState(ruling.state)]
    verdicts = {rule["verdict"] for rule in ruling.fired}
    return DECLINE if DECLINE in verdicts else (GRANT if verdicts == {HOLDS} else PERSON)
