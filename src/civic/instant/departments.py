"""Telling departments: each by its own system, within a few seconds, every failure by name."""

from collections.abc import Mapping
from typing import Any

from civic.adapters.departments.client import Receipt, tell, withdraw
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.exchange.models import Provider
from civic.instant.models import Onward

TIMEOUT_SECONDS = 5.0


def tell_department(onward: Onward, body: Mapping[str, Any]) -> Receipt:
    """Tell the department what to do; under the same key it does it once. Raises: SourceFailed."""
    return tell(_endpoint(onward), notice=onward.notice, key=onward.key, body=body, timeout=TIMEOUT_SECONDS)


def take_back(onward: Onward) -> Receipt:
    """Have the department undo it; what it never did is no error. Raises: SourceFailed."""
    return withdraw(_endpoint(onward), notice=onward.notice, key=onward.key, timeout=TIMEOUT_SECONDS)


def _endpoint(onward: Onward) -> Endpoint:
    code = onward.department.code
    address = Provider.objects.filter(department__code=code).values_list("address", flat=True).first()
    return endpoint_of(code, address=address or "")
