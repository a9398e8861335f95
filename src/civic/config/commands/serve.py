"""web and worker: the roles that serve."""

import argparse
import os
import sys
import tempfile
import threading
from ipaddress import ip_address
from typing import Any

from civic.config import env
from civic.config.admission import HANDS, WAITING_ROOM
from civic.config.commands import attached
from civic.config.lifeline import die_with_parent

ROLES = ["portal", "office", "api", "all"]
AT_THE_DOOR = 4  # threads of a process that tell others to come later
CONNECTIONS = "512"  # that a process keeps open
OPEN = "let other machines reach a demonstration, whose secrets and passwords everybody knows"


def add_to(commands: Any) -> None:
    web = commands.add_parser("web", help="serve pages and the API")
    web.add_argument("--role", choices=ROLES, default=os.environ.get("CIVIC_ROLE", "all"))
    web.add_argument("--host", default="127.0.0.1")
    web.add_argument("--port", type=int, default=8000)
    web.add_argument("--workers", type=int, default=2, help="processes")
    web.add_argument(
        "--threads", type=int, default=HANDS, help="requests that each process serves at once; others wait"
    )
    web.add_argument("--open-demonstration", action="store_true", help=OPEN)
    web.set_defaults(run=run_web)
    worker = commands.add_parser("worker", help="do the jobs of the queue, keep the ledger's tree and the timers")
    worker.add_argument("--concurrency", type=int, default=4)
    worker.set_defaults(run=run_worker)


def run_web(options: argparse.Namespace) -> int:
    """Check the configuration, then become the HTTP server: the checks' memory goes back."""
    _live_and_die_with_parent()
    if refusal := why_not_listen(options.host, is_open=options.open_demonstration):
        attached.say(refusal)
        return 2
    os.environ["CIVIC_ROLE"] = options.role
    os.environ["CIVIC_HANDS"] = str(options.threads)
    os.environ.setdefault("CIVIC_EXCHANGE_AT_ONCE", str(max(1, options.threads // 2)))
    if not attached.is_external():
        private = attached.cluster()
        private.start()
        attached.point_to(private)
    if refused := _configuration_errors():
        for message in refused:
            attached.say(message)
        return 2
    os.environ["CIVIC_CHILD"] = "1"
    os.environ["CIVIC_SERVER_PROCESS"] = str(os.getpid())  # its workers must be its children
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="civic-metrics-"))
    os.execv(sys.executable, server_command(options))  # noqa: S606
    return 0


def why_not_listen(host: str, *, is_open: bool) -> str | None:
    """Say why nobody may listen at `host`: a demonstration has known passwords and stays on this machine."""
    if is_open or not env.flag("CIVIC_DEMONSTRATION", True) or _is_loopback(host):
        return None
    return (
        f"--host {host}: other machines would reach a demonstration, whose secrets and passwords everybody knows. "
        "Set CIVIC_DEMONSTRATION=0 for a real installation, or add --open-demonstration."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def server_command(options: argparse.Namespace) -> list[str]:
    """Return the command line of the HTTP server.

    Beside the threads that serve (the gate's hands) there is one for each place of the waiting room, where the gate
    sees whoever waits, and some for those it sends away. A connection that a browser keeps open costs no thread.
    """
    threads = str(options.threads + env.integer("CIVIC_WAITING_ROOM", WAITING_ROOM) + AT_THE_DOOR)
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "civic.config.wsgi:application",
        "--host", options.host, "--port", str(options.port), "--workers", str(options.workers),
        "--blocking-threads", threads, "--backpressure", CONNECTIONS, "--workers-kill-timeout", "10",
        "--respawn-failed-workers", "--no-ws", "--log-level", "error",
    ]  # fmt: skip


def _live_and_die_with_parent() -> None:
    if os.environ.get("CIVIC_CHILD") == "1":
        die_with_parent()


def _configuration_errors(tags: list[str] | None = None) -> list[str]:
    """Return what is wrong with the configuration, each with what to do; empty when it may start. No tags: all."""
    import django
    from django.core import checks

    django.setup()
    found = checks.run_checks(tags=tags, include_deployment_checks=True)
    serious = [message for message in found if message.is_serious() and not message.is_silenced()]
    return [f"{message.id}: {message.msg} {message.hint or ''}".strip() for message in serious]


def run_worker(options: argparse.Namespace) -> int:
    """Work until told to stop: jobs, periodic jobs, and the thread that adds new entries to the ledger's tree."""
    _live_and_die_with_parent()
    os.environ["CIVIC_SIGNS_LEDGER"] = "1"
    os.environ.setdefault("CIVIC_EXCHANGE_AT_ONCE", str(options.concurrency))
    with attached.database():
        import django
        from django.core.checks import Tags

        django.setup()
        if refused := _configuration_errors([Tags.security]):
            for message in refused:
                attached.say(message)
            return 2
        from civic.config import worker

        stop = threading.Event()
        thread = _start_sequencer(stop)
        try:
            worker.run(options.concurrency)
        finally:
            stop.set()
            thread.join(timeout=10)
    return 0


def _start_sequencer(stop: threading.Event) -> threading.Thread:
    from civic.audit.tasks import run_sequencer

    thread = threading.Thread(target=run_sequencer, kwargs={"stop": stop}, name="sequencer", daemon=True)
    thread.start()
    return thread
