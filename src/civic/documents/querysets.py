"""The questions about documents."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum

from civic.documents.policies import READING_ROLES
from civic.documents.states import State

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.documents.models import Document  # noqa: F401 (ruff does not read the strings below)


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents."""

    def visible_to(self, account: "Account") -> Self:
        """The account's own; to officials who handle content, what was granted to their department."""
        seen = Q(owner=account)
        if account.has_any_role(*READING_ROLES):
            granted = self.model._default_manager.filter(grants__department=account.department_id)
            seen |= Q(pk__in=granted.values("pk"))
        return self.filter(seen, state=State.STORED)

    def owned_by(self, *, account: "Account") -> Self:
        return self.filter(owner=account, state=State.STORED)

    def same_as(self, *, owner: "Account", sha256: str, purpose: str) -> Self:
        """The document that `owner` already handed in with these very bytes for this purpose."""
        return self.filter(owner=owner, sha256=sha256, purpose=purpose, state=State.STORED)

    def handed_in(self, *, owner: "Account", since: datetime) -> tuple[int, int]:
        """How many documents `owner` stored since then, discarded ones too, and how many bytes."""
        found = self.filter(owner=owner, stored_at__gte=since).aggregate(n=Count("pk"), size=Sum("size"))
        return found["n"], found["size"] or 0

    def unneeded(self, *, at: datetime) -> Self:
        """Those that came in so long ago that their time is over, and that no department reads and nobody holds."""
        before = at - timedelta(days=settings.DOCUMENT_UNUSED_DAYS)
        held = self.model._default_manager.filter(hold__until__gt=at)
        granted = self.model._default_manager.filter(grants__isnull=False)
        return self.filter(stored_at__lt=before).exclude(pk__in=held.values("pk")).exclude(pk__in=granted.values("pk"))

    def for_list(self) -> Self:
        """With the key that opens the name a row shows."""
        return self.select_related("key").order_by("-stored_at", "-pk")
