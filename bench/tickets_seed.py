"""Fills a scratch database with a city's hotline and its people; `--tickets N` adds N tickets of two years.

The tickets are copies by INSERT … SELECT of a thousand invented voices, with dispatch, answer, call back and clocks,
but without seals, which lists, searches and boards do not read. A ticket's fingerprint is its own, but for families:
three in a hundred tell one of the voices anew, and so does each tenth of the last month: the matter of the day.
"""

import argparse
import json
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, models
from django.utils.timezone import now

VOICES = 1000
DAYS = 730  # over which the tickets came in, evenly
BATCH = 100_000
SLOW_INDEXES = "indexname LIKE 'ticket\\_%' AND indexdef NOT LIKE '%UNIQUE%'"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=0)
    options = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    people = _people()
    if options.tickets:
        _voices()
        _tickets(options.tickets)
    print(json.dumps(people))


def _people() -> dict[str, Any]:
    """Make the city's lists, a ticket of each kind of hand, and who works with them; return how they come in."""
    from bench.seed import session
    from civic.accounts.models import Department
    from tests.factories import accounts, hotline

    accounts.MONDAY = hotline.MONDAY = now() - timedelta(days=2)
    hotline.whole_city()
    first = hotline.closed()
    wang_fang = accounts.resident("王芳")
    return {
        "token": accounts.token(wang_fang, at=now()),
        "taker_token": accounts.token(hotline.lin_xia(), at=now()),
        "resident_session": session(wang_fang),
        "dispatcher_session": session(hotline.gao_fei()),
        "reviewer_session": session(hotline.xu_hui()),
        "handler_session": session(hotline.of_unit()),
        "unit": Department.objects.get(code="cgj").pk,
        "ticket": first.number,
        "hot": _hot(),
    }


def _hot() -> dict[str, str]:
    """Return the words of the matter of the day."""
    voice = drawn()[0]
    return {"title": voice.title, "detail": voice.detail}


def drawn() -> list[Any]:
    from bench.tickets_text import voices
    from civic.hotline.services.sorting import offered_categories

    return voices([one for one in offered_categories() if one.hints], count=VOICES)


def _voices() -> None:
    """Seal the voices into a table from which the tickets are copied: the shape of a real row, word for word."""
    from civic.hotline.models import Duty, Reply, Ticket
    from civic.hotline.rules import grams
    from civic.hotline.services.near import bands_of
    from civic.masking.models import SubjectKey

    units = dict(Duty.objects.filter(area=None).values_list("category", "unit"))
    rows = []
    for number, voice in enumerate(drawn()):
        ticket = Ticket(key=SubjectKey.objects.create_key())
        reply = Reply(ticket=ticket)
        for name in ("title", "detail", "place", "name"):
            ticket.set_personal(name, getattr(voice, name))
        reply.set_personal("words", voice.reply)
        rows.append((
            number, ticket.key_id, ticket.title_sealed, ticket.detail_sealed, ticket.place_sealed, ticket.name_sealed,
            reply.words_sealed, bands_of(f"{voice.title}\n{voice.detail}"),
            grams(f"{voice.title}\n{voice.detail}\n{voice.reply}"),
            voice.title, voice.detail, voice.reply, voice.category.pk, units.get(voice.category.pk),
        ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_voice (id int PRIMARY KEY, key uuid UNIQUE, title bytea, detail bytea, place bytea,"
            " name bytea, reply bytea, bands bigint[], grams varchar(2)[], public_title text, public_detail text,"
            " public_reply text, category bigint, unit bigint)"
        )
        cursor.executemany(f"INSERT INTO bench_voice VALUES ({', '.join(['%s'] * 14)})", rows)


def draw(kind: int) -> str:
    """Return SQL of a number in [0, 1) that is the same for the same ticket `n`; another for each kind of draw."""
    return f"((hashint8extended(n, {kind}) & 2147483647) / 2147483648.0)"


def _facts(count: int) -> str:
    """Return SQL of what is drawn for tickets `n` = 1 … count: whose words, when, in which state."""
    hot = f"(age < 30 AND {draw(1)} < 0.1)"
    return f"""
        SELECT n, received_at, age, {hot} OR {draw(2)} < 0.03 AS in_family,
               CASE WHEN {hot} THEN 0 ELSE floor({VOICES} * power({draw(3)}, 2))::int END AS voice,
               CASE WHEN {draw(4)} < (CASE WHEN age < 15 THEN 0.6 ELSE 0.01 END)
                    THEN (ARRAY['RECEIVED','DISPATCHED','DISPATCHED','HANDLING','HANDLING','HANDLING','HANDLING',
                                'WAITING','REPLIED','REVISIT','OBJECTED'])[1 + floor(11 * {draw(5)})::int]
                    WHEN {draw(5)} < 0.02 THEN 'REFUSED' WHEN {draw(5)} < 0.03 THEN 'WITHDRAWN' ELSE 'CLOSED' END
                    AS state
        FROM (SELECT n, now() - age * interval '1 day' AS received_at, age
              FROM (SELECT n, {DAYS}::float * ({count} - n) / {count} AS age FROM generate_series(%s::bigint, %s) AS n)
                   AS aged) AS dated"""


def _ticket_columns(base: int) -> dict[str, str]:
    """Return SQL of the columns of a ticket, out of f (facts), v (voice) and the numbers of areas."""
    ended, sent = "f.state IN ('CLOSED', 'REFUSED', 'WITHDRAWN')", "f.state NOT IN ('RECEIVED', 'REFUSED', 'WITHDRAWN')"
    answered = "f.state IN ('REPLIED', 'REVISIT', 'CLOSED')"
    public = f"(f.state = 'CLOSED' AND {draw(6)} < 0.4)"
    after = "f.received_at + interval '1 hour' * (1 + {} * {})".format
    own_bands = ", ".join(f"hashint8extended(n, {100 + place})" for place in range(20))
    return {
        "id": f"{base} + n", "number": "'LB' || to_char(f.received_at, 'YYYYMMDD') || to_char(n, 'FM000000000')",
        "handle": "gen_random_uuid()", "state": "f.state", "key_id": "v.key", "origin": "NULL",
        "title_sealed": "v.title", "detail_sealed": "v.detail", "place_sealed": "v.place",
        "name_sealed": "v.name", "phone_sealed": "NULL",
        "caller_id": "NULL", "phone_index": f"'p' || floor(300000 * {draw(7)})::int",
        "channel": f"(ARRAY['PHONE','PHONE','PHONE','PHONE','WEB','WECHAT','MAILBOX'])[1 + floor(7 * {draw(8)})::int]",
        "kind": f"(ARRAY['HELP','HELP','COMPLAINT','COMPLAINT','CONSULT','REPORT'])[1 + floor(6 * {draw(9)})::int]",
        "urgency": f"CASE WHEN {draw(10)} < 0.03 THEN 'URGENT' ELSE 'NORMAL' END",
        "category_id": "CASE WHEN f.state = 'RECEIVED' THEN NULL ELSE v.category END",
        "area_id": f"areas.ids[1 + floor(cardinality(areas.ids) * {draw(11)})::int]",
        "unit_id": f"CASE WHEN {sent} THEN coalesce(v.unit, b.unit_id) END",
        "longitude": f"116.4 + 0.2 * {draw(12)}", "latitude": f"31.7 + 0.1 * {draw(13)}",
        "bands": f"CASE WHEN f.in_family THEN v.bands ELSE ARRAY[{own_bands}] END",
        "wants_public": public,
        "public_title": f"CASE WHEN {public} THEN v.public_title ELSE '' END",
        "public_detail": f"CASE WHEN {public} THEN v.public_detail ELSE '' END",
        "public_reply": f"CASE WHEN {public} THEN v.public_reply ELSE '' END",
        "public_grams": f"CASE WHEN {public} THEN v.grams ELSE '{{}}' END",
        "published_at": f"CASE WHEN {public} THEN {after(150, draw(14))} + interval '3 days' END",
        "received_at": "f.received_at",
        "dispatched_at": f"CASE WHEN {sent} THEN {after(3, draw(15))} END",
        "contacted_at": f"CASE WHEN {answered} THEN {after(30, draw(16))} END",
        "replied_at": f"CASE WHEN {answered} THEN {after(150, draw(14))} END",
        "ended_at": f"CASE WHEN {ended} THEN {after(150, draw(14))} + interval '1 day' END",
        "act_by": f"CASE WHEN NOT {ended} THEN {after(170, draw(17))} END",
        "due_at": f"CASE WHEN {sent} THEN f.received_at + interval '5 days' END",
        "outcome": f"CASE WHEN f.state = 'CLOSED' THEN CASE WHEN {draw(18)} < 0.8 THEN 'SOLVED' ELSE 'EXPLAINED' END"
        " ELSE '' END",
    }  # fmt: skip


def _tickets(count: int) -> None:
    from civic.hotline.models import Ticket

    first = Ticket.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'hotline_ticket' AND {SLOW_INDEXES}"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        source = (
            f"FROM ({_facts(count)}) AS f JOIN bench_voice AS v ON v.id = f.voice"
            " CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM areas_area WHERE level = 'COUNTY') AS areas"
            " JOIN hotline_ticket AS b ON b.id = %s"
        )
        for begin in range(1, count + 1, BATCH):
            span = [begin, min(begin + BATCH - 1, count)]
            _copy(cursor, Ticket, _ticket_columns(first.pk), source, [*span, first.pk])
        _parts(cursor, first.pk)
        cursor.execute("SET maintenance_work_mem = '2GB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        _end(cursor)


def _parts(cursor: Any, first: int) -> None:
    """Give each ticket its dispatch, its answer, the call back and its clocks, after those of the first one."""
    from civic.deadlines.models import Clock
    from civic.hotline.models import Dispatch, Reply, Revisit

    n = "t.id AS n"
    with_ticket = f"FROM (SELECT *, {n} FROM hotline_ticket AS t WHERE id > %s AND {{}}) AS t JOIN {{}} AS b ON b.{{}}"
    at_unit = "CASE WHEN t.state IN ('DISPATCHED', 'HANDLING', 'WAITING') THEN NULL ELSE coalesce(t.replied_at, t.dispatched_at) END"  # noqa: E501
    values = [first, first]
    _copy(
        cursor, Dispatch,
        {"id": "DEFAULT", "ticket_id": "t.id", "unit_id": "t.unit_id", "at": "t.dispatched_at", "ended_at": at_unit,
         "acknowledged_at": "t.contacted_at",
         "difficulty": "coalesce((SELECT difficulty FROM hotline_category WHERE id = t.category_id), 1)"},
        with_ticket.format("unit_id IS NOT NULL", "hotline_dispatch", "ticket_id = %s"), values,
    )  # fmt: skip
    _copy(
        cursor, Reply,
        {"id": "DEFAULT", "ticket_id": "t.id", "unit_id": "t.unit_id", "at": "t.replied_at",
         "checked_at": "t.replied_at", "words_sealed": "(SELECT reply FROM bench_voice WHERE key = t.key_id)"},
        with_ticket.format("replied_at IS NOT NULL", "hotline_reply", "ticket_id = %s"), values,
    )  # fmt: skip
    _copy(
        cursor, Revisit,
        {"id": "DEFAULT", "ticket_id": "t.id", "at": "t.ended_at", "solved": f"{draw(20)} < 0.85",
         "contacted": f"{draw(21)} < 0.95", "stars": f"1 + floor(5 * power({draw(22)}, 0.3))::int"},
        with_ticket.format("state = 'CLOSED'", "hotline_revisit", "ticket_id = %s"), values,
    )  # fmt: skip
    _clocks(cursor, Clock, with_ticket, first)


def _clocks(cursor: Any, clock: type[models.Model], with_ticket: str, first: int) -> None:
    """Give each ticket that was sent its time to answer, and each open one the clock whose turn it is."""
    subject = f"subject = 'hotline.ticket:{first}' AND b.kind = %s"
    running = "t.state IN ('DISPATCHED', 'HANDLING', 'WAITING')"
    turns = {
        "ticket.resolve": ("dispatched_at IS NOT NULL", "t.dispatched_at", "t.due_at", running),
        "ticket.dispatch": ("state IN ('RECEIVED', 'OBJECTED')", "t.received_at", "t.act_by", "true"),
        "ticket.check": ("state = 'REPLIED'", "t.replied_at", "t.act_by", "true"),
        "ticket.revisit": ("state = 'REVISIT'", "t.replied_at", "t.act_by", "true"),
    }
    for kind, (which, start, due, runs) in turns.items():
        own = {
            "id": "DEFAULT", "subject": "'hotline.ticket:' || t.id", "started_at": start, "runs_from": start,
            "due_at": due, "warn_at": due, "next_rung_at": f"CASE WHEN {runs} THEN {due} + interval '10 years' END",
            "state": f"CASE WHEN {runs} THEN 'RUNNING' ELSE 'STOPPED' END",
            "stopped_at": f"CASE WHEN NOT ({runs}) THEN coalesce(t.replied_at, t.ended_at, t.dispatched_at) END",
        }  # fmt: skip
        _copy(cursor, clock, own, with_ticket.format(which, "deadlines_clock", subject), [first, kind])


def _copy(cursor: Any, model: type[models.Model], own: dict[str, str], rest: str, values: list[Any]) -> None:
    """Insert rows that are like the first one (b) but for what is their own."""
    columns = [field.column for field in model._meta.concrete_fields if own.get(field.column) != "DEFAULT"]
    wanted = ", ".join(own.get(name, f"b.{name}") for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {wanted} {rest}", values)


def _end(cursor: Any) -> None:
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('hotline_ticket', 'id'), (SELECT max(id) FROM hotline_ticket))"
    )
    cursor.execute("DROP TABLE bench_voice")
    cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
