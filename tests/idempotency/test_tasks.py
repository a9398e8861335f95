"""Answers that nobody will ask for again are deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from civic.idempotency import tasks
from civic.idempotency.models import Replay

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_old_answers_are_forgotten_and_new_ones_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, age in (("old-key-1", 31), ("new-key-1", 29)):
        Replay.objects.create(
            scope="a", key=key, fingerprint=b"", status=201, body=b"", created_at=MONDAY - timedelta(days=age)
        )
    monkeypatch.setattr(tasks, "now", lambda: MONDAY)

    assert tasks.forget(timestamp=0) == 1

    assert str(Replay.objects.get()) == "a new-key-1"
