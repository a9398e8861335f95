"""up: everything in one command, for a demonstration, a small town or a developer."""

import argparse
import contextlib
import os
import socket
import sys
from typing import Any

from civic.config import env
from civic.config.commands import attached, database, serve
from civic.config.supervisor import AlreadyRunning, Child, Supervisor


def add_to(commands: Any) -> None:
    up = commands.add_parser("up", help="database, tables, city, web and worker; prints READY when it serves")
    up.add_argument("--host", default="127.0.0.1")
    up.add_argument("--port", type=int, default=int(os.environ.get("CIVIC_PORT", "8000")))
    up.add_argument("--workers", type=int, default=2)
    up.add_argument("--open-demonstration", action="store_true", help=serve.OPEN)
    up.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring everything up, keep it up, and take it down in order."""
    if refusal := serve.why_not_listen(options.host, is_open=options.open_demonstration):
        attached.say(refusal)
        return 2
    os.environ["CIVIC_PORT"] = str(options.port)  # QR codes lead here, where no other address is set
    private = None if attached.is_external() else attached.cluster()
    supervisor = Supervisor(private, attached.cluster().var, options.host, options.port)
    try:
        with supervisor.alone():
            return _serve(supervisor, options)
    except AlreadyRunning as running:
        attached.say(str(running))
        return 1


def _serve(supervisor: Supervisor, options: argparse.Namespace) -> int:
    me = [sys.executable, "-m", database.MODULE]
    web = [*me, "web", "--host", options.host, "--port", str(options.port), "--workers", str(options.workers)]
    web += ["--open-demonstration"] if options.open_demonstration else []
    played = _departments(options.port)
    try:
        supervisor.start_database()
        if supervisor.stopping or (status := database.setup()):
            return 0 if supervisor.stopping else status
        supervisor.children = [*played, Child("web", web), Child("worker", [*me, "worker"])]
        return supervisor.keep()
    finally:
        supervisor.take_down()


def _departments(web_port: int) -> list[Child]:
    """Return the process that plays the departments, where a demonstration has no other, and point everybody to it."""
    if not env.flag("CIVIC_DEMONSTRATION", True) or env.text("CIVIC_DEPARTMENTS_AT"):
        return []
    port = env.integer("CIVIC_DEPARTMENTS_PORT", 0) or _free_port(web_port + 1000)
    os.environ["CIVIC_DEPARTMENTS_AT"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", database.MODULE, "departments", "--port", str(port)]
    return [Child("departments", command)]


def _free_port(preferred: int) -> int:
    """Return the port `preferred` of this machine; another, where that is taken or none."""
    for port in (preferred if preferred < 65536 else 0, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    return preferred
