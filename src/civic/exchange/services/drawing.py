"""draw(): the one way in which anybody gets data of another department."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from civic.adapters.departments import client
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.adapters.departments.question import Answer, Question
from civic.core.jobs import enqueue
from civic.exchange.models import Breaker, Call, Kept
from civic.exchange.results import Ask, Context, Drawn, Result
from civic.exchange.rules import DEADLINE_SECONDS, is_fresh_enough
from civic.exchange.services.fanout import Errand, Return, run_all
from civic.exchange.services.planning import Plan, plan
from civic.exchange.services.reading import clean, nothing, passed_on, results
from civic.exchange.states import Outcome

REFRESH_AFTER = timedelta(seconds=30)


def draw(
    asks: Mapping[str, Ask], *, context: Context, at: datetime, deadline: float = DEADLINE_SECONDS
) -> dict[str, Drawn]:
    """Ask all of `asks` at once and return what came of each by `deadline` (seconds), none left out.

    Every question, and every one that was refused, is a Call and an entry of the ledger before anybody is asked; what
    came of it is another, before anybody is told. Must not be called inside a transaction: no row is locked and no
    connection busy while it waits.
    Raises: NoSuchResource; LedgerClosed, and then nothing was asked or nothing is told.
    """
    started = time.monotonic()
    plans = plan(asks, context=context, at=at)
    with transaction.atomic(durable=True):
        Call.objects.open_all([one.call for one in plans.values()], by=context.actor, at=at)
    asked = {name: one for name, one in plans.items() if one.is_asked}
    came = _ask(asked, context, until=started + deadline, at=at)
    drawn = {name: _denied(one) for name, one in plans.items() if not one.is_asked}
    if asked:
        end = at + timedelta(seconds=time.monotonic() - started)
        with transaction.atomic(durable=True):
            for name, one in asked.items():
                drawn[name] = _settle(one, came[name], at=end)
            Call.objects.settle_all([one.call for one in asked.values()], by=context.actor, at=end)
            _note_health(asked, came, at=end)
    return {name: drawn[name] for name in asks}


def _ask(plans: Mapping[str, Plan], context: Context, *, until: float, at: datetime) -> dict[str, Return]:
    """Ask those sources that are not left alone just now."""
    out = Breaker.objects.shut_out({one.resource.provider_id for one in plans.values()}, at=at) if plans else set()
    errands = {name: _errand(one, context) for name, one in plans.items() if one.resource.provider_id not in out}
    shut = {name: Return(None, "OPEN", 0, 0) for name in plans if name not in errands}
    return {**shut, **run_all(errands, until=until)}


def _errand(one: Plan, context: Context) -> Errand:
    department, call = one.resource.department.code, one.call
    question = Question(
        resource=one.resource.code.partition(".")[2],
        subject=one.subject,
        fields=one.frame.granted,
        call=str(call.handle),
        case=call.case,
        service=call.service,
        purpose=call.purpose,
        legal_basis=call.legal_basis,
        on_behalf_of=call.on_behalf_of,
    )
    endpoint = endpoint_of(department, address=one.resource.provider.address)
    limit = one.resource.duty.answer_ms / 1000
    return Errand(department, partial(_put, endpoint, question), limit)


def _put(endpoint: Endpoint, question: Question, timeout: float) -> Answer:
    return client.ask(endpoint, question, timeout=timeout)


def _settle(one: Plan, came: Return, *, at: datetime) -> Drawn:
    """Tell the call what came of a question, keep a good answer where the duty says so, and return it."""
    facts: dict[str, Any] = {"tries": came.tries, "latency_ms": came.latency_ms, "reason": came.reason}
    answer, duty = came.answer, one.resource.duty
    if answer is not None and not is_fresh_enough(answer.as_of, hours=duty.fresh_hours, at=at):
        answer, facts["reason"] = None, "OUTDATED"
    if answer is None:
        return _last_good(one, facts, at=at) or _failed(one, facts)
    records = clean(answer.records, one.frame)
    told = passed_on(records)
    if not records:
        one.call.came_to(Outcome.EMPTY, as_of=answer.as_of, **facts)
        return _without(one, "empty", "NO_RECORD")
    one.call.came_to(Outcome.ANSWERED, records=told, as_of=answer.as_of, **facts)
    if duty.stale_shown:
        Kept.objects.keep(one.call, subject=one.subject, records=told, as_of=answer.as_of)
    shown = results(records, one.frame, as_of=answer.as_of, stale=False)
    return _with(one, "answered", shown, answer.as_of)


def _last_good(one: Plan, facts: dict[str, Any], *, at: datetime) -> Drawn | None:
    """Return the last good answer with its time, where the duty lets it be shown; it is asked for anew soon."""
    duty, call = one.resource.duty, one.call
    if not duty.stale_shown:
        return None
    place = {"resource": one.resource, "service": call.service, "purpose": call.purpose, "about": call.about}
    kept = Kept.objects.filter(**place).select_related("key").first()
    if kept is None or not is_fresh_enough(kept.as_of, hours=duty.fresh_hours, at=at):
        return None
    records = clean(kept.records(), one.frame)
    call.came_to(Outcome.STALE, records=passed_on(records), as_of=kept.as_of, **facts)
    enqueue("civic.exchange.tasks.refresh", at=at + REFRESH_AFTER, kept=kept.pk)
    shown = results(records, one.frame, as_of=kept.as_of, stale=True)
    return _with(one, "stale", shown, kept.as_of, str(facts["reason"]))


def _failed(one: Plan, facts: dict[str, Any]) -> Drawn:
    one.call.came_to(Outcome.FAILED, **facts)
    return _without(one, "unavailable", str(facts["reason"]))


def _denied(one: Plan) -> Drawn:
    rule = next(iter(one.frame.denied.values()), "")
    fields = nothing("", one.frame)
    return Drawn("denied", one.frame.source, fields, reason=rule, call=str(one.call.handle))


def _without(one: Plan, state: str, reason: str) -> Drawn:
    return Drawn(state, one.frame.source, nothing(reason, one.frame), reason=reason, call=str(one.call.handle))


def _with(one: Plan, state: str, shown: list[dict[str, Result]], as_of: datetime, reason: str = "") -> Drawn:
    return Drawn(state, one.frame.source, shown[0], shown, as_of, reason, str(one.call.handle))


def _note_health(plans: Mapping[str, Plan], came: Mapping[str, Return], *, at: datetime) -> None:
    """Tell the breakers; in one order, so that two callers never wait for each other."""
    failing = Breaker.objects.in_trouble({plans[name].resource.provider_id for name in plans})
    for name in sorted(plans, key=lambda name: plans[name].resource.provider_id):
        provider, back = plans[name].resource.provider_id, came[name]
        if back.answer is None:
            Breaker.objects.note_failure(provider, reason=back.reason, tries=back.tries, at=at)
            failing.add(provider)
        elif provider in failing:
            Breaker.objects.note_success(provider, at=at)
