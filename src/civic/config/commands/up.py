"""up: everything in one command, for a demonstration, a small town or a developer."""

import argparse
import os
import sys
from typing import Any

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
    try:
        supervisor.start_database()
        if supervisor.stopping or (status := database.setup()):
            return 0 if supervisor.stopping else status
        supervisor.children = [Child("web", web), Child("worker", [*me, "worker"])]
        return supervisor.keep()
    finally:
        supervisor.take_down()
