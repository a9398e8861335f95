"""What is measured inside one process, without HTTP: taking in, classifying, comparing; prints JSON."""

import gc
import json
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

SECONDS = 3.0
ROUNDS = 3
TRIED = 100


def main() -> None:
    django.setup()
    from bench.tickets_seed import drawn
    from civic.accounts.models import Account
    from civic.hotline.models import Ticket
    from civic.hotline.services.near import Matter, near, near_matter

    voices = drawn()
    open_ones = list(Ticket.objects.open().select_related("key").order_by("-pk")[: 40 * TRIED : 40])
    hot = Matter(f"{voices[0].title}\n{voices[0].detail}", now())
    beside = partial(near_matter, among=Ticket.objects.joinable(), most=3, least=0.5)  # as the resident's form asks
    taker = Account.objects.get(username="rx.call_taker")
    pairs = [(_rate(lambda n: _journey(voices[n % len(voices)], taker)), _rate(_bare)) for _ in range(ROUNDS)]
    classify, model = _classification(voices)
    gc.collect()
    gc.freeze()  # as a web process does
    found = {
        "journey": median(ours / bare for ours, bare in pairs),
        "ours": median(ours for ours, _bare in pairs),
        "bare": median(bare for _ours, bare in pairs),
        "classify": classify,
        "model": model,
        "near": [_took(near, ticket) for ticket in open_ones],
        "hot": [_took(beside, hot) for _ in range(TRIED)],
        "hot_found": Ticket.objects.near(list(_bands(hot))).count(),
    }
    print(json.dumps(found))


def _journey(voice: Any, taker: Any) -> None:
    """Take one voice in, propose where it goes, look for others like it."""
    from civic.hotline.services.intake import Caller, Intake, take_in
    from civic.hotline.services.near import near
    from civic.hotline.services.proposing import propose_for

    said = Intake(voice.title, voice.detail, channel="PHONE", place=voice.place)
    ticket = take_in(said, caller=Caller(secrecy="ANONYMOUS"), by=taker, at=now())
    propose_for(ticket)
    near(ticket)


def _bare(number: int) -> None:
    from bench.peers.tables import CASE, ENTRY

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CASE, [f"LA{number}", json.dumps({"title": "梅山路路灯不亮"}, ensure_ascii=False)])
        cursor.execute(ENTRY, [cursor.fetchone()[0], b"mei shan lu"])


def _classification(voices: list[Any]) -> tuple[float | None, str]:
    """Return suggestions a second of a model that has learned from the invented voices; None, and why there is none."""
    from civic.hotline.text.examples import Example
    from civic.hotline.text.suggesting import suggest

    try:
        from civic.hotline.text.training import train
    except ModuleNotFoundError as fault:
        return None, f"the trainer does not load: {fault}"
    examples = [Example(one.title, one.detail, one.category.code[:2], "bench") for one in voices]
    target = settings.VAR / "bench-model.npz"
    train(examples, on=date(2026, 1, 1)).save(target)
    rate = _rate(lambda n: suggest(voices[n % len(voices)].title, voices[n % len(voices)].detail, model=target))
    return rate, f"trained on {len(examples)} invented voices, {len({one.label for one in examples})} classes"


def _bands(matter: Any) -> list[int]:
    from civic.hotline.services.near import bands_of

    return bands_of(matter.words)


def _rate(act: Callable[[int], object]) -> float:
    act(0)
    begin, count = time.perf_counter(), 0
    while (taken := time.perf_counter() - begin) < SECONDS:
        act(count)
        count += 1
    return count / taken


def _took(question: Callable[[Any], object], about: Any) -> float:
    begin = time.perf_counter()
    question(about)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
