"""Past tickets come in once, with their real times; clocks, overdue states and cards come out right."""

import csv
from collections import Counter
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from civic.audit.models import Entry
from civic.audit.services.sequence import sequence
from civic.audit.services.verify import verify_ledger
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock
from civic.hotline.management.commands import import_tickets
from civic.hotline.models import Ticket
from civic.supervision.models import Card
from tests.factories import hotline
from tests.shared import DATA, needs_data

pytestmark = pytest.mark.django_db
MAPPINGS = Path(__file__).parent / "mappings"
SICHUAN = DATA / "wenzheng_sichuan" / "complaints.csv"
VECTORS = DATA / "wenzheng_sichuan" / "sla_vectors.csv"
SHAPE = "%Y-%m-%d %H:%M:%S"
TIMES = "2025-02-20 09:00:00,2025-02-20 10:00:00,2025-02-27 23:59:59"  # received, sent to the unit, due
ROWS = [
    "id,title,content,created_at,assign_at,deadline,handle_at,done_at,reply_at,sort_id,source,assign_org_id",
    f"1,路灯不亮,梅山路路灯不亮。,{TIMES},,2025-02-27 23:59:59,,4774,PC,9",
    f"2,路灯又不亮,皖西路路灯不亮。,{TIMES},,2025-02-28 00:00:01,,4774,PC,9",
    f"3,还没有办,皖西路积水。,{TIMES},,,,4777,WAP,9",
    "4,没有时间,皖西路积水。,gestern,,,,,,4777,WAP,9",
]


def time(text: str) -> datetime:
    return datetime.strptime(text, SHAPE).replace(tzinfo=CITY)


def run(path: Path, mapping: str) -> str:
    out = StringIO()
    call_command("import_tickets", path, mapping=MAPPINGS / f"{mapping}.yaml", stdout=out, stderr=StringIO())
    return out.getvalue().strip()


@pytest.fixture
def city():
    hotline.whole_city()
    hotline.department("fgw", "六安市发展和改革委员会")


@pytest.fixture
def four(tmp_path, city) -> Path:
    path = tmp_path / "past.csv"
    path.write_text("\n".join(ROWS), encoding="utf-8")
    return path


def test_the_last_second_is_in_time_the_next_carries_a_yellow_card_and_what_is_open_runs_on(four):
    assert run(four, "sichuan") == "rows 4 = new 3 + known 0 + refused 1"

    one, two, three = Ticket.objects.order_by("origin")
    assert [ticket.state for ticket in (one, two, three)] == ["CLOSED", "CLOSED", "HANDLING"]
    assert list(Card.objects.values_list("subject", "colour")) == [(two.ledger_id(), "YELLOW")]
    assert three.due_at == time("2025-02-27 23:59:59")
    assert two.received_at == time("2025-02-20 09:00:00")


def test_a_second_time_changes_nothing(four):
    run(four, "sichuan")
    before = list(Ticket.objects.order_by("pk").values())

    assert run(four, "sichuan") == "rows 4 = new 0 + known 3 + refused 1"
    assert list(Ticket.objects.order_by("pk").values()) == before
    assert Card.objects.count() == 1


def test_who_watches_is_told_how_far_it_is_also_where_a_row_is_refused(four, monkeypatch):
    monkeypatch.setattr(import_tickets, "EVERY", 0.0)
    told = StringIO()

    call_command("import_tickets", four, mapping=MAPPINGS / "sichuan.yaml", stdout=StringIO(), stderr=told)

    lines = told.getvalue().splitlines()
    assert lines[:3] == ["1 rows, 1 new", "2 rows, 2 new", "3 rows, 3 new"]
    assert lines[3].startswith("line 5 refused: ")
    assert lines[4:] == ["4 rows, 3 new"]


def test_what_was_taken_in_is_what_the_ledger_says(four):
    run(four, "sichuan")
    sequence(at=Entry.objects.latest("id").recorded_at)
    report = verify_ledger(at=Entry.objects.latest("id").recorded_at, progress=lambda *_: None)
    assert report.findings == []


def test_a_file_without_the_columns_says_which_and_takes_nothing_in(tmp_path, city):
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="has no column assign_at"):
        run(path, "sichuan")
    assert not Ticket.objects.exists()


def test_ten_megabytes_of_garbage_are_refused(tmp_path, city):
    path = tmp_path / "garbage.csv"
    path.write_bytes(bytes(range(256)) * 40_000)
    with pytest.raises(CommandError, match="CSV in UTF-8"):
        run(path, "sichuan")
    assert not Ticket.objects.exists()


@needs_data
@pytest.mark.real_data
def test_of_the_real_tickets_with_both_times_exactly_those_ended_after_their_deadline_carry_a_card(city):
    with SICHUAN.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    both = [row for row in rows if row["deadline"] and row["done_at"]]
    late = {row["id"] for row in both if row["done_at"] > row["deadline"]}

    assert run(SICHUAN, "sichuan") == "rows 461 = new 461 + known 0 + refused 0"

    with VECTORS.open(encoding="utf-8", newline="") as file:
        vectors = {f"wenzheng-sichuan:{row['id']}": time(row["deadline"]) for row in csv.DictReader(file)}
    due = {ticket.origin: ticket.due_at for ticket in Ticket.objects.filter(origin__in=vectors)}
    assert (len(vectors), due) == (225, vectors)
    origins = [f"wenzheng-sichuan:{row['id']}" for row in both]
    subjects = {ticket.ledger_id(): ticket.origin for ticket in Ticket.objects.filter(origin__in=origins)}
    carded = {subjects[card.subject].partition(":")[2] for card in Card.objects.of(*subjects)}
    assert (len(both), carded) == (199, late)
    assert Clock.objects.filter(kind="ticket.resolve", state="RUNNING").count() > 0


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "mapping", "rows"),
    [
        ("labelled_full_train", "labelled", 2038),
        ("likes_2019H1", "messages", 2094),
        ("replies_train", "replies", 1946),
    ],
)
def test_every_message_comes_in_with_its_real_time(file, mapping, rows, city):
    path = DATA / "messages" / f"{file}.csv"
    with path.open(encoding="utf-8-sig", newline="") as opened:
        times = sorted(time(row["time"]) for row in csv.DictReader(opened))

    assert run(path, mapping) == f"rows {rows} = new {rows} + known 0 + refused 0"
    assert list(Ticket.objects.order_by("received_at").values_list("received_at", flat=True)) == times


@needs_data
@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "mapping", "text", "known"),
    [("labelled_more_train", "texts", "detail", 0), ("labelled_titles_train", "titles", "title", 236)],
)
def test_messages_without_time_or_number_come_in_once_a_text_on_the_day_that_the_mapping_says(
    file, mapping, text, known, city
):
    path = DATA / "messages" / f"{file}.csv"
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    codes = {"城乡建设": "01", "环境保护": "08", "交通运输": "03", "教育文体": "05", "劳动和社会保障": "04",
             "商贸旅游": "07", "卫生计生": "06"}  # fmt: skip
    first = {row[text].strip(): codes[row["label"]] for row in reversed(rows)}

    assert run(path, mapping) == f"rows {len(rows)} = new {len(first)} + known {known} + refused 0"

    taken = Ticket.objects.values_list("category__code", flat=True)
    assert Counter(taken) == Counter(first.values())
    assert set(Ticket.objects.values_list("received_at", "facts__undated")) == {(time("2019-01-01 00:00:00"), "1")}
    assert not Clock.objects.filter(state="RUNNING").exists()
    assert run(path, mapping) == f"rows {len(rows)} = new 0 + known {len(rows)} + refused 0"
