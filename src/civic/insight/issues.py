"""What most people speak of: tickets about the same matter count as one, and people count once."""

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from civic.hotline import policies
from civic.hotline.models import Ticket, Voice
from civic.insight import rules
from civic.insight.figures import Figure, Line, cell_words, told
from civic.insight.scope import Scope
from civic.ratings.rules import SMALLEST_CELL

if TYPE_CHECKING:
    from civic.accounts.models import Account

SHOWN, LOOKED_AT = 10, 60


def issues(table: rules.Table, scope: Scope, reader: "Account | None" = None) -> Figure:
    """Return the matters of which most people speak, the most first."""
    people = _people(_candidates(table), scope)
    ranked = sorted(people, key=lambda root: (-len(people[root][0]), root))
    least = SMALLEST_CELL if scope.is_public else 2
    shown = [root for root in ranked if len(people[root][0]) >= least][:SHOWN]
    found = Ticket.objects.filter(pk__in=shown).for_list()
    if reader is not None:
        found = found.visible_to(reader)
    tickets = {one.pk: one for one in (found.told_openly() if scope.is_public else found)}
    lines = tuple(
        Line(
            _title(tickets[root], scope, reader), told(len(people[root][0]), scope),
            cell_words(told(len(people[root][0]), scope)),
            _address(tickets[root], scope), "", (cell_words(told(people[root][1], scope)),),
        )
        for root in shown
        if root in tickets
    )  # fmt: skip
    return Figure(
        "issues", _("反映最多的事"),
        _("反映同一件事的诉求并成一件，只算一次；按人数排：提交诉求的人和说「我也遇到」的人，同一个人只算一次，没有留下身份的每件算一人。"),
        told(rules.size_of(table), scope), (_("事情"), _("人数"), _("诉求件数")), lines, measure=_("人"),
        note=_("满%(n)s人的才列出。") % {"n": least},
    )  # fmt: skip


def _candidates(table: rules.Table) -> list[int]:
    """Return the matters that may have most people: at most as many as tickets and voices together."""
    roots, counts, voices = rules.sums_by(table["root"], table["voices"])
    most = counts + voices
    several = np.flatnonzero(most > 1)
    best = several[np.argsort(-most[several], kind="stable")][:LOOKED_AT]
    return [int(root) for root in roots[best]]


def _people(roots: list[int], scope: Scope) -> dict[int, tuple[set[str], int]]:
    """Return of each matter who speaks of it, and in how many tickets of this scope."""
    rows = list(scope.all_of().about(roots).values_list("pk", "parent", "caller", "phone_index"))
    accounts: dict[str | None, int] = {phone: caller for _pk, _parent, caller, phone in rows if phone and caller}
    said: dict[int, set[str]] = defaultdict(set)
    counts: dict[int, int] = defaultdict(int)
    root_of = {pk: parent or pk for pk, parent, _caller, _phone in rows}
    for pk, _parent, caller, phone in rows:
        who = caller or accounts.get(phone)
        said[root_of[pk]].add(f"account {who}" if who else f"phone {phone}" if phone else f"ticket {pk}")
        counts[root_of[pk]] += 1
    for pk, account in Voice.objects.filter(ticket__in=list(root_of)).values_list("ticket", "account"):
        said[root_of[pk]].add(f"account {account}")
    return {root: (said[root], counts[root]) for root in counts}


def _title(ticket: Ticket, scope: Scope, reader: "Account | None") -> str:
    """Return what a matter is called: to the public in published words, else by its class and area."""
    if not scope.is_public and reader is not None:
        return str(ticket.masked("title", "staff" if policies.reads_in_clear(reader, ticket) else "strict"))
    if ticket.published_at is not None:
        return str(ticket.public_title)
    named = [one.label for one in (ticket.category, ticket.area) if one is not None]
    return _("（标题没有公开）%(about)s") % {"about": " · ".join(named)}


def _address(ticket: Ticket, scope: Scope) -> str:
    if not scope.is_public:
        return scope.tickets(issue=ticket.number)
    return f"/hotline/register/{ticket.handle}/" if ticket.published_at is not None else ""
