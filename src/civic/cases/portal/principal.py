"""For whom an application is: whom the check page showed, although another page may have changed it since."""

from uuid import UUID

from django.utils.translation import gettext as _

from civic.accounts.http import SignedIn
from civic.accounts.models import Mandate
from civic.cases.papers import is_uuid
from civic.cases.services import Principal
from civic.core.errors import Conflict


class OtherPrincipal(Conflict):
    """The check page showed another person than the session acts for now; nothing was sent."""

    code = "other-principal"


def principal_shown(request: SignedIn) -> Principal:
    """Return for whom to apply, if it is still the one whose handle the check page sends back (oneself: none).

    Raises: OtherPrincipal, also where the mandate that was shown has ended.
    """
    shown, current = request.POST.get("acting_for", ""), request.acting_for
    if shown != (str(current.handle) if current else ""):
        raise OtherPrincipal(
            _(
                "您核对的是为「%(shown)s」办理，现在登录状态是为「%(current)s」办理，所以没有提交，填写的内容都在。"
                "请再核对一遍；要换回来，请先到「我的委托」选择为谁办理。"
            )
            % {"shown": _name(_held(shown, request)), "current": _name(current)}
        )
    return Principal.of(current, own=request.user.person)


def _held(handle: str, request: SignedIn) -> Mandate | None:
    """Return the mandate of this handle, also one that has ended, if the visitor holds it."""
    if not is_uuid(handle):
        return None
    found: Mandate | None = Mandate.objects.held_by(agent=request.user).for_list().filter(handle=UUID(handle)).first()
    return found


def _name(mandate: Mandate | None) -> str:
    return mandate.principal_name if mandate else _("本人")
