"""Who may extend a limit."""


def why_not_extend(approver: str, *, asker: str) -> str | None:
    """Return why `approver` (a ledger id) may not approve the extension that `asker` asks for, or None."""
    if not approver:
        return "延长时限须经负责人批准，请先送审。"
    if approver == asker:
        return "延长时限须由申请人以外的负责人批准，不能自己批准自己的申请。"
    return None
