"""The verdict over something that is offered as a licence: genuine or not, in which state, as of when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from civic.adapters.signing.certificates import Certificate
from civic.core.words import gettext as _
from civic.licences.formats import pdf_read, sd_jwt, signed_json
from civic.licences.formats.encoding import LARGEST
from civic.licences.formats.genuine import Genuine, NotGenuine, Place, Reason
from civic.licences.formats.status_list import GOOD_FOR, Bits
from civic.licences.rules import CITY, end_of

GENUINE = "GENUINE"
UNKNOWN_CODE = "UNKNOWN_CODE"
PURPOSES = ("revocation", "suspension")
HARDNESS = {"revocation": "REVOKED", "suspension": "SUSPENDED"}


class State(StrEnum):
    """In which state a genuine licence was at the instant asked about."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    NOT_YET = "NOT_YET"  # its first day had not come
    UNKNOWN = "UNKNOWN"  # nothing at hand tells


@dataclass(frozen=True)
class Verdict:
    """What is known about something that is offered as a licence.

    `found`: GENUINE, CHANGED (not what was signed), UNKNOWN_ISSUER, UNREADABLE, or UNKNOWN_CODE where only a code was
    offered. `state` is judged for the instant `at`, by what was known at `as_of` (状态截至); both None for what is not
    genuine. `licence` is what the signature vouches for: None for what is not genuine.
    """

    found: str
    at: datetime
    state: State | None = None
    as_of: datetime | None = None
    licence: Genuine | None = None

    @property
    def is_genuine(self) -> bool:
        return self.found == GENUINE

    @property
    def is_valid(self) -> bool:
        """Whether the licence is genuine and was valid at the instant asked about."""
        return self.is_genuine and self.state is State.VALID

    @property
    def is_undecided(self) -> bool:
        """Whether it is genuine, but nothing at hand tells in which state."""
        return self.is_genuine and self.state is State.UNKNOWN

    @property
    def words(self) -> str:
        """The verdict in one sentence that says what to do."""
        return _words(self)


def read_any(content: bytes, trusted: tuple[Certificate, ...]) -> Genuine:
    """Return the licence in a file of any of our forms. Raises: NotGenuine."""
    if len(content) > LARGEST:
        raise NotGenuine(Reason.UNREADABLE, "the file is too large")
    if content.startswith(pdf_read.MAGIC):
        return pdf_read.read(content, trusted)
    if content.startswith(b"{"):
        return signed_json.read(content, trusted)
    return sd_jwt.read(content, trusted)


def judge_offline(
    content: bytes,
    trusted: tuple[Certificate, ...],
    lists: Sequence[Bits],
    *,
    at: datetime,
    oldest: timedelta = GOOD_FOR,
) -> Verdict:
    """Return the verdict over a file by what is at hand: the authorities' certificates and status lists.

    A list that was confirmed longer than `oldest` before `at` tells nothing about `at` any more.
    """
    try:
        licence = read_any(content, trusted)
    except NotGenuine as reason:
        return Verdict(str(reason.reason), at)
    state, as_of = _state(licence, lists, at, oldest)
    return Verdict(GENUINE, at, state, as_of, licence)


def _state(licence: Genuine, lists: Sequence[Bits], at: datetime, oldest: timedelta) -> tuple[State, datetime | None]:
    by_dates = _state_by_dates(licence, at)
    told = {place.purpose: found for place in licence.places if (found := _told(place, lists, at, oldest)) is not None}
    as_of = min((bits.signed_at for bits, _ in told.values()), default=None)
    for purpose in PURPOSES:
        if purpose in told and told[purpose][1]:
            return State(HARDNESS[purpose]), as_of
    if by_dates is not None:
        return by_dates, as_of
    return (State.VALID if set(told) == set(PURPOSES) else State.UNKNOWN), as_of


def _state_by_dates(licence: Genuine, at: datetime) -> State | None:
    """Return what the licence's own dates say; None where they leave it open."""
    if at.astimezone(CITY).date() < date.fromisoformat(licence.valid_from):
        return State.NOT_YET
    if licence.valid_until is not None and at >= end_of(date.fromisoformat(licence.valid_until)):
        return State.EXPIRED
    return None


def _told(place: Place, lists: Sequence[Bits], at: datetime, oldest: timedelta) -> tuple[Bits, bool] | None:
    """Return the newest list that tells about `place` at `at`, and whether the bit is set there."""
    fitting = [
        bits
        for bits in lists
        if bits.address == place.list
        and bits.purpose == place.purpose
        and bits.from_at <= at <= bits.signed_at + oldest
        and 0 <= place.index < len(bits.content) * 8
    ]
    if not fitting:
        return None
    newest = max(fitting, key=lambda bits: bits.signed_at)
    return newest, newest.is_set(place.index)


def _words(verdict: Verdict) -> str:
    not_genuine = {
        "CHANGED": _("内容被改动过，不是颁发时的文件。请不要采用，请持证人重新出示或下载。"),
        "UNKNOWN_ISSUER": _("签章不是由本市认可的机构作出的，无法证明真伪。请不要采用。"),
        "UNREADABLE": _("这不是本平台签发的证照文件，或文件不完整。请上传原始的 PDF、JSON 或 SD-JWT 文件。"),
        UNKNOWN_CODE: _("没有这个查验码对应的证照，请核对后重新输入。"),
    }
    states = {
        State.VALID: _("证照真实，当前有效。"),
        State.SUSPENDED: _("证照真实，但已暂停使用。请持证人联系颁发机构。"),
        State.SUPERSEDED: _("证照真实，但已换发新证。请持证人出示新证。"),
        State.EXPIRED: _("证照真实，但已过有效期。请持证人换证后再用。"),
        State.REVOKED: _("证照曾经真实颁发，但已注销或撤销，不能再用。"),
        State.NOT_YET: _("证照真实，但还没有到开始生效的日期。"),
        State.UNKNOWN: _("签章真实，但手头没有足够新的状态列表，无法判断现在是否有效。"),
    }
    return not_genuine.get(verdict.found) or states[verdict.state or State.UNKNOWN]
