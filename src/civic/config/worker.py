"""The worker's loop, and the file whose age shows a probe that the loop runs and the database answers it."""

from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.manager import JobManager


def run(concurrency: int) -> None:
    """Work until told to stop."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.job_manager = Beating(working.connector)
        touch()
        working.run_worker(concurrency=concurrency)


def sign_of_life() -> Path:
    """Return the file that a living worker touches every ten seconds."""
    return Path(settings.VAR, "worker.alive")


def touch() -> None:
    sign_of_life().parent.mkdir(parents=True, exist_ok=True)
    sign_of_life().touch()


class Beating(JobManager):
    """Touches the file after each heartbeat that the database has taken."""

    async def update_heartbeat(self, worker_id: int) -> None:
        await super().update_heartbeat(worker_id)
        touch()
