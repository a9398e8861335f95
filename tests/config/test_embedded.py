"""The private PostgreSQL: made once, found again, and back after every kind of crash."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from civic.config.embedded import ADMIN, APP, OWNER, Cluster
from civic.config.postgres_programs import NoDatabase, find


@pytest.fixture(scope="module")
def private(open_folder: Callable[[], Path]) -> Iterator[Cluster]:
    """A running private server, slow but safe: fsync is on."""
    cluster = Cluster(open_folder() / "var")
    cluster.start()
    yield cluster
    cluster.stop()


def _ask(cluster: Cluster, role: str, question: str) -> object:
    with psycopg.connect(cluster.url(role), autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_the_runtime_role_can_neither_own_nor_make_tables(private: Cluster) -> None:
    with psycopg.connect(private.url(OWNER), autocommit=True) as owner:
        owner.execute("create table if not exists notes (line text)")

    with psycopg.connect(private.url(APP), autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("create table mine (line text)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("drop table notes")

    assert _ask(private, ADMIN, "select count(*) from pg_roles where rolsuper and rolname <> 'postgres'") == 0


def test_a_wrong_password_is_refused_on_socket_and_loopback(private: Cluster) -> None:
    wrong = private.url(APP).replace(private._password(APP), "wrong")
    over_tcp = f"postgresql://{APP}:wrong@127.0.0.1:{private.port}/civic"

    for address in (wrong, over_tcp):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(address)


def test_passwords_are_readable_by_us_alone(private: Cluster) -> None:
    modes = {stat.S_IMODE(file.stat().st_mode) for file in private.secrets.iterdir()}

    assert modes == {0o600}


def test_a_second_start_attaches_to_the_running_server(private: Cluster) -> None:
    before = private._postmaster()

    Cluster(private.var).start()

    assert private._postmaster() == before


def test_committed_rows_are_there_after_the_postmaster_is_killed(private: Cluster) -> None:
    with psycopg.connect(private.url(OWNER), autocommit=True) as owner:
        owner.execute("create table receipts (number int primary key)")
        owner.execute("insert into receipts select generate_series(1, 1000)")

    for _ in range(3):
        killed = private._postmaster()
        assert killed is not None
        _kill(killed)
        private.start()

        assert private._postmaster() != killed
        assert _ask(private, OWNER, "select count(*) from receipts") == 1000


def test_a_server_that_is_found_dying_is_launched_again(private: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    killed, look = private._postmaster(), private._postmaster
    assert killed is not None
    _kill(killed)
    once = iter([killed])  # for a moment after the kill the process is still to be seen
    monkeypatch.setattr(private, "_postmaster", lambda: next(once, None) or look())

    private.start()

    assert look() not in (None, killed)
    assert _ask(private, APP, "select 1") == 1


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_server_down(private: Cluster) -> None:
    killed = private._postmaster()
    assert killed is not None
    _kill(killed)
    while private._processes():
        time.sleep(0.02)
    pid_file = private.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

    private.start()

    assert _ask(private, APP, "select 1") == 1


def test_a_starter_killed_half_way_leaves_a_server_that_the_next_one_finds(private: Cluster) -> None:
    private.stop()
    code = (
        "import os, signal, sys; from pathlib import Path; from civic.config.embedded import Cluster\n"
        "cluster = Cluster(Path(sys.argv[1]))\n"
        "cluster._await_connections = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cluster.start()"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(private.var)], check=False)

    private.start()

    assert ended.returncode == -signal.SIGKILL
    assert _ask(private, APP, "select 1") == 1


def test_half_a_cluster_is_made_anew(open_folder: Callable[[], Path]) -> None:
    cluster = Cluster(open_folder() / "var", fast=True)
    (cluster.data / "base").mkdir(parents=True)

    cluster.start()
    answer = _ask(cluster, APP, "select 1")
    cluster.stop()

    assert answer == 1
    assert not cluster.is_running()


def test_lost_passwords_are_named_instead_of_waited_for(open_folder: Callable[[], Path]) -> None:
    cluster = Cluster(open_folder() / "var", fast=True)
    cluster.start()
    for file in cluster.secrets.iterdir():
        file.unlink()

    with pytest.raises(NoDatabase, match="no longer fits"):
        cluster.start()
    cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an unprivileged account to drop to")
def test_root_with_a_closed_home_gets_a_folder_that_the_server_can_reach(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    cluster = Cluster(closed / "var", fast=True, say=said.append)

    cluster.start()
    answer = _ask(cluster, APP, "select 1")
    cluster.stop()
    shutil.rmtree(cluster.home)

    assert answer == 1
    assert not cluster.home.is_relative_to(closed)
    assert any("cannot reach" in line for line in said)


def test_a_machine_without_postgresql_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CIVIC_POSTGRES", str(tmp_path))

    with pytest.raises(NoDatabase, match="apt-get install postgresql"):
        find()
