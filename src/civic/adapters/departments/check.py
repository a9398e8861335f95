"""Tells the operator which departments' systems can be asked."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.departments.client import greet
from civic.adapters.departments.endpoint import credentials, endpoint_of
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.fake.resources import DEPARTMENTS

TIMEOUT_SECONDS = 5.0


def check() -> str | None:
    """Return what is wrong, in words for the operator; None where every department that is configured answers.

    Departments whose address stands in the exchange only are watched on its own board.
    """
    if settings.DEPARTMENTS_AT:
        if not settings.DEMONSTRATION:
            return f"CIVIC_DEPARTMENTS_AT={settings.DEPARTMENTS_AT} 只能用于示范环境。"
        return _complaints(DEPARTMENTS)
    try:
        known = credentials(settings.DEPARTMENTS_CREDENTIALS)
    except ImproperlyConfigured as error:
        return str(error)
    if not known:
        return "没有配置任何部门的凭据（CIVIC_DEPARTMENTS_CREDENTIALS），申请人仍需自己提交材料。"
    return _complaints(code for code, entry in known.items() if entry.get("address"))


def _complaints(codes: Iterable[str]) -> str | None:
    found = []
    for code in codes:
        try:
            greet(endpoint_of(code), timeout=TIMEOUT_SECONDS)
        except SourceFailed as failure:
            found.append(f"{code} {failure.reason} {failure.detail}".strip())
    return f"部门系统不可用：{'；'.join(found)}。" if found else None
