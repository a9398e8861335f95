"""Pad, Urn, Reading: paper ballots that bear a code and no name, and what two people read on each of them.

Whoever is on the register takes a form from the pile: nobody writes down which. The code keeps copies out of the count.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting.models.box import Batch, hold_box
from civic.budgeting.models.casting import checked
from civic.budgeting.models.poll import Poll, VoteRuns
from civic.budgeting.policies import why_not_count_paper
from civic.budgeting.querysets import UrnQuerySet
from civic.budgeting.rules.marking import Choices
from civic.budgeting.rules.readings import Look, is_disputed, settled
from civic.budgeting.states import URN_STEPS, Channel, Source, UrnState
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.ids import check_character, has_valid_check, normalise_number
from civic.core.said import said
from civic.documents.models import Document
from civic.participation.models.once import store_once
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
MOST_FORMS, MOST_PAPERS = 500, 2000
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another
CODE_LETTERS = 8


class NoSuchForm(Invalid):
    """No form of this vote bears this code."""

    code = "no-such-form"


class ReadAlready(Conflict):
    """This paper has been read: by this person, in another urn, or by two who agree."""

    code = "read-already"


class UrnDoesNotAddUp(Conflict):
    """The urn's papers are not all read and settled, its scan is missing, or more were read than handed out."""

    code = "urn-does-not-add-up"


class UrnAlready(Conflict):
    """An urn of this vote has this number."""

    code = "urn-already"


class PadManager(models.Manager["Pad"]):
    """Prints forms."""

    def print_forms(self, poll: Poll, *, size: int, by: Account, at: datetime) -> "Pad":
        """Make `size` forms for a vote that is not over, each with a code drawn by lot. Raises: Invalid, NotAllowed."""
        require(why_not_count_paper(by, poll))
        if not 0 < size <= MOST_FORMS or at >= poll.closes_at:
            wrong = _("一次可以印1至%(n)s张，投票截止前都可以加印。") % {"n": MOST_FORMS}
            raise Invalid(wrong, errors=[FieldError("size", "range", wrong)])
        made = Pad(poll=poll, size=size, printed_at=at)
        with transaction.atomic():
            made.save(force_insert=True)
            codes = sorted(_code() for _nth in range(size))
            PaperForm.objects.bulk_create([PaperForm(pad=made, code=code) for code in codes])
            record(at=at, actor=by, step="budgeting.pad.print_forms", subject=made, detail={"of": poll.ledger_id()})
        return made


class Pad(Sealed):
    """A pad of paper ballots printed for one vote."""

    poll = models.ForeignKey(Poll, PROTECT, related_name="pads")
    size = models.PositiveSmallIntegerField(gettext_lazy("张数"))
    printed_at = models.DateTimeField(gettext_lazy("印制时间"))

    objects: ClassVar[PadManager] = PadManager()

    class Meta:
        verbose_name = gettext_lazy("一本纸质选票")
        constraints = [models.CheckConstraint(name="pad_has_forms", condition=Q(size__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.size}"


class PaperForm(Sealed):
    """One paper ballot of a pad, blank."""

    ROOT = "pad"

    pad = models.ForeignKey(Pad, PROTECT, related_name="forms")
    code = models.CharField(gettext_lazy("选票编码"), max_length=12, unique=True)

    class Meta:
        verbose_name = gettext_lazy("纸质选票")

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.code


class UrnManager(models.Manager.from_queryset(UrnQuerySet)):  # type: ignore[misc]
    """Takes urns in."""

    def unseal(self, poll: Poll, *, number: str, place: str, papers: int, by: Account, at: datetime) -> "Urn":
        """Take in an urn when the vote is over, with `papers` papers in it, counted by hand before any is read.

        Raises: NotAllowed, VoteRuns, Invalid, UrnAlready, Conflict.
        """
        require(why_not_count_paper(by, poll))
        if at < poll.closes_at:
            raise VoteRuns(_("投票还没有截止，票箱不能启封。"))
        if not 0 < papers <= MOST_PAPERS:
            wrong = _("请填写票箱里清点出的张数，1至%(n)s张；更多的请分成几箱。") % {"n": MOST_PAPERS}
            raise Invalid(wrong, errors=[FieldError("papers", "range", wrong)])
        made = Urn(poll=poll, number=said("number", number, least=1, most=40),
                   place=said("place", place, least=2, most=80), papers=papers, opened_at=at)  # fmt: skip
        with transaction.atomic():
            hold_box(poll)
            if hasattr(poll, "opening"):
                raise Conflict(_("票箱已经开过，不能再加纸质票箱。"))
            store_once(made, UrnAlready(_("已有编号为%(number)s的票箱。") % {"number": made.number}))
            record(at=at, actor=by, step="budgeting.urn.unseal", subject=made, detail={"of": poll.ledger_id()})
        return made


class Urn(Stateful):
    """An urn of paper ballots: how many papers were in it, and what was read on them."""

    STEPS = URN_STEPS

    poll = models.ForeignKey(Poll, PROTECT, related_name="urns")
    number = models.CharField(gettext_lazy("票箱编号"), max_length=40)
    place = models.CharField(gettext_lazy("投票点"), max_length=80)
    papers = models.PositiveSmallIntegerField(gettext_lazy("清点张数"))
    scan = models.ForeignKey(Document, PROTECT, related_name="+", null=True, verbose_name=gettext_lazy("扫描件"))
    state = models.CharField(gettext_lazy("状态"), max_length=8, choices=UrnState.choices, default=UrnState.READING)
    opened_at = models.DateTimeField(gettext_lazy("启封时间"))
    closed_at = models.DateTimeField(gettext_lazy("入箱时间"), null=True)
    spoiled = models.PositiveSmallIntegerField(gettext_lazy("无效票"), null=True)

    objects: ClassVar[UrnManager] = UrnManager()

    class Meta:
        verbose_name = gettext_lazy("纸质票箱")
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="urn_one_number_a_poll"),
            models.CheckConstraint(
                name="urn_closed_with_scan_and_totals",
                condition=Q(state=UrnState.READING, closed_at__isnull=True, spoiled__isnull=True)
                | Q(state=UrnState.CLOSED, closed_at__isnull=False, spoiled__isnull=False, scan__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.number

    # Verbs

    def keep_scan(self, document: Document, *, by: Account, at: datetime) -> None:
        """Keep the scan of all its papers, as it lies in the documents room."""
        with self.step("keep_scan", by=by, at=at):
            require(why_not_count_paper(by, self.poll))
            self.scan = document

    def read(
        self, *, code: str, projects: Sequence[str], points: Sequence[int] = (), is_spoiled: bool = False,
        by: Account, at: datetime,
    ) -> "Reading":  # fmt: skip
        """Note what `by` reads on the paper with this code: the first to look, the second, or the one who settles it.

        Raises: NotAllowed, NoSuchForm, BadBallot, ReadAlready.
        """
        with self.step("read", by=by, at=at):
            require(why_not_count_paper(by, self.poll))
            form = self._form(code)
            chosen = Choices(()) if is_spoiled else checked(self.poll, projects, points)
            before = list(form.readings.select_related("urn").order_by("look"))
            self._refuse(before, Look(chosen, is_spoiled), by)
            made = Reading(urn=self, form=form, look=len(before) + 1, projects=list(chosen.projects),
                           points=list(chosen.points), is_spoiled=is_spoiled, read_by=by)  # fmt: skip
            store_once(made, ReadAlready(_("这张选票刚刚被录入过，请刷新页面。")))
        return made

    def close(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Put what was read into the box. Raises: NotAllowed, UrnDoesNotAddUp."""
        with self.step("close", by=by, at=at, seen=seen):
            require(why_not_count_paper(by, self.poll))
            hold_box(self.poll)
            found = self.settled()
            self._require_sum(found)
            valid = [(uuid4(), look.said) for look in found if look is not None and not look.is_spoiled]
            if valid:
                Batch.objects.put(self.poll, valid, source=Source.URN, by=by, at=at)
            self.spoiled, self.closed_at = len(found) - len(valid), at

    # Questions

    def looks(self) -> "dict[str, list[Look]]":
        """Return what was read on each paper, by its code, in the order of looking."""
        found: dict[str, list[Look]] = {}
        for one in self.readings.select_related("form").order_by("form__code", "look"):
            found.setdefault(one.form.code, []).append(one.as_look())
        return found

    def settled(self) -> list[Look | None]:
        """Return for each paper that was read what two people agree on; None where they do not yet."""
        return [settled(looks) for looks in self.looks().values()]

    # Inside

    def _form(self, code: str) -> PaperForm:
        typed = normalise_number(code)
        found = PaperForm.objects.filter(pad__poll=self.poll, code=typed).first() if has_valid_check(typed) else None
        if found is None:
            wrong = _("没有这个编码的选票。请核对编码；不是本次投票发出的选票，单独存放，不录入。")
            raise NoSuchForm(wrong, errors=[FieldError("code", NoSuchForm.code, wrong)])
        return found

    def _refuse(self, before: "list[Reading]", fresh: Look, by: Account) -> None:
        """Refuse a look that adds nothing. Raises: ReadAlready, UrnDoesNotAddUp."""
        if not before and len(self.looks()) >= self.papers:
            raise UrnDoesNotAddUp(_("清点出%(n)s张，已经全部录入。多出的请先重新清点。") % {"n": self.papers})
        if any(one.urn_id != self.pk for one in before):
            raise ReadAlready(_("这张选票已在%(urn)s号票箱录入。") % {"urn": before[0].urn})
        if any(one.read_by_id == by.pk for one in before):
            raise ReadAlready(_("您已经录入过这张选票，第二次请由另一位同事录入。"))
        looks = [one.as_look() for one in before]
        if settled(looks) is not None:
            raise ReadAlready(_("这张选票两人录入一致，不用再录。"))
        if is_disputed(looks) and fresh not in looks:
            raise ReadAlready(_("与前两次录入都不同。请三人一起对照原票，再录入。"))

    def _require_sum(self, found: "list[Look | None]") -> None:
        handed_out = self.poll.marks.filter(channel=Channel.PAPER).count()
        closed = self.poll.urns.filter(state=UrnState.CLOSED).aggregate(total=models.Sum("papers"))["total"] or 0
        open_ = sum(look is None for look in found)
        if self.scan_id is None:
            raise UrnDoesNotAddUp(_("还没有上传扫描件。"))
        if len(found) != self.papers or open_:
            words = _("清点%(papers)s张，已录入%(read)s张，其中%(open)s张还没有两人一致。")
            raise UrnDoesNotAddUp(words % {"papers": self.papers, "read": len(found), "open": open_})
        if closed + self.papers > handed_out:
            words = _("纸质选票已有%(papers)s张，多于登记领取的%(n)s人。请先查明原因。")
            raise UrnDoesNotAddUp(words % {"papers": closed + self.papers, "n": handed_out})


class Reading(Sealed):
    """What one person read on one paper ballot; a first, a second, and where these differ a third look."""

    ROOT = "urn"

    urn = models.ForeignKey(Urn, PROTECT, related_name="readings")
    form = models.ForeignKey(PaperForm, PROTECT, related_name="readings")
    look = models.PositiveSmallIntegerField(gettext_lazy("第几次录入"))
    projects = ArrayField(models.CharField(max_length=80), verbose_name=gettext_lazy("项目"))
    points = ArrayField(models.PositiveIntegerField(), default=list, verbose_name=gettext_lazy("分数"))
    is_spoiled = models.BooleanField(gettext_lazy("无效票"), default=False)
    read_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = gettext_lazy("纸质选票录入")
        constraints = [
            models.UniqueConstraint(fields=["form", "look"], name="reading_one_look_of_a_kind"),
            models.UniqueConstraint(fields=["form", "read_by"], name="reading_by_different_people"),
            models.CheckConstraint(name="reading_three_looks_at_most", condition=Q(look__gte=1, look__lte=3)),
            models.CheckConstraint(
                name="reading_of_spoiled_says_nothing", condition=Q(is_spoiled=False) | Q(projects=[])
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.form_id}/{self.look}"

    def as_look(self) -> Look:
        return Look(Choices(tuple(self.projects), tuple(self.points)), self.is_spoiled)


def _code() -> str:
    """Return a code drawn by lot, with a check character that, too, is not taken for another."""
    while True:
        body = "".join(secrets.choice(LETTERS) for _nth in range(CODE_LETTERS))
        if (check := check_character(body)) in LETTERS:
            return body + check
