"""Three departments that hang: the article's calls one after the other against the exchange's, all at once."""

import contextlib
import os
import socket
import statistics
import threading
import time
from collections.abc import Iterator

from bench.databases import django
from bench.figures import Figure
from bench.peers.article_exchange import CrossDepartmentService
from bench.stage import Stage

ROUNDS = 3


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long the exchange takes when every source hangs, beside the article's code."""
    with black_hole() as port:
        address = f"http://127.0.0.1:{port}"
        os.environ["CIVIC_DEPARTMENTS_AT"] = address
        try:
            ours = django(stage.database, "bench.exchange_draw", str(ROUNDS))["seconds"]
        finally:
            del os.environ["CIVIC_DEPARTMENTS_AT"]
        started = time.monotonic()
        CrossDepartmentService(address).get_property_info("LA2023001")
        theirs = time.monotonic() - started
    note = f"the article's sequential code: {theirs:.1f} s"
    yield Figure("three sources that hang, seconds to an answer", statistics.median(ours), 3.2, True, " s", note)


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """Provide a port that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        held: list[socket.socket] = []

        def swallow() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=swallow, daemon=True).start()
        yield server.getsockname()[1]
        for connection in held:
            connection.close()
