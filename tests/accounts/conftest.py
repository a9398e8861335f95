"""What the tests of identity share: an outbox that can be read, a database without leftovers of races."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from civic.accounts.models import OutboxMessage


@pytest.fixture
def sent_code() -> Callable[[], str]:
    """Return the code in the last text message."""

    def last() -> str:
        message = OutboxMessage.objects.order_by("-pk").first()
        assert message is not None, "no text message was sent"
        found = re.search(r"(?<!\d)(\d{6})(?!\d)", message.text)
        assert found is not None
        return found[1]

    return last


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """A database that several connections see; emptied afterwards."""
    yield
    connection.close()
