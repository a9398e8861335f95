"""Tells the operator whether licences can be signed here, and whether what is signed will be believed."""

from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured

from civic.adapters.signing.certificates import find_issuer
from civic.adapters.signing.client import RENEW_BEFORE, NoKey, NoTrust, signer, trusted

PROBE = b"civic licence key probe"


def check() -> str | None:
    """Return what is wrong with the keys of licences, in words for the operator; None where a probe verifies."""
    at = datetime.now(UTC)  # noqa: TID251 (asked now, by the operator)
    try:
        found = signer(at=at)
        leaf = found.chain[0]
        if not leaf.verifies(PROBE, found.sign(PROBE)):
            return "证照签章密钥与证书不匹配。"
        authority = find_issuer(leaf, trusted(at=at), at=at)
        if authority is None:
            return "签章证书不是由 CIVIC_LICENCE_TRUST 中的机构签发的。"
        end = min(leaf.ends_at, authority.ends_at)
        return (
            f"签章证书的有效期到{end.date().isoformat()}，请在此之前换用新证书。" if end - at < RENEW_BEFORE else None
        )
    except (NoKey, NoTrust, ImproperlyConfigured) as error:
        return f"证照签章不可用：{error}"
