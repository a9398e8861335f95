"""What a board is about: a period, perhaps one unit, one class, one area; read from an address, written to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category, Ticket
from civic.hotline.querysets import TicketQuerySet
from civic.hotline.states import Channel
from civic.insight import rules
from civic.insight.services.counting import day_starts

PRESETS = (7, 30, 90, 365)  # days up to today
USUAL = 30
MOST_DAYS = 1100
WITHOUT, EXACTLY = "-", "="
PUBLIC, OFFICE = "/hotline/board/", "/office/board/"
REGISTER, TICKETS = "/hotline/register/", "/office/board/tickets/"


@dataclass(frozen=True)
class Place:
    """A class or an area as it is asked for: its code, its name, and the rows that it takes in (none: without one)."""

    code: str
    label: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Scope:
    """What is counted: the days [since, until), and what narrows it. `is_public`: only what anybody may be told."""

    since: date
    until: date
    is_public: bool
    unit: Department | None = None
    area: Place | None = None
    category: Place | None = None
    channel: str = ""
    bound_unit: bool = False
    """Whether the reader may see this unit's figures only."""

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.until - timedelta(days=1)

    @property
    def asked(self) -> dict[str, str]:
        """The scope as the parameters of an address."""
        found = {"since": self.since.isoformat(), "until": self.last.isoformat(), "channel": self.channel}
        found["unit"] = self.unit.code if self.unit is not None and not self.bound_unit else ""
        found["area"] = self.area.code if self.area else ""
        found["category"] = self.category.code if self.category else ""
        return {name: value for name, value in found.items() if value}

    def board(self, **more: str) -> str:
        """Return the address of the board with this scope, changed by `more`."""
        return _address(PUBLIC if self.is_public else OFFICE, self.asked | more)

    def tickets(self, **more: str) -> str:
        """Return the address of the tickets behind a number."""
        return _address(REGISTER if self.is_public else TICKETS, self.asked | more)

    def download(self, key: str) -> str:
        """Return the address of a figure as a file."""
        base = PUBLIC if self.is_public else OFFICE
        return _address(f"{base}figures/{key}.csv", self.asked)

    def of(self, found: TicketQuerySet) -> TicketQuerySet:
        """Return the tickets of this scope."""
        within = self.narrow(found).received(since=day_starts(self.since), until=day_starts(self.until))
        within = within.within(channel=self.channel)
        return within.told_openly() if self.is_public else within

    def called(self, found: TicketQuerySet) -> TicketQuerySet:
        """Return the tickets whose callers were called back in this scope."""
        return self.narrow(found).called_back(since=day_starts(self.since), until=day_starts(self.until))

    def narrow(self, found: TicketQuerySet) -> TicketQuerySet:
        """Return the tickets of this scope's unit, class and area, whenever they came in."""
        return found.within(
            unit=self.unit.pk if self.unit else None,
            classes=self.category.ids if self.category else None,
            areas=self.area.ids if self.area else None,
        )

    def all_of(self) -> TicketQuerySet:
        """Return every ticket of this scope."""
        return self.of(Ticket.objects.all())

    def cut(self, table: rules.Table) -> rules.Table:
        """Return the rows of this scope, of a table that has the period's days."""
        own = {"channel": [rules.CHANNELS.index(self.channel)]} if self.channel else {}
        return rules.only(table, {**self._wanted(), **own, **({"told": [1]} if self.is_public else {})})

    def cut_calls(self, table: rules.Table) -> rules.Table:
        """Return the calls back of this scope's unit, class and area: those of every channel, for everybody."""
        return rules.only(table, self._wanted())

    def _wanted(self) -> dict[str, Sequence[int]]:
        found: dict[str, Sequence[int]] = {}
        if self.unit is not None:
            found["unit"] = [self.unit.pk]
        if self.category is not None:
            found["category"] = self.category.ids or (rules.NONE,)
        if self.area is not None:
            found["area"] = self.area.ids or (rules.NONE,)
        return found


def read_scope(
    asked: Mapping[str, Any], *, today: date, is_public: bool, unit: Department | None = None
) -> tuple[Scope, str]:
    """Return the scope that an address asks for, and what is wrong with it; `unit`: the only one of the reader.

    What is no choice is left out; a period that is none becomes the usual one, and that is said.
    """
    since, until, wrong = _period(asked, today)
    chosen = unit or Department.objects.filter(code=_text(asked, "unit")).first()
    scope = Scope(since, until, is_public, chosen, bound_unit=unit is not None)
    channel = _text(asked, "channel")
    return replace(
        scope,
        area=_area(_text(asked, "area")),
        category=_category(_text(asked, "category")),
        channel=channel if channel in Channel.values else "",
    ), wrong


def _text(asked: Mapping[str, Any], name: str) -> str:
    return str(asked.get(name, ""))[:40].strip()


def _period(asked: Mapping[str, Any], today: date) -> tuple[date, date, str]:
    first, last = _text(asked, "since"), _text(asked, "until")
    if not first and not last:
        days = _text(asked, "days")
        chosen = next((n for n in PRESETS if str(n) == days), USUAL)
        return today - timedelta(days=chosen - 1), today + timedelta(days=1), ""
    usual = (today - timedelta(days=USUAL - 1), today + timedelta(days=1))
    try:
        since = date.fromisoformat(first) if first else usual[0]
        until = (date.fromisoformat(last) if last else today) + timedelta(days=1)
    except (ValueError, OverflowError):
        return *usual, _("日期没有看懂，请写成2026-03-02这样。下面是近30天的数字。")
    if since >= until:
        return *usual, _("结束日期早于开始日期，请改过来。下面是近30天的数字。")
    if (until - since).days > MOST_DAYS:
        return *usual, _("一次最多看三年，请把开始日期改近一些。下面是近30天的数字。")
    return since, until, ""


def _category(code: str) -> Place | None:
    if code == WITHOUT:
        return Place(code, _("还没有分类"), ())
    found = Category.objects.filter(code=code.removeprefix(EXACTLY)).first() if code else None
    if found is None:
        return None
    same = {"code": found.code} if code.startswith(EXACTLY) else {"code__startswith": found.code}
    return Place(code, found.label, tuple(Category.objects.filter(**same).values_list("pk", flat=True)))


def _area(code: str) -> Place | None:
    if code == WITHOUT:
        return Place(code, _("没有写地点"), ())
    plain = code.removeprefix(EXACTLY)
    found = Area.objects.by_code(code=plain) if plain.isascii() and plain.isdecimal() else None
    if found is None:
        return None
    below = Area.objects.filter(pk=found.pk) if code.startswith(EXACTLY) else Area.objects.under(code=found.code)
    return Place(code, found.label, tuple(below.values_list("pk", flat=True)))


def _address(base: str, asked: Mapping[str, str]) -> str:
    return f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"
