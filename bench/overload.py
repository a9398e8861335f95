"""Four times as many people as can be served, most of them to read: what is served, who is sent away, how it ends.

One web process serves, the crowd and the database share the machine with it: the crowd's own work is not taken off.
Peak and crowd have the same mix: of a hundred requests so many hand a ticket in through the API. A submission counts
as successful only if its first try is answered with 201: nobody tries again.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from statistics import median
from urllib.parse import quote

from bench.crowd import Came, Plan, Sent, of_kind, p95, peak, rush, share
from bench.databases import django, scratch
from bench.figures import Figure
from bench.load import request
from bench.servers import civic
from bench.stage import Stage

TICKETS = 2000
EVERY = 40  # one request in so many is a submission
TIMES, SECONDS, CALM, IN_A_ROW = 4, 30, 10, 3
PEOPLE = 8
PAGES = ("/hotline/register/", f"/hotline/register/?q={quote('物业')}", "/mailbox/", "/hotline/register/?category=01")


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield goodput, submissions, who was sent away, and the recovery."""
    with scratch("civic_bench_overload") as database:
        people = django(database, "bench.tickets_seed", "--tickets", str(TICKETS))
        with civic(database, workers=1) as server:
            yield from measure(server.port, plan_of(people["taker_token"]), seconds=SECONDS)


def measure(port: int, plan: Plan, *, seconds: float) -> Iterator[Figure | str]:
    """Yield the figures of one server."""
    peak(port, plan, seconds=3, people=PEOPLE)  # warm
    best = max(peak(port, plan, seconds=5, people=PEOPLE) for _ in range(3))
    usual = rush(port, plan, seconds=5, rate=best / 2)
    came = rush(port, plan, seconds=seconds, rate=TIMES * best)
    after = rush(port, plan, seconds=CALM + IN_A_ROW, rate=best / 2)
    served = sum(one.is_served for one in came) / seconds
    mix = f"one in {EVERY} a submission; {TIMES}x for {seconds:.0f} s, the crowd on the same machine"
    yield Figure("overload: goodput / peak", served / best, 0.8, note=f"{served:.0f}/s against {best:.0f}/s; {mix}")
    sent, read = of_kind(came, "submission"), of_kind(came, "browsing")
    words = f"{len(sent)} sent, p95 {p95([one.took for one in sent]) * 1000:.0f} ms"
    yield Figure("overload: submissions taken in at the first try", share(sent), 0.99, note=words)
    yield f"      sent away: {share(read, served=False):.0%} of readers, {share(sent, served=False):.1%} of submissions"
    away = [one for one in came if one.status == 503]
    told = sum(one.has_retry_after for one in away) / max(1, len(away))
    yield Figure("overload: told when to come again, of those sent away", told, 1.0, note=f"{len(away)} sent away")
    lost = len(came) - len(away) - sum(one.is_served for one in came)
    yield Figure("overload: answered otherwise or not at all", lost, 0, at_most=True)
    usual_p95 = p95([one.took for one in usual])
    note = f"{IN_A_ROW} s in a row: nobody sent away, half served within {usual_p95 * 1000:.0f} ms, the p95 of before"
    yield Figure("overload: seconds until it is as before", recovery(after, usual_p95), CALM,
                 at_most=True, unit=" s", note=note)  # fmt: skip


def recovery(after: Sequence[Came], usual: float) -> float:
    """Return the seconds until IN_A_ROW seconds begin in which all are served, half of them within `usual` seconds.

    Where there are none: all the seconds that were looked at.
    """
    seconds = range(int(max(one.at for one in after)) + 1)
    within = [[one for one in after if second <= one.at < second + 1] for second in seconds]
    good = [bool(came) and share(came) == 1 and median(one.took for one in came) <= usual for came in within]
    starts = range(len(good) - IN_A_ROW + 1)
    return float(next((at for at in starts if all(good[at : at + IN_A_ROW])), len(good)))


def plan_of(token: str) -> Plan:
    """Return the mix: pages of the register for readers, tickets for those who hand in."""
    pages = [request("GET", page) for page in PAGES]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def plan(number: int) -> Sent:
        if number % EVERY:
            return Sent("browsing", pages[number % len(pages)], 200)
        mine = {**headers, "Idempotency-Key": str(uuid.uuid4())}
        return Sent("submission", request("POST", "/api/tickets", headers=mine, body=TICKET), 201)

    return plan


TICKET = json.dumps(
    {
        "title": "梅山路路灯不亮",
        "detail": "梅山路和皖西大道路口的路灯坏了三天，晚上看不清路，老人摔了一跤。",
        "place": "梅山路与皖西大道交口",
        "secrecy": "ANONYMOUS",
    },
    ensure_ascii=False,
).encode()
