"""Why a holder may not answer, withdraw or show, in the words that stand beside the disabled button."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.accounts.rules import Level
from civic.licences.states import LicenceState

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.licences.models import Licence, UseRequest


def why_not_grant(user: "Account", request: "UseRequest", *, at: datetime) -> str | None:
    """Only the holder agrees, from an account of their own, known by their real name, and in time."""
    if (reason := why_not_answer(user, request, at=at)) is not None:
        return reason
    if user.person is None or user.person.level < Level.REAL_NAME:
        return _("同意前请先完成实名认证：打开“我的账户”，按提示认证后再回到这里。")
    return None


def why_not_answer(user: "Account", request: "UseRequest", *, at: datetime) -> str | None:
    """Nobody answers for the holder, not even who acts for them."""
    if user.person_id != request.holder_id:
        return _("只有被请求的人能用自己的账户答复，代办人不能代为答复。")
    if request.is_over(at=at):
        return _("答复的期限已过，这个请求不再有效。如果还需要办理，请对方重新提出。")
    return None


def why_not_extend(user: "Account", request: "UseRequest") -> str | None:
    """Only who agreed agrees to more."""
    if user.person_id != request.holder_id or not request.is_own:
        return _("只有持证人自己能同意使用更多内容，代办人不能代为同意。")
    return None


def why_not_withdraw(user: "Account", request: "UseRequest") -> str | None:
    """What was agreed to can be taken back until a decision rests on it."""
    if user.person_id != request.holder_id:
        return _("只有同意的人自己能撤回。")
    if request.relied_at is not None:
        return _("已经根据您的同意作出了决定，不能再撤回。如有异议，请联系办理部门或拨打12345。")
    return None


def why_not_show(licence: "Licence", *, at: datetime) -> str | None:
    """Only a licence that holds now is shown."""
    if licence.state == LicenceState.SUSPENDED:
        return _("这份证照暂停使用，现在不能出示。请联系颁发部门了解原因。")
    if licence.state_as_of(at) != LicenceState.VALID:
        return _("这份证照已经不是有效状态，不能出示。需要继续使用的，请办理换证。")
    return None
