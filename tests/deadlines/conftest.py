"""Every test of legal time begins without a calendar in memory."""

import pytest

from civic.deadlines.models.calendar import forget_calendar
from civic.deadlines.models.rung import forget_profiles


@pytest.fixture(autouse=True)
def _forget() -> None:
    forget_calendar()
    forget_profiles()
