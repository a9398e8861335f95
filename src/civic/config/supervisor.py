"""Keeps the database, the web server and the worker alive, and takes them down in order."""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType

from civic.config.commands import attached
from civic.config.embedded import Cluster
from civic.config.lifeline import die_with_parent
from civic.config.postgres_programs import NoDatabase

PAUSE = 0.2  # seconds between two looks
PATIENCE = 15  # seconds a child gets to end by itself
QUICK_DEATH = 5  # seconds; who dies sooner is restarted later and later
LONGEST_WAIT = 30


class AlreadyRunning(Exception):
    """Another `civic up` holds this installation; the message says where."""


class Child:
    """A child process that is started again when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.not_before = 0.0
        self.quick_deaths = 0

    def look_after(self, now: float) -> None:
        """Start the process if it does not run and its pause is over. `now` is in seconds of the monotonic clock."""
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return
            self._tell_what_is_left(signal.SIGTERM)
            self.process = None
            self.quick_deaths = self.quick_deaths + 1 if now - self.started < QUICK_DEATH else 0
            self.not_before = now + min(2**self.quick_deaths / 4, LONGEST_WAIT)
            attached.say(f"{self.name} ended with status {status}; starting it again")
        if now >= self.not_before:
            self.started = now
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, "CIVIC_CHILD": "1"},
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,  # standard output is ours: people wait for one line there
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop the children in order
                preexec_fn=partial(die_with_parent, os.getpid()),  # no other thread runs here
            )

    def end(self) -> None:
        """Ask the process to end, and insist after a while."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._tell_what_is_left(signal.SIGKILL)

    def _tell_what_is_left(self, number: signal.Signals) -> None:
        """Send a signal to processes that this child has left behind.

        A worker of the server whose first SIGTERM came between its setting a handler and its looking at it serves on.
        """
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)  # the child leads a group of its own


class Supervisor:
    """One installation brought up: its database if it is private, its children, and whether it answers."""

    def __init__(self, private: Cluster | None, var: Path, host: str, port: int) -> None:
        self.private = private
        self.var = var
        self.host, self.port = host, port
        self.children: list[Child] = []
        self.stopping = False
        self.ready = False

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the installation for this process, and listen for the signals that end it.

        Raises: AlreadyRunning, if another process holds it or a stranger has the port.
        """
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "up.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(f"already running: {lock.read().strip()}; stop that one first") from None
            self._await_port()
            lock.truncate(0)
            lock.write(f"{self.url} (process {os.getpid()})")
            lock.flush()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, self._stop)
            yield

    def start_database(self) -> None:
        if self.private:
            self.private.start()
            attached.point_to(self.private)

    def keep(self) -> int:
        """Look after everything until told to stop."""
        while not self.stopping:
            self._revive_database()
            for child in self.children:
                child.look_after(time.monotonic())
            if not self.ready and self._answers():
                self.ready = True
                print(f"READY {self.url}", flush=True)
            time.sleep(PAUSE)
        return 0

    def take_down(self) -> None:
        """End the children, the last started first, then the database."""
        for child in reversed(self.children):
            child.end()
        if self.private:
            self.private.stop()
        attached.say("stopped")

    def _revive_database(self) -> None:
        if self.private and not self.private.is_running():
            attached.say("the database has died; starting it again")
            try:
                self.private.start()
            except NoDatabase as error:  # a full disk may be emptied while we go on trying
                attached.say(str(error))
                time.sleep(QUICK_DEATH)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _await_port(self) -> None:
        """Wait until orphans of a killed run have left the port; a stranger does not."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, self.port))
                    return
                except OSError:
                    if time.monotonic() > deadline:
                        message = f"port {self.port} of {self.host} is taken: choose another with --port"
                        raise AlreadyRunning(message) from None
            time.sleep(PAUSE)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
