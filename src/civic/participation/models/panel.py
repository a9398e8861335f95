"""Panel: a review group of residents, experts and officials, each of whom says first what interests they have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.participation import policies
from civic.participation.models.sortition import Seat
from civic.participation.querysets import PanelQuerySet
from civic.participation.rules import panels
from civic.participation.states import PANEL_STEPS, MemberKind, PanelState, SeatState
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class MemberAlready(Conflict):
    """This person or seat is in the group."""

    code = "member-already"


@dataclass(frozen=True)
class Stake:
    """An interest that a member declares: in what (a noun or its ledger id), and what it is."""

    subject: object
    words: str


class PanelManager(models.Manager.from_queryset(PanelQuerySet)):  # type: ignore[misc]
    """Forms review groups."""

    def form(self, *, title: str, quorum: int, by: Account, at: datetime, subject: object = "") -> "Panel":
        """Form a group of the official's unit; fewer than `quorum` voting members decide nothing. Raises: Invalid."""
        require(policies.not_organiser(by, by.department_id))
        if quorum < 1:
            wrong = _("最低表决人数至少为1。")
            raise Invalid(wrong, errors=[FieldError("quorum", "range", wrong)])
        made = Panel(title=said("title", title, most=80), subject=ledger_id(subject), quorum=quorum,
                     unit=by.official.department, formed_by=by, formed_at=at)  # fmt: skip
        with transaction.atomic():
            made.save(force_insert=True)
            record(at=at, actor=by, step="participation.panel.form", subject=made)
        return made


class Panel(Stateful):
    """A review group (评审小组): who sits in it and how many have to vote."""

    STEPS = PANEL_STEPS

    title = models.CharField(gettext_lazy("名称"), max_length=80)
    subject = models.CharField(gettext_lazy("对象"), max_length=80, blank=True)
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))
    quorum = models.PositiveSmallIntegerField(gettext_lazy("最低表决人数"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=PanelState.choices, default=PanelState.FORMING
    )
    formed_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    formed_at = models.DateTimeField(gettext_lazy("组建时间"))

    objects: ClassVar[PanelManager] = PanelManager()

    class Meta:
        verbose_name = gettext_lazy("评审小组")
        constraints = [models.CheckConstraint(name="panel_quorum_is_somebody", condition=Q(quorum__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def admit(
        self, kind: str, *, account: Account | None = None, seat: Seat | None = None, by: Account, at: datetime
    ) -> "PanelMember":
        """Take in a member: somebody with an account, or whoever holds a drawn seat.

        Raises: Conflict, MemberAlready, Invalid, NotAllowed.
        """
        require(policies.not_organiser(by, self.unit_id))
        if wrong := _why_not_this_member(kind, account, seat):
            raise Invalid(wrong, errors=[FieldError("kind", "member", wrong)])
        made = PanelMember(panel=self, kind=kind, account=account, seat=seat, admitted_at=at)
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Panel.objects.select_for_update(of=("self",)))
            if self.state == PanelState.DISSOLVED:
                raise Conflict(_("评审小组已经解散。"))
            if self.members.filter(
                Q(account=account, account__isnull=False) | Q(seat=seat, seat__isnull=False)
            ).exists():
                raise MemberAlready(_("这个人已经是评审小组的成员。"))
            made.save(force_insert=True)
            record(at=at, actor=by, step="participation.panel.admit", subject=self, detail={"kind": kind})
        return made

    def open(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Begin to sit: enough members are there, and each has said what interests they have."""
        with self.step("open", by=by, at=at, seen=seen):
            require(policies.not_organiser(by, self.unit_id))
            if self.members.count() < self.quorum:
                raise Conflict(_("成员少于最低表决人数%(n)s，还不能开始。") % {"n": self.quorum})
            if silent := self.members.filter(declared_at=None).count():
                raise Conflict(_("还有%(n)s名成员没有申报利益关系（没有也要申报），还不能开始。") % {"n": silent})

    def dissolve(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """End the group."""
        with self.step("dissolve", by=by, at=at, seen=seen):
            require(policies.not_leader(by, self.unit_id))

    # Questions

    def recused(self, concerns: Collection[str]) -> frozenset[int]:
        """Return the members, by key, with an interest in anything of `concerns`."""
        found: dict[int, set[str]] = {}
        for member, subject in Interest.objects.filter(member__panel=self).values_list("member", "subject"):
            found.setdefault(member, set()).add(subject)
        return frozenset(member for member, subjects in found.items() if panels.touches(subjects, concerns))


class PanelMember(Sealed):
    """Somebody in a review group, and when they said what interests they have."""

    ROOT = "panel"

    panel = models.ForeignKey(Panel, PROTECT, related_name="members")
    kind = models.CharField(gettext_lazy("身份"), max_length=10, choices=MemberKind.choices)
    account = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, PROTECT, null=True, related_name="+")
    admitted_at = models.DateTimeField(gettext_lazy("加入时间"))
    declared_at = models.DateTimeField(gettext_lazy("申报时间"), null=True)

    class Meta:
        verbose_name = gettext_lazy("评审成员")
        constraints = [
            models.UniqueConstraint(fields=["panel", "account"], name="panel_member_once_an_account"),
            models.UniqueConstraint(fields=["panel", "seat"], name="panel_member_once_a_seat"),
            models.CheckConstraint(
                name="panel_member_is_somebody", condition=Q(account__isnull=False) | Q(seat__isnull=False)
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.panel_id}/{self.pk}"

    # Verbs

    def declare(self, interests: Collection[Stake], *, by: Account, at: datetime) -> None:
        """Say which interests one has (none is a declaration too); more may be added at any time, none taken back."""
        require(policies.why_not_speak_for(by, self, self.panel.unit_id))
        rows = [
            Interest(
                member=self, subject=ledger_id(one.subject), words=said("words", one.words, most=500), declared_at=at
            )
            for one in interests
        ]
        with transaction.atomic():
            panel = Panel.objects.select_for_update(of=("self",)).get(pk=self.panel_id)
            if panel.state == PanelState.DISSOLVED:
                raise Conflict(_("评审小组已经解散。"))
            for row in rows:
                Interest.objects.get_or_create(
                    member=self, subject=row.subject, defaults={"words": row.words, "declared_at": at}
                )
            self.declared_at = self.declared_at or at
            self.save(update_fields=["declared_at"])
            record(
                at=at, actor=by, step="participation.panel.declare", subject=panel,
                detail={"member": str(self.pk), "interests": str(len(rows))},
            )  # fmt: skip


class Interest(Sealed):
    """What a member has an interest in: whoever decides about it without them."""

    ROOT = "member"

    member = models.ForeignKey(PanelMember, PROTECT, related_name="interests")
    subject = models.CharField(gettext_lazy("与什么有关"), max_length=80)
    words = models.TextField(gettext_lazy("是什么关系"))
    declared_at = models.DateTimeField(gettext_lazy("申报时间"))

    class Meta:
        verbose_name = gettext_lazy("利益关系")
        constraints = [models.UniqueConstraint(fields=["member", "subject"], name="interest_once_a_subject")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.member_id} {self.subject}"


def _why_not_this_member(kind: str, account: Account | None, seat: Seat | None) -> str | None:
    if kind not in MemberKind.values or (account is None and seat is None):
        return _("请选择成员的身份，并指明账户或抽中的席位。")
    if kind == MemberKind.OFFICIAL and (account is None or not account.is_official):
        return _("政府部门的成员要用工作人员账户。")
    if kind == MemberKind.RESIDENT and account is not None and account.is_official:
        return _("工作人员不能以居民身份加入。")
    if seat is not None and (kind != MemberKind.RESIDENT or seat.state != SeatState.ACCEPTED):
        return _("只有接受邀请的抽中居民可以凭席位加入。")
    return None
