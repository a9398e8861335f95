"""The clock at the hotline's doors."""

import pytest

from tests.factories import hotline
from tests.factories.accounts import MONDAY
from tests.factories.hotline import HOUR


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Set the doors' clock to so long after Monday nine o'clock."""
    hotline.city()

    def set_to(after=HOUR):
        for door in ("ticket", "worklist"):
            monkeypatch.setattr(f"civic.hotline.office.{door}.now", lambda: MONDAY + after)

    set_to()
    return set_to
