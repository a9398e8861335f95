"""UseRequest: somebody asks a holder for a yes, or to use their licences, for one matter."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Person
from civic.audit.services import record
from civic.core.errors import Conflict, require
from civic.core.jobs import enqueue
from civic.core.text import is_english
from civic.licences import wallet_policies as policies
from civic.licences.wallet_querysets import UseRequestQuerySet
from civic.licences.wallet_states import USE_STEPS, UsePurpose, UseState
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.licences.models.types import LicenceType

TELL = "civic.licences.tasks.tell_of_request"
AT_ONCE = timedelta(seconds=1)  # who agrees in an application has answered as they asked


class NotOverYet(Conflict):
    """A request can be answered until its time has passed."""

    code = "use-request-not-over"


class UseRequest(Masked, Stateful):
    """A question to a holder: may this be done, may these fields be used, for this case of this service?

    `case` is a code (a case's number, "draft:<token>"), never a key to it. `shares` names what would be shared
    exactly: {"household_page": ["name", "address"]}; nothing where only a yes is asked for. `until` is the last
    instant at which the holder can answer. Once a decision rests on a yes (`rely`) it can no longer be withdrawn.
    """

    STEPS = USE_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="use_requests", verbose_name="持证人")
    asker = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="请求人")
    purpose = models.CharField("目的", max_length=8, choices=UsePurpose.choices)
    service = models.CharField("事项编码", max_length=48)
    case = models.CharField("办件", max_length=60)
    words_sealed = models.BinaryField("说明")
    words_en_sealed = models.BinaryField("英文说明", null=True)
    shares = models.JSONField("共享内容", default=dict)
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=UseState.choices, default=UseState.ASKED)
    asked_at = models.DateTimeField("提出时间")
    until = models.DateTimeField("答复期限")
    answered_at = models.DateTimeField("答复时间", null=True)
    relied_at = models.DateTimeField("据以决定时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = UseRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "证照使用请求"
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "case", "purpose"],
                name="licences_one_standing_request_a_matter",
                condition=~Q(state="EXPIRED"),
            ),
            models.CheckConstraint(name="licences_request_is_about_a_case", condition=~Q(case="")),
            models.CheckConstraint(name="licences_request_leaves_time", condition=Q(until__gt=F("asked_at"))),
            models.CheckConstraint(
                name="licences_request_answered_with_its_time",
                condition=Q(state__in=["ASKED", "EXPIRED"], answered_at__isnull=True)
                | Q(state__in=["GRANTED", "DECLINED", "WITHDRAWN"], answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="licences_no_withdrawal_after_the_decision",
                condition=Q(state="WITHDRAWN", withdrawn_at__isnull=False, relied_at__isnull=True)
                | ~Q(state="WITHDRAWN") & Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["until"], name="licences_requests_to_end", condition=Q(state="ASKED")),
            models.Index(fields=["case"], name="licences_requests_of_case"),
        ]

    class Personal:
        fields = {"words_sealed": "text", "words_en_sealed": "text"}
        key = "holder.key"

    def __str__(self) -> str:
        return _("使用请求")

    # Verbs: of the holder, of the room that asked, and of time

    @classmethod
    def agree(
        cls, *, by: Account, service: str, case: str, shares: Mapping[str, Sequence[str]], words: tuple[str, str],
        at: datetime,
    ) -> "UseRequest":  # fmt: skip
        """Note the yes that holders give in an application of their own; `words` in Chinese and in English.

        The database holds one answer about a case at most.
        """
        assert by.person is not None  # the caller has looked  # noqa: S101
        agreed = cls(
            holder=by.person, asker=by, purpose=UsePurpose.USE, service=service, case=case, state=UseState.GRANTED,
            shares={code: list(keys) for code, keys in shares.items()}, asked_at=at, until=at + AT_ONCE, answered_at=at,
        )  # fmt: skip
        agreed.set_personal("words", words[0])
        agreed.set_personal("words_en", words[1])
        with transaction.atomic():
            agreed.save(force_insert=True)
            record(at=at, actor=by, step="licences.userequest.agree", subject=agreed, purpose=UsePurpose.USE)
        return agreed

    def grant(self, *, by: Account, at: datetime) -> None:
        """Say yes."""
        with self.step("grant", by=by, at=at, purpose=self.purpose):
            require(policies.why_not_grant(by, self, at=at))
            self.answered_at = at
            self._tell("grant")

    def decline(self, *, by: Account, at: datetime) -> None:
        """Say no."""
        with self.step("decline", by=by, at=at, purpose=self.purpose):
            require(policies.why_not_answer(by, self, at=at))
            self.answered_at = at
            self._tell("decline")

    def expire(self, *, by: object, at: datetime) -> None:
        """Note that nobody answered in time."""
        with self.step("expire", by=by, at=at, purpose=self.purpose):
            if not self.is_over(at=at):
                raise NotOverYet(_("答复的期限还没有到。"))
            self._tell("expire")

    def rely(self, *, by: object, at: datetime) -> None:
        """Note that a decision rests on the yes; call it in the decision's own transaction. Safe to repeat."""
        with self.step("rely", by=by, at=at, purpose=self.purpose):
            self.relied_at = self.relied_at or at

    def extend(self, shares: Mapping[str, Sequence[str]], *, by: Account, at: datetime) -> None:
        """Let more be used for the same case: the holder says so, in an application of their own."""
        with self.step("extend", by=by, at=at, purpose=self.purpose):
            require(policies.why_not_extend(by, self))
            self.shares = {**self.shares, **{code: list(keys) for code, keys in shares.items()}}

    def withdraw(self, *, by: Account, at: datetime) -> None:
        """Take a yes back, as long as no decision rests on it."""
        with self.step("withdraw", by=by, at=at, purpose=self.purpose):
            require(policies.why_not_withdraw(by, self))
            self.withdrawn_at = at
            self._tell("withdraw")

    # Questions

    @property
    def words(self) -> str:
        """What the holder reads, in the reader's language: for whom, for what, with which consequence."""
        return (self.clear("words_en") if is_english() else "") or self.clear("words")

    @property
    def asker_name(self) -> str:
        """Who asks, in the clear: who asks somebody for something gives their name."""
        return _("您自己，在提交申请时") if self.is_own else self.asker.display_name

    @property
    def is_own(self) -> bool:
        """Whether the holder agreed in an application of their own."""
        return self.asker.person_id == self.holder_id

    def is_over(self, *, at: datetime) -> bool:
        """Whether the time to answer has passed."""
        return self.state == UseState.EXPIRED or (self.state == UseState.ASKED and at >= self.until)

    def shared_fields(self, types: "Mapping[str, LicenceType]") -> "list[tuple[LicenceType, list[dict[str, str]]]]":
        """Return what would be shared, as the types name it; `types` by code."""
        return [
            (types[code], [field for field in types[code].fields if field["key"] in keys])
            for code, keys in self.shares.items()
            if code in types
        ]

    # Inside

    def _tell(self, step: str) -> None:
        if not self.is_own:  # nobody writes letters to themselves
            enqueue(TELL, request=self.pk, step=step)
