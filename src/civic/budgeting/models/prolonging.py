"""Prolonging a window of a round: in the open, for a reason, and never what is frozen with the ballots."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.budgeting.round_states import PhaseKind, RoundState
from civic.core.errors import Conflict, FieldError, Invalid
from civic.participation.models import Phase

if TYPE_CHECKING:
    from civic.budgeting.models.round import Round

ENDED = (RoundState.CLOSED, RoundState.CANCELLED)
UNTIL = {PhaseKind.VOTE: PhaseKind.DELIVERY}  # what a window must not reach into; the vote, where nothing is named


def prolong(found: "Round", kind: str, *, closes_at: datetime, reason: str, by: Account, at: datetime) -> None:
    """Let the window `kind` of a round that is held end later.   Raises: Conflict, Invalid, NotAllowed."""
    windows: dict[str, Phase] = {one.kind: one for one in found.phases()}
    if kind not in windows or found.state in ENDED:
        raise Conflict(_("这一轮没有这个阶段，或者已经结束，不能延长。"))
    if found.frozen_at is not None and kind != PhaseKind.DELIVERY:
        raise Conflict(_("投票时间和选票一起冻结并公布，冻结以后不能再改。"))
    if kind != PhaseKind.DELIVERY:
        following = windows[UNTIL.get(PhaseKind(kind), PhaseKind.VOTE)]
        if closes_at > following.opens_at:
            wrong = _("不能晚于“%(phase)s”开始的时间。") % {"phase": PhaseKind(following.kind).label}
            raise Invalid(wrong, errors=[FieldError("closes_at", "order", wrong)])
    windows[kind].extend(closes_at=closes_at, reason=reason, by=by, at=at)
