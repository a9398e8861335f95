"""Who may do what with a document; who may see one is `Document.objects.visible_to`."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.documents.models import Document

READING_ROLES = (
    "window_clerk", "unit_handler", "unit_leader", "supervisor", "call_taker", "dispatcher", "reviewer",
)  # fmt: skip


def why_not_store(account: "Account") -> str | None:
    """Return why `account` may not hand in files."""
    return None if account.is_active else _("您的账户已停用，不能上传材料。")


def why_not_discard(account: "Account", document: "Document") -> str | None:
    """Return why `account` may not delete `document`: only its owner may, before anybody relies on it."""
    if account.pk != document.owner_id:
        return _("只有上传人可以删除这份材料。")
    if document.grants.exists():
        return _("这份材料已经随申请提交，不能删除；如需更换，请在补正时上传新的材料。")
    return None
