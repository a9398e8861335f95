"""What a page shows of a licence at a glance: its state in words, how long it holds, its fields."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civic.core.text import local
from civic.licences.models import Licence
from civic.licences.states import LicenceState
from civic.masking.models import Shredded

TONES = {
    LicenceState.VALID: "green",
    LicenceState.SUSPENDED: "yellow",
    LicenceState.SUPERSEDED: "grey",
    LicenceState.EXPIRED: "grey",
    LicenceState.REVOKED: "red",
}
SOON_DAYS = 30


@dataclass(frozen=True)
class Card:
    """One licence as a card. `rows` are (name, value); `soon` says that it ends soon, "" where it does not."""

    licence: Licence
    state: str
    tone: str
    soon: str
    rows: list[tuple[str, str]]

    @property
    def is_valid(self) -> bool:
        return self.state == LicenceState.VALID

    @property
    def state_words(self) -> str:
        return str(LicenceState(self.state).label)


def card_of(licence: Licence, *, at: datetime, profile: str | None, glance: bool = False) -> Card:
    """Return the card of a licence: masked by `profile`, in the clear with none; at a `glance` only the main fields."""
    state = licence.current_state(at=at)
    shown = values_of(licence, profile=profile)
    keys = licence.type.shown_keys if glance else licence.type.field_keys
    rows = [
        (local(field, "name"), shown[field["key"]])
        for field in licence.type.fields
        if field["key"] in keys and field["key"] in shown
    ]
    return Card(licence, state, TONES[LicenceState(state)], _soon(licence, state, at), rows)


def values_of(licence: Licence, *, profile: str | None) -> dict[str, str]:
    """Return what a page shows of a licence; of a holder who was deleted, nothing."""
    try:
        return licence.shown_values(profile=profile)
    except Shredded:
        return {}


def _soon(licence: Licence, state: str, at: datetime) -> str:
    if state != LicenceState.VALID or licence.valid_until is None:
        return ""
    days = (licence.valid_until - localdate(at)).days
    if days > max([SOON_DAYS, *licence.type.remind_days]):
        return ""
    return ngettext("还有%(n)s天到期", "还有%(n)s天到期", days) % {"n": days} if days else _("今天到期")
