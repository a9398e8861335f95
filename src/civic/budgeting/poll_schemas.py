"""What comes into and goes out of the doors of a vote."""

import base64
import binascii
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Schema

from civic.budgeting.models import Poll, Stub
from civic.core.errors import FieldError, Invalid

Text = Annotated[str, Field(max_length=700, description="base64url without padding")]


class NotBase64(Invalid):
    """What should be base64url is not."""

    code = "not-base64"


class BlindedIn(Schema):
    """A message that was made unrecognisable (RFC 9474), and where the caller says that they live."""

    blinded: Text
    lives_in: str = Field("", max_length=12, description="Division code")
    registered_in: str = Field("", max_length=12, description="Division code of the household register")


class SignedOut(Schema):
    """The signature of the blinded message; the caller takes the veil off."""

    signature: str


class ReceiptOut(Schema):
    """Proof that a ballot was recorded; not of what it says. `is_first`: False where it was recorded before."""

    receipt: str
    is_first: bool


class BallotIn(Schema):
    """A ballot and its credential. Nothing here says whose it is; send no cookie and no token with it."""

    message: Text
    signature: Text
    projects: list[Annotated[str, Field(max_length=80)]] = Field(max_length=500, examples=[["P1", "P3"]])
    points: list[Annotated[int, Field(ge=0, le=10**6)]] = Field([], max_length=500)

    def cast(self, poll: Poll, *, at: datetime) -> ReceiptOut:
        """Record the ballot. Raises: NotBase64, and as Stub.objects.cast()."""
        message, signature = unpacked(self.message, "message"), unpacked(self.signature, "signature")
        stub, is_first = Stub.objects.cast(
            poll, message=message, signature=signature, projects=self.projects, points=self.points, at=at
        )
        return ReceiptOut(receipt=stub.receipt, is_first=is_first)


class PollOut(Schema):
    """A vote: what is voted on, as it was frozen. `digest`: SHA-256 of what `frozen` leads to."""

    id: UUID
    title: str
    form: str
    budget: Decimal
    limits: dict[str, str]
    options: list[dict[str, Any]]
    opens_at: datetime
    closes_at: datetime
    is_open: bool
    digest: str
    public_key: str = Field(description="DER SubjectPublicKeyInfo, in hex")
    turnout: int

    @classmethod
    def of(cls, poll: Poll, *, at: datetime) -> Self:
        return cls(
            id=poll.public_id, title=poll.title, form=poll.form, budget=poll.budget, limits=poll.limits,
            options=poll.options, opens_at=poll.opens_at, closes_at=poll.closes_at, is_open=poll.is_open(at),
            digest=poll.digest, public_key=bytes(poll.public_key).hex(), turnout=poll.turnout(),
        )  # fmt: skip


def unpacked(text: str, field: str) -> bytes:
    """Return the bytes of base64url text. Raises: NotBase64, naming the field."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        wrong = _("%(field)s 不是 base64url 编码。") % {"field": field}
        raise NotBase64(wrong, errors=[FieldError(f"/{field}", NotBase64.code, wrong)]) from error


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
