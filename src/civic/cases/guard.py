"""What a room above has to say before a case is granted: rules of law that bind whoever decides."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from civic.core.errors import Conflict

if TYPE_CHECKING:
    from civic.cases.models import Case


class NotYetGranted(Conflict):
    """Something that the law asks for before a grant is missing."""

    code = "not-yet-granted"


def why_not_grant(case: "Case") -> str | None:
    """Return what keeps anybody from granting the case, in words for beside the button."""
    if not settings.CASE_GUARD:
        return None
    found: Callable[..., str | None] = import_string(f"{settings.CASE_GUARD}.why_not_grant")
    return found(case)


def before_grant(case: "Case", *, at: datetime) -> None:
    """Let the grant rest on what it needs; call it in the decision's transaction. Raises: NotYetGranted."""
    if (reason := why_not_grant(case)) is not None:
        raise NotYetGranted(reason)
    if settings.CASE_GUARD:
        rely: Callable[..., Any] = import_string(f"{settings.CASE_GUARD}.rely_on")
        rely(case, at=at)
