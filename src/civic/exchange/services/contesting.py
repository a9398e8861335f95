"""Contesting a value that the exchange has passed on."""

from datetime import datetime

from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.core.errors import Refusal
from civic.exchange.models import Call, Contest
from civic.exchange.services.people import calls_about


class NoSuchCall(Refusal):
    """There is no such call, or it is none of this person's business."""

    status = 404
    code = "no-such-call"


def contestable(handle: str, *, by: Account) -> Call:
    """Return the call that `by` may contest. Raises: NoSuchCall."""
    seen = Call.objects.visible_to(by) if by.is_official else calls_about(by)
    found: Call | None = seen.filter(handle=handle).for_list().first()
    if found is None:
        raise NoSuchCall(_("没有找到这次查询，或者它与您无关。请从“谁查了我的数据”进入。"))
    return found


def contest(*, call: str, field: str, words: str, by: Account, at: datetime) -> Contest:
    """Contest `field` of the call with this public number (`Drawn.call`). Raises: NoSuchCall, Invalid, NotAllowed."""
    made: Contest = Contest.objects.open_for(contestable(call, by=by), field=field, words=words, by=by, at=at)
    return made
