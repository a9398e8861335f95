"""The worker shows that it lives."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from procrastinate.manager import JobManager

from civic.config import worker


def test_a_heartbeat_that_the_database_took_is_seen_and_one_that_it_did_not_take_is_not(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    beats: list[int] = []

    async def take(_manager: JobManager, worker_id: int) -> None:
        if worker_id == 2:
            raise ConnectionError
        beats.append(worker_id)

    monkeypatch.setattr(JobManager, "update_heartbeat", take)
    beating = worker.Beating(connector=None)  # type: ignore[arg-type]

    with pytest.raises(ConnectionError):
        asyncio.run(beating.update_heartbeat(2))
    assert not worker.sign_of_life().exists()
    asyncio.run(beating.update_heartbeat(1))

    assert beats == [1]
    assert time.time() - worker.sign_of_life().stat().st_mtime < 60
