"""A private PostgreSQL under var/: made, started, found again after a crash, and stopped without any set-up."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from civic.config.postgres_programs import NoDatabase, Programs, find, may_enter, server_account

ADMIN, OWNER, APP = "postgres", "civic_owner", "civic_app"
NAME = "civic"
LONGEST_SOCKET_FOLDER = 90  # bytes; a socket's whole path may have 107
START_SECONDS = 60
ORPHAN_SECONDS = 5
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"  # for tests, whose data nobody needs

Say = Callable[[str], None]


def quiet(_line: str) -> None:
    """Say nothing."""


class Cluster:
    """One private server: its folder, its programs, its passwords."""

    def __init__(self, var: Path, *, fast: bool = False, say: Say = quiet) -> None:
        self.var = var.resolve()
        self.fast = fast
        self.say = say
        self.account = server_account()
        self.secrets = self.var / "secrets"

    # Verbs

    def start(self) -> None:
        """Start the server, or attach to the one that runs; make the cluster first where there is none.

        Raises: NoDatabase, if it cannot be started; the message ends with the server's own words.
        """
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self._postmaster():
                self._launch()
            self._await_connections()
            self._make_roles()

    def stop(self) -> None:
        """Stop the server cleanly: sessions are ended, everything is on disk."""
        if self._postmaster():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop")

    # Questions

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def url(self, role: str, *, name: str = NAME) -> str:
        """Return the address of database `name` for `role`, over the Unix socket."""
        password = quote(self._password(role), safe="")
        return f"postgresql://{role}:{password}@:{self.port}/{name}?host={quote(str(self.sockets), safe='/')}"

    @property
    def port(self) -> int:
        """The port of the running server (the fourth line of its pid file)."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    @cached_property
    def home(self) -> Path:
        """The folder of the cluster: var/postgres, unless the account that runs the server cannot reach that."""
        digest = hashlib.sha256(str(self.var).encode()).hexdigest()[:10]
        wanted = self.var / "postgres"
        for folder in (wanted, Path("/var/lib") / f"civic-{digest}", Path(tempfile.gettempdir()) / f"civic-{digest}"):
            with contextlib.suppress(OSError):
                self._own(folder)
                if may_enter(folder, self.account):
                    if folder != wanted:
                        shutil.rmtree(wanted, ignore_errors=True)
                        self.say(f"the server's account cannot reach {wanted}; the database lives in {folder}")
                    return folder
        raise NoDatabase(f"No folder for the database: make {wanted} reachable, or set DATABASE_URL.")

    @property
    def data(self) -> Path:
        return self.home / "data"

    @cached_property
    def sockets(self) -> Path:
        if len(os.fsencode(self.home)) <= LONGEST_SOCKET_FOLDER:
            return self.home
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        folder = Path(tempfile.gettempdir()) / f"civic-socket-{digest}"
        self._own(folder)
        return folder

    @cached_property
    def programs(self) -> Programs:
        version = self.data / "PG_VERSION"
        programs = find(int(version.read_text()) if version.exists() else None)
        if may_enter(programs.folder, self.account):
            return programs
        copied = self.home / f"programs-{programs.major}"
        if not copied.exists():
            self.say("copying PostgreSQL's programs to where the server's account can reach them")
            shutil.copytree(programs.folder.parent, copied, symlinks=True)
        return Programs(copied / "bin", programs.major)

    # Helpers of the verbs, in the order they are called

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start the cluster."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self) -> None:
        self.say(f"making a private PostgreSQL {self.programs.major} cluster in {self.home}")
        shutil.rmtree(self.data, ignore_errors=True)
        password_file = self.home / "password"
        password_file.write_text(self._password(ADMIN))
        try:
            self._give(password_file, 0o600)
            options = ["-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", "--no-locale"]
            self._run("initdb", "-D", str(self.data), *options, *(["--no-sync"] if self.fast else ["-k"]))
        except NoDatabase:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        finally:
            password_file.unlink(missing_ok=True)

    def _postmaster(self) -> int | None:
        """Return the process id of the living server of this cluster, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if pid in self._processes() else None

    def _processes(self) -> list[int]:
        """Return the living processes of this cluster: each has the data folder as its working folder."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z" and (entry / "cwd").readlink() == self.data:
                    found.append(int(entry.name))
        return found

    def _clear_the_dead(self) -> None:
        """After a kill -9 of the server, wait for its orphans to leave, and take away its pid and socket files.

        PostgreSQL itself keeps off when a process has the old number, even a stranger or a zombie;
        here /proc says that none of them works in the data folder.
        """
        for means in (0, signal.SIGQUIT, signal.SIGKILL):  # without their server they can save nothing
            for pid in self._processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, means)
            deadline = time.monotonic() + ORPHAN_SECONDS
            while (orphans := self._processes()) and time.monotonic() < deadline:
                time.sleep(0.05)
            if not orphans:
                break
        if not orphans:
            for trace in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
                trace.unlink(missing_ok=True)

    def _write_settings(self) -> None:
        lines = [
            "listen_addresses = '127.0.0.1'",
            f"port = {self._free_port()}",
            f"unix_socket_directories = '{self.sockets}'",
            "unix_socket_permissions = 0700",
            "password_encryption = 'scram-sha-256'",
            "max_connections = 100",
            "shared_buffers = 128MB",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "log_parameter_max_length_on_error = 0",  # no value of a person in the log
            "log_error_verbosity = terse",
        ]
        settings = self.data / "civic.conf"
        settings.write_text("\n".join(lines) + "\n" + (FAST if self.fast else ""))
        self._give(settings, 0o600)
        main = self.data / "postgresql.conf"
        include = "include_if_exists 'civic.conf'\n"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(include)

    def _free_port(self) -> int:
        """Return the port of the last start if it is still free, else another free one."""
        last = self.home / "port"
        wanted = int(last.read_text()) if last.exists() else 0
        for candidate in (wanted, 0):
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", candidate))
                port = int(probe.getsockname()[1])
                last.write_text(str(port))
                return port
        raise NoDatabase("No free port on 127.0.0.1.")

    def _launch(self) -> None:
        self._clear_the_dead()
        self._write_settings()
        self.say("starting the database")
        log = self.home / "log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(self.home / "log.1")
        self._run("pg_ctl", "-D", str(self.data), "-l", str(log), "-w", "-t", str(START_SECONDS), "-s", "start")

    def _await_connections(self) -> None:
        """Wait until the server answers; one that was found dying, or dies meanwhile, is launched again."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(ADMIN, name="postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise NoDatabase(f"{self.secrets} no longer fits {self.data}: bring one of them back.") from error
                if time.monotonic() > deadline:
                    raise NoDatabase(f"The database does not answer: {error}\n{self._last_words()}") from error
                time.sleep(0.1)
                if not self._postmaster():
                    self._launch()

    def _make_roles(self) -> None:
        """Make the owner (migrations), the runtime role (owns nothing) and the database, where they are missing."""
        with psycopg.connect(self.url(ADMIN, name="postgres"), autocommit=True) as connection:
            roles = {row[0] for row in connection.execute("select rolname from pg_roles")}
            for role in {OWNER, APP} - roles:
                words = sql.SQL("create role {} login password {}")
                connection.execute(words.format(sql.Identifier(role), sql.Literal(self._password(role))))
            # the owner may hand out the runtime role's rights
            words = sql.SQL("grant {} to {}")
            connection.execute(words.format(sql.Identifier(APP), sql.Identifier(OWNER)))
            if not connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone():
                words = sql.SQL("create database {} owner {}")
                connection.execute(words.format(sql.Identifier(NAME), sql.Identifier(OWNER)))

    def _password(self, role: str) -> str:
        """Return the password of `role`, made at first use and kept where only we can read."""
        file = self.secrets / f"{role}.password"
        if not file.exists():
            self.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as new:
                new.write(secrets.token_urlsafe(24))
        return file.read_text()

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the account that may.

        Output goes to a file, not a pipe: the server inherits it and would hold a pipe open for ever.
        """
        who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}
        command = [str(self.programs.folder / program), *arguments]
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                start_new_session=True, **who,  # type: ignore[call-overload]
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                raise NoDatabase(f"{program} failed: {output.read().strip()}\n{self._last_words()}")

    def _last_words(self) -> str:
        log = self.home / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""

    def _own(self, folder: Path) -> None:
        """Make `folder`, ours alone; refuse one that somebody else has put there."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        uid = self.account.pw_uid if self.account else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in (uid, os.geteuid()):
            raise OSError(f"{folder} belongs to somebody else")
        self._give(folder, 0o700)

    def _give(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
