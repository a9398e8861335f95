"""Stub and Envelope: a credential that was used, and the sealed ballot that came with it.

They are written in one transaction, by nobody in particular. Of the ballot only its length can be seen, and all of one
vote are equally long: so neither order, time, transaction nor place of a row says what somebody chose.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.db.models import PROTECT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting.models.poll import Poll
from civic.budgeting.models.register import VoteClosed, require_open
from civic.budgeting.rules.marking import MOST_POINTS, Choices, tidied, why_not
from civic.core import blind_signature
from civic.core.errors import Conflict, FieldError, Invalid, NotAllowed
from civic.masking.models import SubjectKey

MESSAGE_BYTES = 64  # 32 random bytes of RFC 9474, and 32 of the voter's own
CASTING_SPACE = 0x0BA11
CASTING_LOCK = "SELECT pg_advisory_xact_lock_shared(%s, %s)"  # many at a time; the opening of the box waits for them

CAST = """
    WITH stub AS (INSERT INTO budgeting_stub (receipt, poll_id, message, signature) VALUES (%s, %s, %s, %s)
                  ON CONFLICT DO NOTHING RETURNING receipt)
    INSERT INTO budgeting_envelope (id, poll_id, content) SELECT %s, %s, %s FROM stub
"""


class BadBallot(Invalid):
    """The ballot's form or its limits do not allow what was chosen."""

    code = "bad-ballot"


class BadCredential(NotAllowed):
    """This is not a credential of this vote."""

    code = "bad-credential"


class CastAlready(Conflict):
    """The credential was used: the ballot that came with it first stands."""

    code = "cast-already"


class StubManager(models.Manager["Stub"]):
    """Takes ballots in."""

    def cast(
        self, poll: Poll, *, message: bytes, signature: bytes, projects: Sequence[str], points: Sequence[int] = (),
        at: datetime,
    ) -> tuple["Stub", bool]:  # fmt: skip
        """Seal a ballot into an envelope against a credential; return the stub, and whether this is the first time.

        A repeat gets the stub of the first and changes nothing, whatever it says: as the answer does not depend on what
        was chosen, whoever holds a used credential cannot try out what it was used for.
        Raises: VoteClosed, BadCredential, BadBallot.
        """
        require_open(poll, at)
        if len(message) != MESSAGE_BYTES or not blind_signature.is_signed(poll.verifier(), message, signature):
            raise BadCredential(_("投票凭证无效，选票没有投出。请回到投票页面，重新投票。"))
        chosen = checked(poll, projects, points)
        made = Stub(receipt=receipt_of(poll, message), poll=poll, message=message, signature=signature)
        try:
            made._keep(chosen, at=at)
        except CastAlready:
            return self.get(pk=made.pk), False
        return made, True


class Stub(Sealed):
    """A credential that was used: proof that a ballot was recorded, not of what it says. Anybody may verify it."""

    receipt = models.CharField(gettext_lazy("回执"), max_length=64, primary_key=True)
    poll = models.ForeignKey(Poll, PROTECT, related_name="stubs", db_index=False)
    message = models.BinaryField(max_length=MESSAGE_BYTES)
    signature = models.BinaryField(max_length=512)

    objects: ClassVar[StubManager] = StubManager()

    class Meta:
        verbose_name = gettext_lazy("票根")
        indexes = [models.Index(fields=["poll", "receipt"], name="stub_of_poll")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.receipt

    def _keep(self, chosen: Choices, *, at: datetime) -> None:
        """Store stub, envelope and entry together. Raises: CastAlready; VoteClosed, if the box was opened meanwhile."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(CASTING_LOCK, [CASTING_SPACE, self.poll_id])
            key = SubjectKey.objects.get(pk=self.poll.key_id)
            if key.shredded_at is not None:
                raise VoteClosed(_("投票已经截止，不再接收选票。"))
            if not self._insert_with(Envelope.of(self.poll, chosen, key)):
                raise CastAlready(_("这张投票凭证已经用过。"))
            record(at=at, actor="voter", step="budgeting.stub.cast", subject=self)

    def _insert_with(self, envelope: "Envelope") -> bool:
        """Insert both in one statement, or neither where the credential was used; return whether they were."""
        message, signature, content = (bytes(one) for one in (self.message, self.signature, envelope.content))
        given = (self.receipt, self.poll_id, message, signature, envelope.id, envelope.poll_id, content)
        with connection.cursor() as cursor:
            cursor.execute(CAST, given)
            return bool(cursor.rowcount)


class Envelope(models.Model):
    """A ballot on its way: sealed, all of one poll equally long, under a name drawn by lot; gone once it is moved."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(Poll, PROTECT, related_name="envelopes")
    content = models.BinaryField()

    class Meta:
        verbose_name = gettext_lazy("票封")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"envelope {self.pk}"

    @classmethod
    def of(cls, poll: Poll, chosen: Choices, key: SubjectKey) -> "Envelope":
        """Return the envelope of a ballot: inside lies the id that the ballot will have in the box."""
        made = cls(poll=poll)
        plain = _written(uuid4(), chosen).ljust(_width(poll))
        made.content = key.seal_bytes(plain, field=made._place)
        return made

    def opened(self, key: SubjectKey) -> tuple[UUID, Choices]:
        """Return the ballot's id and what it says. Raises: crypto.Unsealable, if it was changed or put elsewhere."""
        said = json.loads(key.open_bytes(self.content, field=self._place))
        return UUID(said["id"]), Choices(tuple(said["projects"]), tuple(said["points"]))

    @property
    def _place(self) -> str:
        return f"budgeting.envelope.content:{self.id.hex}"


def receipt_of(poll: Poll, message: bytes) -> str:
    """Return what a voter keeps: it is the same for the same credential and says nothing about the ballot."""
    return hashlib.sha256(poll.public_id.bytes + message).hexdigest()


def checked(poll: Poll, projects: Sequence[str], points: Sequence[int]) -> Choices:
    """Return what a ballot says, tidied. Raises: BadBallot."""
    chosen = tidied(poll.form, [str(one["id"]) for one in poll.options], projects, points)
    if reason := why_not(poll.form, poll.options, poll.limits, chosen):
        raise BadBallot(reason, errors=[FieldError("projects", BadBallot.code, reason)])
    return chosen


def _written(ballot: UUID, chosen: Choices) -> bytes:
    said = {"id": ballot.hex, "projects": chosen.projects, "points": chosen.points}
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()


def _width(poll: Poll) -> int:
    """Return the length of the longest ballot there can be: shorter ones are filled up with spaces."""
    names = tuple(str(one["id"]) for one in poll.options)
    return len(_written(UUID(int=0), Choices(names, (MOST_POINTS,) * len(names))))
