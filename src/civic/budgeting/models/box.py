"""Batch, Ballot and Opening: how ballots come into the box together, and how the box is opened.

A pool mix (D. Chaum 1981; L. Cottrell 1994): from at least 2 × LEAST envelopes all but LEAST are taken, drawn by lot,
and written in the order of ids that were drawn by lot. What stays behind is taken another time, at the latest when the
vote is over. So nobody can tell which of the voters before a batch are in it, nor which ballot of it is whose.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import PROTECT, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting.models.casting import CASTING_SPACE, Envelope
from civic.budgeting.models.poll import LEAST_BALLOTS, Poll, VoteRuns
from civic.budgeting.policies import why_not_open_box
from civic.budgeting.rules.marking import Choices
from civic.budgeting.states import Channel, Ending, Source, UrnState
from civic.core.errors import Conflict, require
from civic.participation.models.once import store_once

LEAST = 20  # so many stay behind when others are moved, and at least so many are moved together
MOST = 5000  # envelopes of one batch
MIXING_SPACE = 0x0BA12
LOCK = "SELECT pg_advisory_xact_lock(%s, %s)"
TIMER = "timer"
_lot = secrets.SystemRandom()


class UrnsWait(Conflict):
    """Paper ballots are still being read, or were handed out and none was read."""

    code = "urns-wait"


class OpenedAlready(Conflict):
    """The box was opened before."""

    code = "opened-already"


class BoxDoesNotAddUp(Conflict):
    """More or fewer ballots than used credentials, or more than people on the register: it is looked into first."""

    code = "box-does-not-add-up"


class BatchManager(models.Manager["Batch"]):
    """Moves ballots into the box."""

    def mix(self, poll: Poll, *, at: datetime) -> int:
        """Move envelopes that were drawn by lot into the box while the vote runs; return how many."""
        with transaction.atomic():
            _alone(MIXING_SPACE, poll)
            waiting = list(poll.envelopes.values_list("pk", flat=True))
            if len(waiting) < 2 * LEAST:
                return 0
            drawn = _lot.sample(waiting, min(len(waiting) - LEAST, MOST))
            self._move(poll, drawn, at=at)
        return len(drawn)

    def empty(self, poll: Poll, *, at: datetime) -> None:
        """Move all envelopes that are left, in batches of about the same size; the caller holds the box."""
        _alone(MIXING_SPACE, poll)
        waiting = list(poll.envelopes.values_list("pk", flat=True))
        _lot.shuffle(waiting)
        parts = -(-len(waiting) // MOST)
        for nth in range(parts):
            self._move(poll, waiting[nth::parts], at=at)

    def put(
        self, poll: Poll, ballots: Iterable[tuple[UUID, Choices]], *, source: str, by: object, at: datetime
    ) -> "Batch":
        """Put ballots into the box in the order of their ids, as one entry of the ledger."""
        rows = [Ballot(id=key, projects=list(said.projects), points=list(said.points)) for key, said in ballots]
        rows.sort(key=lambda row: row.id)
        made = Batch(poll=poll, source=source, size=len(rows), moved_at=at)
        with transaction.atomic():
            made.save(force_insert=True)
            for row in rows:
                row.batch = made
            Ballot.objects.bulk_create(rows, batch_size=1000)
            record(at=at, actor=by, step="budgeting.batch.put", subject=made, detail={"of": poll.ledger_id()})
        return made

    def _move(self, poll: Poll, drawn: Sequence[UUID], *, at: datetime) -> None:
        found = Envelope.objects.filter(pk__in=drawn)
        self.put(poll, [one.opened(poll.key) for one in found], source=Source.ENVELOPES, by=TIMER, at=at)
        found.delete()


class Batch(Sealed):
    """Ballots that came into the box together."""

    poll = models.ForeignKey(Poll, PROTECT, related_name="batches")
    source = models.CharField(gettext_lazy("来源"), max_length=10, choices=Source.choices)
    size = models.PositiveIntegerField(gettext_lazy("票数"))
    moved_at = models.DateTimeField(gettext_lazy("入箱时间"))

    objects: ClassVar[BatchManager] = BatchManager()

    class Meta:
        verbose_name = gettext_lazy("入箱批次")
        constraints = [models.CheckConstraint(name="batch_holds_ballots", condition=Q(size__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.size}"


class Ballot(Sealed):
    """One anonymous ballot. Its id lay sealed in the envelope: the same envelope cannot be put in twice."""

    ROOT = "batch"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    batch = models.ForeignKey(Batch, PROTECT, related_name="ballots")
    projects = ArrayField(models.CharField(max_length=80), verbose_name=gettext_lazy("项目"))
    points = ArrayField(models.PositiveIntegerField(), default=list, verbose_name=gettext_lazy("分数"))

    class Meta:
        verbose_name = gettext_lazy("选票")

    class Personal:
        none = True

    def __str__(self) -> str:
        return str(self.pk)


class OpeningManager(models.Manager["Opening"]):
    """Opens boxes."""

    def open_box(self, poll: Poll, *, by: Account | str, at: datetime) -> "Opening":
        """Move what is left into the box, compare the totals, and destroy the key; once, after the end of the vote.

        With fewer than LEAST_BALLOTS ballots the box stays shut: the envelopes are destroyed unopened.
        `by`: the unit's leader; "timer" where no paper was handed out.
        Raises: NotAllowed, VoteRuns, OpenedAlready, UrnsWait, BoxDoesNotAddUp, Unsealable.
        """
        if isinstance(by, Account):
            require(why_not_open_box(by, poll))
        if at < poll.closes_at:
            raise VoteRuns(_("投票还没有截止，不能开箱。"))
        with transaction.atomic():
            hold_box(poll)
            if self.filter(poll=poll).exists():
                raise OpenedAlready(_("票箱已经开过。"))
            made = self._counted(poll, at)
            self._settle(made, at)
            store_once(made, OpenedAlready(_("票箱已经开过。")))
            poll.key.shred(by=by, at=at)
            record(at=at, actor=by, step="budgeting.opening.open_box", subject=made, detail={"of": poll.ledger_id()})
        return made

    def _counted(self, poll: Poll, at: datetime) -> "Opening":
        """Return the totals. Raises: UrnsWait, BoxDoesNotAddUp."""
        handed_out = poll.marks.filter(channel=Channel.PAPER).count()
        urns = list(poll.urns.all())
        if any(urn.state == UrnState.READING for urn in urns):
            raise UrnsWait(_("还有纸质票箱没有录入完毕。请先完成录入，再开箱。"))
        read = poll.batches.filter(source=Source.URN).aggregate(total=Sum("size"))["total"] or 0
        spoiled = sum(urn.spoiled or 0 for urn in urns)
        used = poll.stubs.count()
        online = poll.turnout() - read
        credentials = poll.marks.exclude(channel=Channel.PAPER).count()
        if online != used or used > credentials or read + spoiled > handed_out:
            raise BoxDoesNotAddUp(
                _("票数对不上：网上选票%(online)s张、用过的凭证%(used)s个、发出的凭证%(credentials)s个；"
                  "纸质选票%(paper)s张、登记%(handed)s人。请先查明原因，票箱没有开。")
                % {"online": online, "used": used, "credentials": credentials, "paper": read + spoiled,
                   "handed": handed_out}
            )  # fmt: skip
        ending = Ending.OPENED if online + read >= LEAST_BALLOTS else Ending.TOO_FEW
        return Opening(poll=poll, ending=ending, marks=credentials + handed_out, online=online, paper=read,
                       spoiled=spoiled, opened_at=at)  # fmt: skip

    def _settle(self, made: "Opening", at: datetime) -> None:
        """Move the last envelopes, or destroy them where they are too few."""
        if made.ending == Ending.TOO_FEW:
            made.poll.envelopes.all().delete()
        else:
            Batch.objects.empty(made.poll, at=at)
            made.root = made.poll.root()


class Opening(Sealed):
    """The end of a vote: how many were on the register, how many ballots are in the box, and the root over them."""

    poll = models.OneToOneField(Poll, PROTECT, related_name="opening")
    ending = models.CharField(gettext_lazy("结果"), max_length=8, choices=Ending.choices)
    marks = models.PositiveIntegerField(gettext_lazy("登记人数"))
    online = models.PositiveIntegerField(gettext_lazy("网上票数"))
    paper = models.PositiveIntegerField(gettext_lazy("纸质票数"))
    spoiled = models.PositiveIntegerField(gettext_lazy("纸质无效票数"))
    root = models.CharField(gettext_lazy("选票的默克尔根"), max_length=64, blank=True)
    opened_at = models.DateTimeField(gettext_lazy("开箱时间"))

    objects: ClassVar[OpeningManager] = OpeningManager()

    class Meta:
        verbose_name = gettext_lazy("开箱")
        constraints = [
            models.CheckConstraint(
                name="opening_no_more_ballots_than_marks",
                condition=Q(marks__gte=F("online") + F("paper") + F("spoiled")),
            ),
            models.CheckConstraint(
                name="opening_with_root_when_opened",
                condition=Q(ending=Ending.TOO_FEW, root="") | (Q(ending=Ending.OPENED) & ~Q(root="")),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.ending}"


def hold_box(poll: Poll) -> None:
    """Hold the box of a vote until the transaction ends: no ballot is cast, no urn taken in meanwhile."""
    _alone(CASTING_SPACE, poll)


def _alone(space: int, poll: Poll) -> None:
    """Wait until nobody else is at this poll's work of that kind, then hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [space, poll.pk])
