"""Sortition: people are drawn by lot from a register, by a seed that was fixed before and that everybody can check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.services import record
from civic.core import personal
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.masking.models import SubjectKey
from civic.participation import policies
from civic.participation.models.once import store_once
from civic.participation.querysets import SeatQuerySet, SortitionQuerySet
from civic.participation.rules import draw as lots
from civic.participation.rules.register import BadRegister, read_register
from civic.participation.rules.register import Register as Crowd
from civic.participation.states import SEAT_STEPS, SORTITION_STEPS, SeatState, SortitionState
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
RESERVES_PER_SEAT = 5  # kept of each stratum; whoever runs the draw again sees the rest
PLACE = "participation.register.content"


class PreparedAlready(Conflict):
    """This register waits for its draw already."""

    code = "prepared-already"


class WrongSeed(Conflict):
    """The seed is not the one whose commitment was published."""

    code = "wrong-seed"


@dataclass(frozen=True)
class Plan:
    """What a draw is for: `by` are the columns of strata (none: all), `is_open` whether the register is published."""

    title: str
    purpose: str
    size: int
    by: Sequence[str] = ()
    is_open: bool = False
    subject: str = ""


class SortitionManager(models.Manager.from_queryset(SortitionQuerySet)):  # type: ignore[misc]
    """Prepares draws."""

    def prepare(self, plan: Plan, *, register: bytes, by: Account, at: datetime) -> "Sortition":
        """Take in a register and work out the quotas; nobody is drawn yet.

        Raises: BadRegister, naming its lines; Invalid, naming the field; NotAllowed.
        """
        require(policies.not_organiser(by, by.department_id))
        title, purpose = said("title", plan.title, most=80), said("purpose", plan.purpose, most=500)
        crowd = read_register(register, by=plan.by)
        refuse_numbers_of_people(crowd)
        seats = lots.quotas(crowd.strata(), plan.size)
        strata = [{"of": list(of), "people": n, "quota": seats[of]} for of, n in crowd.strata().items()]
        made = Sortition(
            title=title, purpose=purpose, subject=plan.subject, size=plan.size, by=list(crowd.by), strata=strata,
            people=len(crowd.people), register_sha256=crowd.sha256, is_open=plan.is_open,
            unit=by.official.department, prepared_by=by, prepared_at=at,
        )  # fmt: skip
        with transaction.atomic():
            words = _("这份名册已经导入过，正等着公布承诺。请在列表里打开它，或先取消它。")
            store_once(made, PreparedAlready(words))
            Register.objects.keep(made, register)
            record(
                at=at, actor=by, step="participation.sortition.prepare", subject=made,
                detail={"register": crowd.sha256},
            )  # fmt: skip
        return made


class Sortition(Stateful):
    """A draw by lot: of how many, from which register, by which seed, and how often somebody was replaced."""

    STEPS = SORTITION_STEPS

    title = models.CharField(gettext_lazy("名称"), max_length=80)
    purpose = models.TextField(gettext_lazy("用途"))
    subject = models.CharField(gettext_lazy("对象"), max_length=80, blank=True)
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=SortitionState.choices, default=SortitionState.PREPARED
    )
    size = models.PositiveIntegerField(gettext_lazy("抽取人数"))
    people = models.PositiveIntegerField(gettext_lazy("名册人数"))
    by = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name=gettext_lazy("分层"))
    strata = models.JSONField(gettext_lazy("各层名额"), default=list)
    register_sha256 = models.CharField(gettext_lazy("名册指纹"), max_length=64)
    is_open = models.BooleanField(gettext_lazy("公开名册"), default=False)
    prepared_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    prepared_at = models.DateTimeField(gettext_lazy("导入时间"))
    commitment = models.CharField(gettext_lazy("种子承诺"), max_length=64, blank=True)
    beacon_source = models.CharField(gettext_lazy("公开随机数来源"), max_length=200, blank=True)
    committed_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    committed_at = models.DateTimeField(gettext_lazy("公布承诺时间"), null=True)
    seed = models.CharField(gettext_lazy("种子"), max_length=lots.LONGEST_SEED, blank=True)
    beacon = models.CharField(gettext_lazy("公开随机数"), max_length=lots.LONGEST_SEED, blank=True)
    drawn_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    drawn_at = models.DateTimeField(gettext_lazy("抽取时间"), null=True)
    reason = models.TextField(gettext_lazy("取消理由"), blank=True)
    ended_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)

    objects: ClassVar[SortitionManager] = SortitionManager()

    class Meta:
        verbose_name = gettext_lazy("抽选")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title", "register_sha256"],
                condition=Q(state="PREPARED"),
                name="sortition_prepared_once_a_register",
            ),
            models.CheckConstraint(
                name="sortition_committed_before_it_is_drawn",
                condition=Q(drawn_at=None) | Q(drawn_at__gt=F("committed_at")) & ~Q(commitment=""),
            ),
            models.CheckConstraint(
                name="sortition_seed_is_told_when_it_is_drawn",
                condition=Q(state__in=["DRAWN", "CLOSED"], drawn_at__isnull=False) & ~Q(seed="")
                | ~Q(state__in=["DRAWN", "CLOSED"]) & Q(drawn_at=None, seed=""),
            ),
            models.CheckConstraint(
                name="sortition_cancelled_for_a_reason", condition=Q(state="CANCELLED") ^ Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["-prepared_at", "-id"], name="sortition_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def commit(self, *, seed: str, beacon_source: str = "", by: Account, at: datetime, seen: int | None = None) -> None:
        """Publish the digest of `seed`, which is not kept. `beacon_source` announces a public number that joins it.

        Raises: Invalid, if the seed could be guessed from its digest; NotAllowed.
        """
        if wrong := lots.why_not_seed(seed, least=lots.LEAST_SECRET):
            raise Invalid(wrong, errors=[FieldError("seed", "length", wrong)])
        with self.step("commit", by=by, at=at, seen=seen, commitment=lots.commitment(seed)):
            require(policies.why_not_commit(by, self))
            self.commitment, self.committed_by, self.committed_at = lots.commitment(seed), by, at
            self.beacon_source = said("beacon_source", beacon_source, least=0, most=200)

    def draw(self, *, seed: str, beacon: str = "", by: Account, at: datetime, seen: int | None = None) -> None:
        """Tell the seed, and draw by it; the drawn are invited, the next ones wait. Raises: WrongSeed, Invalid, …"""
        with self.step("draw", by=by, at=at, seen=seen):
            require(policies.why_not_draw(by, self))
            self._check_seed(seed, beacon, at)
            done = lots.draw(self.crowd(), seed=seed, size=self.size, beacon=beacon)
            Seat.objects.seat(self, done, at=at)
            self.seed, self.beacon, self.drawn_by, self.drawn_at = seed, beacon, by, at

    def cancel(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Not draw after all, for a reason that stays public once the commitment was."""
        with self.step("cancel", by=by, at=at, seen=seen):
            require(policies.not_leader(by, self.unit_id))
            self.reason, self.ended_at = said("reason", reason, most=500), at
            self._forget_register(by=by, at=at)

    def close(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Nobody is replaced any more; a register that is not published is destroyed, its digest stays."""
        with self.step("close", by=by, at=at, seen=seen):
            require(policies.not_leader(by, self.unit_id))
            self.ended_at = at
            if not self.is_open:
                self._forget_register(by=by, at=at)

    # Questions

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这次抽选现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return policies.why_not_sortition(step, user, self)

    def content(self) -> bytes:
        """Return the register's file, byte for byte. Raises: Conflict, if it was destroyed."""
        kept = Register.objects.select_related("key").filter(sortition=self).first()
        if kept is None:
            raise Conflict(_("这次抽选已经结束，名册已销毁，只留有指纹。"))
        return kept.key.open_bytes(kept.content_sealed, field=PLACE)

    def crowd(self) -> Crowd:
        return read_register(self.content(), by=self.by)

    # Inside

    def _check_seed(self, seed: str, beacon: str, at: datetime) -> None:
        if lots.commitment(seed) != self.commitment:
            raise WrongSeed(_("这不是已公布承诺的那个种子，没有抽取。请逐字核对，空格和标点也要一致。"))
        if bool(beacon) != bool(self.beacon_source):
            wrong = (
                _("请填写公布承诺时说明的公开随机数。")
                if self.beacon_source
                else _("公布承诺时没有说明公开随机数，不能再加。")
            )
            raise Invalid(wrong, errors=[FieldError("beacon", "beacon", wrong)])
        if self.committed_at is None or at <= self.committed_at:
            raise Conflict(_("承诺要先公布，才能抽取。"))

    def _forget_register(self, *, by: Account, at: datetime) -> None:
        kept = Register.objects.select_related("key").filter(sortition=self).first()
        if kept is not None:
            kept.delete()
            kept.key.shred(by=by, at=at)


class RegisterManager(models.Manager["Register"]):
    """Keeps registers."""

    def keep(self, sortition: Sortition, content: bytes) -> "Register":
        key = SubjectKey.objects.create_key()
        return self.create(sortition=sortition, key=key, content_sealed=key.seal_bytes(content, field=PLACE))


class Register(models.Model):
    """The register of a draw, sealed until the draw is over; what it says is bound by its digest in the sortition."""

    sortition = models.OneToOneField(Sortition, PROTECT, related_name="register")
    key = models.OneToOneField(SubjectKey, PROTECT, related_name="+")
    content_sealed = models.BinaryField(gettext_lazy("名册"))

    objects: ClassVar[RegisterManager] = RegisterManager()

    class Meta:
        verbose_name = gettext_lazy("名册")

    class Personal:
        fields = {"content_sealed": "secret"}

    def __str__(self) -> str:
        return f"register {self.sortition_id}"


class SeatManager(models.Manager.from_queryset(SeatQuerySet)):  # type: ignore[misc]
    """Fills the list of a draw."""

    def seat(self, sortition: Sortition, done: lots.Draw, *, at: datetime) -> None:
        """Write down who was drawn and who comes next, within the step of the draw."""
        rows = []
        for share in done.shares:
            kept = share.reserves[: RESERVES_PER_SEAT * max(share.quota, 1)]
            for rank, number in enumerate((*share.drawn, *kept), start=1):
                drawn = rank <= share.quota
                rows.append(
                    Seat(
                        sortition=sortition, number=number, stratum=list(share.stratum), rank=rank, is_drawn=drawn,
                        lot=lots.lot(done.seed, number, beacon=done.beacon),
                        state=SeatState.INVITED if drawn else SeatState.RESERVE, invited_at=at if drawn else None,
                    )
                )  # fmt: skip
        self.bulk_create(rows, batch_size=500)


class Seat(Stateful):
    """One line of the list: a register number, its place in its stratum, and what the person has said."""

    STEPS = SEAT_STEPS
    ROOT = "sortition"

    sortition = models.ForeignKey(Sortition, PROTECT, related_name="seats")
    number = models.CharField(gettext_lazy("名册编号"), max_length=64)
    stratum = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name=gettext_lazy("分层"))
    rank = models.PositiveIntegerField(gettext_lazy("层内顺序"))
    lot = models.CharField(max_length=64)
    is_drawn = models.BooleanField(gettext_lazy("首次抽中"))
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=SeatState.choices)
    replaces = models.ForeignKey("self", PROTECT, null=True, related_name="+", db_index=False)
    invited_at = models.DateTimeField(gettext_lazy("邀请时间"), null=True)
    answered_at = models.DateTimeField(gettext_lazy("答复时间"), null=True)

    objects: ClassVar[SeatManager] = SeatManager()

    class Meta:
        verbose_name = gettext_lazy("席位")
        constraints = [
            models.UniqueConstraint(fields=["sortition", "number"], name="seat_once_a_person"),
            models.UniqueConstraint(fields=["replaces"], name="seat_one_replacement_a_seat"),
            models.CheckConstraint(
                name="seat_invited_unless_reserve", condition=Q(state="RESERVE") ^ Q(invited_at__isnull=False)
            ),
            models.CheckConstraint(
                name="seat_of_a_reserve_replaces_one",
                condition=Q(is_drawn=True) | Q(state="RESERVE") ^ Q(replaces__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.number

    # Verbs

    def invite(self, *, instead_of: "Seat", by: Account, at: datetime) -> None:
        """Call a reserve up for somebody who has declined."""
        with self.step("invite", by=by, at=at, seat=self.number, instead_of=instead_of.number):
            self.replaces, self.invited_at = instead_of, at

    def accept(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """The person takes part."""
        with self.step("accept", by=by, at=at, seen=seen, seat=self.number):
            self._require_answer(by)
            self.answered_at = at

    def decline(self, *, by: Account, at: datetime, seen: int | None = None) -> "Seat | None":
        """The person does not take part; return the reserve that is called up, None where there is no more."""
        with transaction.atomic():
            with self.step("decline", by=by, at=at, seen=seen, seat=self.number):
                self._require_answer(by)
                self.answered_at = at
            found: Seat | None = Seat.objects.filter(sortition=self.sortition).next_for(stratum=self.stratum)
            if found is not None:
                found.invite(instead_of=self, by=by, at=at)
        return found

    # Inside

    def _require_answer(self, by: Account) -> None:
        require(policies.why_not_answer_seat(by, self.sortition))
        if self.sortition.state != SortitionState.DRAWN:
            raise Conflict(_("这次抽选已经结束，名单不再变动。"))


def refuse_numbers_of_people(crowd: Crowd) -> None:
    """Refuse a register whose ids are ID numbers or telephone numbers. Raises: BadRegister."""
    for kind in ("id_number", "mobile"):
        if any(len(one) in (11, 15, 18) and personal.is_valid(one, kind) for one in crowd.people):
            wrong = _("名册的编号不能是身份证号码或手机号。请改用随机编号，编号与姓名的对照表留在本单位。")
            raise BadRegister(wrong, errors=[FieldError("register", "personal", wrong)])
