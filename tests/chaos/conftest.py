"""What the tests of every route share."""

from typing import Any

import pytest

from civic.adapters.object_store.fake import MEMORY
from tests.factories import wechat
from tests.factories.accounts import MONDAY


@pytest.fixture
def doors_open(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Files are kept in memory; links to rate are as young as the factories make them."""
    settings.DOCUMENT_STORE = "memory://"
    settings.WECHAT_TOKEN = wechat.TOKEN
    MEMORY.objects.clear()
    for door in ("portal", "office", "api"):
        monkeypatch.setattr(f"civic.ratings.{door}.now", lambda: MONDAY)
