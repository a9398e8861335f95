"""Which database a command works on: the one the environment names, else the private one."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from civic.config.embedded import APP, OWNER, Cluster


def say(line: str) -> None:
    """Tell the operator how far we are; standard output is left to results."""
    print(f"civic: {line}", file=sys.stderr, flush=True)


def is_external() -> bool:
    """Whether the environment names a server, so that no private one is needed."""
    return any(os.environ.get(name) for name in ("DATABASE_URL", "DATABASE_URL_FILE", "DB_HOST"))


def cluster() -> Cluster:
    """Return the private cluster of this installation."""
    root = Path(__file__).resolve().parents[4]
    return Cluster(Path(os.environ.get("CIVIC_VAR") or root / "var"), say=say)


def point_to(private: Cluster) -> None:
    """Set the addresses of the running private cluster for this process and its children."""
    os.environ["DATABASE_URL"] = private.url(APP)
    os.environ["DATABASE_OWNER_URL"] = private.url(OWNER)


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Provide the database for the time of one command; a server that this command started is stopped after it."""
    if is_external():
        yield
        return
    private = cluster()
    was_running = private.is_running()
    private.start()
    point_to(private)
    try:
        yield
    finally:
        if not was_running:
            private.stop()
