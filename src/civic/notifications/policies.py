"""Who may read a letter."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.notifications.models import Notice


def why_not_read(account: "Account", notice: "Notice") -> str | None:
    """Return why `account` may not read `notice`, or None."""
    return None if notice.recipient_id == account.pk else "这封信不是写给您的。"
