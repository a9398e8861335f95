"""Poll: all that is voted on, frozen before the vote with its digest and the key that signs its credentials."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from django.db import models, transaction
from django.db.models import PROTECT, Count, F, Q, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting.bundle import Frozen, Item, Paper, bundle, canonical, election_of_groups, root_of
from civic.budgeting.querysets import PollQuerySet
from civic.budgeting.rules import Election, Ties
from civic.budgeting.rules.marking import VOTE_TYPES, with_budget
from civic.budgeting.states import Ending, Form
from civic.core import blind_signature
from civic.core.errors import Conflict, FieldError, Invalid, NotAllowed
from civic.core.said import said
from civic.masking.models import SubjectKey
from civic.participation.models import Eligibility

if TYPE_CHECKING:
    from civic.budgeting.models.box import Opening

KEY_BITS = 2048  # 112 bits (NIST SP 800-57 Part 1, table 2): a credential is worth nothing once the vote is over
KEY_FIELD = "budgeting.poll.signing_key"
ACT = "vote"  # what a window of the eligibility's subject must allow
LEAST_BALLOTS = 5  # with fewer, what came out says too much about who chose what


class VoteRuns(Conflict):
    """The vote is not over: nothing of what was chosen is told."""

    code = "vote-runs"


class BoxClosed(Conflict):
    """The vote is over, but the box has not been opened."""

    code = "box-closed"


class TooFewBallots(Conflict):
    """So few have voted that the count would tell what they chose: the box stays shut for good."""

    code = "too-few-ballots"


class PollManager(models.Manager.from_queryset(PollQuerySet)):  # type: ignore[misc]
    """Freezes what is voted on."""

    def freeze(  # noqa: PLR0913 (all that is voted on, by name)
        self, *, title: str, options: Sequence[Mapping[str, Any]], budget: Decimal, form: str,
        limits: Mapping[str, str], terms: Mapping[str, Any], opens_at: datetime, closes_at: datetime,
        eligibility: Eligibility, by: Account, at: datetime,
    ) -> "Poll":  # fmt: skip
        """Fix all that is voted on, once and for all, with a fresh key for its credentials.

        `options`: dicts with at least id, name and cost (yuan, decimal text); what else they say is frozen with them.
        `limits`: keys and numbers of Pabulib's META. `terms`: rule, ties, lot, threshold, seed, register (how many may
        vote, where that is known). Who may vote is asked of `eligibility` and of the windows of its subject: one of
        them must allow the act "vote".   Raises: BadBundle, BadTies, Invalid, NotAllowed.
        """
        if form not in Form.values:
            raise _wrong("form", _("请选择选票的形式。"))
        if not at <= opens_at < closes_at:
            raise _wrong("closes_at", _("投票开始不能早于现在，截止要晚于开始。"))
        if by.department_id is None:
            raise NotAllowed(_("只有组织单位的工作人员可以冻结投票。"))
        secret, key = blind_signature.new_key(KEY_BITS), SubjectKey.objects.create_key()
        private = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        made = Poll(
            title=said("title", title, most=200), options=[dict(one) for one in options], budget=budget, form=form,
            limits=with_budget(form, limits, budget), terms=dict(terms), opens_at=opens_at, closes_at=closes_at,
            eligibility=eligibility, unit_id=by.department_id, frozen_at=at, key=key,
            signing_key=key.seal_bytes(private, field=KEY_FIELD),
            public_key=secret.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        )  # fmt: skip
        made.digest = hashlib.sha256(made.frozen_bytes()).hexdigest()
        with transaction.atomic():
            made.save(force_insert=True)
            record(at=at, actor=by, step="budgeting.poll.freeze", subject=made, detail={"digest": made.digest})
        return made


class Poll(Sealed):
    """What is voted on, how, by whom and until when. No verb and, by a trigger, no statement changes it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(gettext_lazy("投票"), max_length=200)
    options = models.JSONField(gettext_lazy("项目"))
    budget = models.DecimalField(gettext_lazy("预算（元）"), max_digits=14, decimal_places=2)
    form = models.CharField(gettext_lazy("选票形式"), max_length=12, choices=Form.choices)
    limits = models.JSONField(gettext_lazy("选票限制"), default=dict)
    terms = models.JSONField(gettext_lazy("计票规则"), default=dict)
    opens_at = models.DateTimeField(gettext_lazy("开始时间"))
    closes_at = models.DateTimeField(gettext_lazy("截止时间"))
    eligibility = models.ForeignKey(Eligibility, PROTECT, related_name="+", verbose_name=gettext_lazy("参与条件"))
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))
    frozen_at = models.DateTimeField(gettext_lazy("冻结时间"))
    digest = models.CharField(gettext_lazy("冻结内容的摘要"), max_length=64)
    public_key = models.BinaryField(gettext_lazy("签署投票凭证的公钥"))
    signing_key = models.BinaryField(gettext_lazy("已加密的私钥"))
    key = models.OneToOneField(SubjectKey, PROTECT, related_name="+")

    objects: ClassVar[PollManager] = PollManager()

    class Meta:
        verbose_name = gettext_lazy("投票")
        constraints = [
            models.CheckConstraint(name="poll_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(name="poll_frozen_before_it_opens", condition=Q(frozen_at__lte=F("opens_at"))),
            models.CheckConstraint(name="poll_has_money", condition=Q(budget__gt=0)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Questions

    def is_open(self, at: datetime) -> bool:
        """Whether ballots are taken at `at`: half-open, as every period."""
        return bool(self.opens_at <= at < self.closes_at)

    def turnout(self) -> int:
        """Return how many ballots have come in, by one query over batches and what waits to be moved."""
        moved = self.batches.order_by().values("poll").annotate(total=Sum("size")).values("total")
        waiting = self.envelopes.order_by().values("poll").annotate(total=Count("pk")).values("total")
        found = Poll.objects.filter(pk=self.pk).values_list(Subquery(moved), Subquery(waiting))
        return sum(one or 0 for one in found.get())

    def counted(self, at: datetime) -> Election:
        """Return what the rule counts. Raises: VoteRuns, BoxClosed, TooFewBallots."""
        self.require_opened(at)
        return self._election()

    def bundle(self, at: datetime) -> dict[str, bytes]:
        """Return the files with which anybody recounts the vote, by name. Raises: as counted()."""
        opening = self.require_opened(at)
        return bundle(self.frozen(), self._papers(), eligible=max(int(self.terms.get("register") or 0), opening.marks))

    def root(self) -> str:
        """Return the Merkle root over the ballots in the box, as it stands in the bundle."""
        return root_of(self._papers())

    def require_opened(self, at: datetime) -> "Opening":
        """Return the opening of the box. Raises: VoteRuns, BoxClosed, TooFewBallots."""
        if at < self.closes_at:
            raise VoteRuns(_("投票还没有截止，截止前谁也看不到选票。"))
        opening: Opening | None = getattr(self, "opening", None)
        if opening is None:
            raise BoxClosed(_("票箱还没有开。请先开箱，再计票。"))
        if opening.ending == Ending.TOO_FEW:
            raise TooFewBallots(_("选票不足%(n)s张，为保护投票秘密没有开箱。") % {"n": LEAST_BALLOTS})
        return opening

    def frozen(self) -> Frozen:
        """Return what is counted and published. Raises: BadBundle, BadTies."""
        terms = self.terms
        return Frozen(
            title=self.title, budget=self.budget, vote_type=VOTE_TYPES[self.form], rule=str(terms.get("rule", "")),
            items=tuple(Item(str(one["id"]), str(one["name"]), Decimal(str(one["cost"]))) for one in self.options),
            limits=self.limits, threshold=int(terms.get("threshold", 0)),
            ties=Ties(tuple(terms.get("ties", Ties.keys)), tuple(terms.get("lot", ()))),
        )  # fmt: skip

    def frozen_bytes(self) -> bytes:
        """Return the canonical JSON of all that is voted on, as anybody may fetch it: the digest is over this."""
        asked = self.eligibility.conditions()
        content = {
            "poll": str(self.public_id), "ballot": self.frozen().content(), "options": self.options,
            "form": self.form, "terms": self.terms, "opens_at": _instant(self.opens_at),
            "closes_at": _instant(self.closes_at), "public_key": bytes(self.public_key).hex(),
            "eligibility": {"area": asked.area, "residence": asked.residence, "minimum_age": asked.minimum_age,
                            "level": int(asked.level)},
        }  # fmt: skip
        return canonical(content)

    def verifier(self) -> RSAPublicKey:
        """Return the key that tells a good credential from a bad one."""
        return cast(RSAPublicKey, load_der_public_key(bytes(self.public_key)))

    def signer(self) -> RSAPrivateKey:
        """Return the key that signs credentials. Raises: Shredded, once the box is open."""
        private = self.key.open_bytes(self.signing_key, field=KEY_FIELD)
        return cast(RSAPrivateKey, load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True))

    # Inside

    def _election(self) -> Election:
        rows = self.batches.values_list("ballots__projects", "ballots__points").annotate(voters=Count("ballots"))
        groups = ((Paper("", tuple(projects), tuple(points)), voters) for projects, points, voters in rows.order_by())
        return election_of_groups(self.frozen(), groups)

    def _papers(self) -> list[Paper]:
        rows = self.batches.values_list("ballots__pk", "ballots__projects", "ballots__points").order_by()
        return [Paper(key.hex, tuple(said), tuple(points)) for key, said, points in rows.iterator(chunk_size=10_000)]


def _instant(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors=[FieldError(field, "invalid", words)])
