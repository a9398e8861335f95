"""The queue's door to the ledger, and the sequencer's own loop in the worker."""

import logging
import threading

from django.db import Error, close_old_connections, connection
from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.audit.services.sequence import LedgerBroken, sequence

log = logging.getLogger("civic.audit")
PAUSE = 0.5


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger")
def sequence_ledger(timestamp: int) -> None:
    """Sequence once a minute even where no worker runs the loop."""
    sequence(at=now())


def run_sequencer(stop: threading.Event, pause: float = PAUSE) -> None:
    """Sequence every `pause` seconds until `stop` is set; run it in a thread of the worker.

    A database that is away is asked again; a broken tree is logged each time and nothing is signed on top of it.
    """
    try:
        while not stop.wait(pause):
            close_old_connections()
            try:
                sequence(at=now())
            except LedgerBroken as broken:
                log.critical("ledger: %s", broken)
            except Error as error:
                log.error("ledger not sequenced: %s", type(error).__name__)
    finally:
        connection.close()
