"""The command `civic`: starts, migrates, loads and checks a city's platform."""

import argparse
import os
import sys
from collections.abc import Sequence

from django.core.management.base import CommandError

from civic.config.commands import (
    budget,
    consultation,
    database,
    departments,
    hotline,
    licences,
    participation,
    rooms,
    serve,
    up,
)
from civic.config.env import BadSetting
from civic.config.postgres_programs import NoDatabase

DESCRIPTION = "The open platform on which a city and its residents deal with each other."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.config.settings")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if (status := rooms.run(given)) is not None:
            return status
        options = parser().parse_args(given)
        return int(options.run(options) or 0)
    except (BadSetting, NoDatabase, CommandError) as error:
        print(f"civic: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command, each with its own help."""
    whole = argparse.ArgumentParser(prog="civic", description=DESCRIPTION, epilog=rooms.HELP,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for room in (up, serve, departments, database, licences, hotline, consultation, participation, budget):
        room.add_to(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
