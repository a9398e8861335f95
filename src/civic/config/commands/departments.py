"""departments: the departments' own systems, played for a demonstration, a test or a developer."""

import argparse
import os
import signal
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from civic.config import env
from civic.config.commands import attached, serve
from civic.config.lifeline import die_with_parent

DAYS_KEPT = 30  # so long the newborn of the demonstration is a newborn, and what was told stays told


def add_to(commands: Any) -> None:
    played = commands.add_parser("departments", help="the departments' systems, played as HTTP servers for people "
                                 "who do not exist; prints READY and the addresses")  # fmt: skip
    played.add_argument("--host", default="127.0.0.1")
    played.add_argument("--port", type=int, default=int(os.environ.get("CIVIC_DEPARTMENTS_PORT") or "9000"))
    played.add_argument("--on", type=date.fromisoformat, help="the day of their world, YYYY-MM-DD (default: today)")
    played.add_argument("--open-demonstration", action="store_true", help=serve.OPEN)
    played.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    if os.environ.get("CIVIC_CHILD") == "1":
        die_with_parent()
    if refusal := serve.why_not_listen(options.host, is_open=options.open_demonstration):
        attached.say(refusal)
        return 2
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    from civic.adapters.departments.fake.server import Departments, addresses
    from civic.adapters.departments.fake.town import SHANGHAI, Town

    chosen = options.on or (date.fromisoformat(on) if (on := env.text("CIVIC_DEPARTMENTS_ON")) else None)
    day, kept = day_and_file(attached.cluster().var / "departments", chosen=chosen, today=datetime.now(SHANGHAI).date())
    try:
        server = Departments(Town(day, kept=kept, is_past=chosen is not None), host=options.host, port=options.port)
    except (OSError, ValueError) as error:
        attached.say(f"departments: {error}")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    played = " ".join(f"{code}={address}" for code, address in addresses(server).items())
    print(f"READY {server.address()} on={day} {played}", flush=True)
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


def day_and_file(folder: Path, *, chosen: date | None, today: date) -> tuple[date, Path | None]:
    """Return the day of the world and the file that keeps what the departments are told: one file a day of a world.

    Where nobody has chosen a day, the world of the last weeks goes on: a restart does not make a child younger. No file
    where nothing can be written: then the departments forget with the process.
    """
    earliest = today - timedelta(days=DAYS_KEPT)
    begun = [date.fromisoformat(path.stem) for path in folder.glob("????-??-??.jsonl")]
    day = chosen or max((on for on in begun if earliest <= on <= today), default=today)
    kept = folder / f"{day}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch()
    except OSError:
        return day, None
    return day, kept


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
