"""Commands that rooms provide: each is a Django management command, called by name."""

import os
import sys
from collections.abc import Sequence

from civic.config.commands import attached

COMMANDS = {
    ("token",): "token",
    ("official", "add"): "official_add",
    ("official", "password"): "official_password",
    ("organisation", "add"): "organisation_add",
    ("load",): "load_city",
    ("import", "services"): "import_services",
    ("import", "tickets"): "import_tickets",
    ("audit", "verify"): "audit_verify",
    ("deadlines", "due"): "deadlines_due",
    ("licences", "export-trust"): "licences_export_trust",
    ("manage",): "",
}
WITHOUT_DATABASE = {
    "makemigrations",
    "collectstatic",
    "check",
    "state_diagrams",
    "openapi_file",
    "catalogue_validate",
    "check_adapters",
}

HELP = """from the rooms:
  official add NAME DISPLAY_NAME --department CODE --role ROLE
                                       put somebody into office; prints a one-time password
  official password NAME               a one-time password for who has lost theirs
  organisation add USCC NAME --representative PHONE
                                       take in an organisation
  token NAME|PHONE                     a bearer token for an account
  load DIR                             load a city pack
  import services FILE.csv             take in a list of services as it is
  import tickets FILE.csv --mapping MAPPING.yaml
                                       take in tickets of the past with their real times
  audit verify                         check every row against the ledger
  deadlines due --file IN --out OUT    due dates for a table of cases
  licences export-trust DIR            certificates and status lists for offline verification
  manage ...                           Django's own command line
"""


def run(given: Sequence[str]) -> int | None:
    """Run `given` if a room provides it; return its exit status, or None if no room does."""
    for words, command in COMMANDS.items():
        if tuple(given[: len(words)]) == words:
            rest = list(given[len(words) :])
            return manage([command, *rest] if command else rest)
    return None


def manage(arguments: list[str]) -> int:
    """Run a management command on the city's database, starting the private one where there is no other."""
    os.environ.setdefault("CIVIC_LOG_LEVEL", "WARNING")
    if arguments and arguments[0] in WITHOUT_DATABASE:
        return _execute(arguments)
    with attached.database():
        return _execute(arguments)


def _execute(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["civic", *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _complain(end.code)
    return 0


def _complain(message: object) -> int:
    if message:
        print(message, file=sys.stderr)
    return 1 if message else 0
