"""A stranger verifies a licence with a certificate and two lists: no database, no network, no setting."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from civic.config.cli import main
from civic.licences import services
from civic.licences.formats import status_list
from civic.licences.formats.verdict import judge_offline
from civic.licences.models import Ground
from tests.factories.accounts import MONDAY
from tests.factories.licences import rendering, signed
from tests.licences.keys import LISTS, credential, data_file, facts, keys, pdf, signed_json

HOUR = timedelta(hours=1)
FORMS = {"pdf": pdf, "json": data_file, "sd-jwt": credential}


def lists(*, revoked: bool = False, suspended: bool = False, at=MONDAY) -> dict[str, bytes]:
    """Both lists of 王芳's household page, confirmed at `at`."""
    return {
        purpose: status_list.write(
            status_list.bitstring({77} if is_set else set(), length=131_072), keys(),
            address=f"{LISTS}/1-{purpose}", purpose=purpose, from_at=at, at=at,
        ).encode()
        for purpose, is_set in (("revocation", revoked), ("suspension", suspended))
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ca.pem").write_bytes(keys().authority.certificate.pem)
    for name, form in FORMS.items():
        (tmp_path / name).write_bytes(form())
    return tmp_path


def verify(folder: Path, name: str, given: dict[str, bytes], *more: str) -> int:
    options = ["licences", "verify", str(folder / name), "--certificate", str(folder / "ca.pem")]
    for purpose, content in given.items():
        (folder / f"{purpose}.jwt").write_bytes(content)
        options += ["--status-list", str(folder / f"{purpose}.jwt")]
    return main([*options, "--at", "2026-03-02T10:00", *more])


@pytest.mark.parametrize("name", FORMS)
def test_a_valid_licence_ends_with_0_and_says_as_of_when(folder, capsys, name):
    assert verify(folder, name, lists()) == 0

    told = capsys.readouterr().out
    assert told.startswith("有效 VALID  证照真实，当前有效。")
    assert "姓名：王㛃䶮𬭚𠮷" in told.replace("name：", "姓名：")
    assert "状态截至 2026-03-02 09:00:00 (2026-03-02T01:00:00Z)" in told


@pytest.mark.parametrize(
    ("given", "status", "head"),
    [
        (lists(revoked=True), 1, "REVOKED  证照曾经真实颁发"),
        (lists(suspended=True), 1, "SUSPENDED  证照真实，但已暂停使用"),
        ({}, 2, "UNKNOWN  签章真实，但手头没有"),
        ({"revocation": lists()["revocation"]}, 2, "UNKNOWN"),
        ({"revocation": lists(revoked=True)["revocation"]}, 1, "REVOKED"),
        (lists(at=MONDAY - 30 * HOUR), 2, "UNKNOWN"),
    ],
    ids=["revoked", "suspended", "no list", "one list", "one list that says revoked", "old lists"],
)
def test_what_the_lists_say_decides(folder, capsys, given, status, head):
    assert verify(folder, "pdf", given) == status
    assert capsys.readouterr().out.startswith(head)


def test_an_old_list_is_enough_for_whoever_says_so(folder):
    assert verify(folder, "json", lists(at=MONDAY - 30 * HOUR), "--max-age", "48") == 0


def test_one_changed_byte_ends_with_1(folder, capsys):
    content = bytearray(pdf())
    content[len(content) // 2] ^= 1
    (folder / "pdf").write_bytes(bytes(content))

    assert verify(folder, "pdf", lists()) == 1
    assert capsys.readouterr().out.startswith("无效 INVALID (CHANGED)")


def test_a_forged_list_is_not_believed(folder, capsys):
    given = lists(revoked=True)
    middle = len(given["revocation"]) // 2
    given["revocation"] = given["revocation"][:middle] + b"A" + given["revocation"][middle + 1 :]

    assert verify(folder, "pdf", given) == 2
    assert "状态列表不可信" in capsys.readouterr().err


def test_dates_count_too():
    ended = signed_json.write(facts(valid_until=date(2026, 3, 2)), keys(), at=MONDAY)
    fresh = [status_list.read(text, keys().trusted) for text in lists().values()]

    states = [judge_offline(ended, keys().trusted, fresh, at=MONDAY + hours * HOUR).state for hours in (1, 14, 15, -20)]

    assert states == ["VALID", "VALID", "EXPIRED", "NOT_YET"]


def test_it_runs_alone_without_django_or_a_database(folder):
    for purpose, content in lists().items():
        (folder / f"{purpose}.jwt").write_bytes(content)
    script = (
        "import sys; from civic.config.commands import licences as verifier; import argparse;"
        "p = argparse.ArgumentParser(); verifier.add_to(p.add_subparsers()); o = p.parse_args(sys.argv[1:]);"
        "status = o.run(o); sys.exit(9 if any(m.startswith('django.db') or m == 'psycopg' for m in sys.modules)"
        " else status)"
    )
    options = "licences verify pdf --certificate ca.pem --status-list revocation.jwt --status-list suspension.jwt"
    command = [sys.executable, "-c", script, *options.split(), "--at", "2026-03-02T10:00"]

    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "有效 VALID" in done.stdout


@pytest.mark.django_db
def test_what_the_city_exports_is_enough(tmp_path, capsys):
    found = signed()
    services.publish_status(status_list=found.status_list_id, at=MONDAY)
    (tmp_path / "licence.json").write_bytes(rendering("JSON", of=found).content)
    call_command("licences_export_trust", str(tmp_path))
    number = found.status_list_id

    def ask(at: str) -> int:
        return main(
            ["licences", "verify", str(tmp_path / "licence.json"), "--certificate", str(tmp_path / "authorities.pem"),
             "--status-list", str(tmp_path / f"{number}-revocation.jwt"),
             "--status-list", str(tmp_path / f"{number}-suspension.jwt"), "--at", at]
        )  # fmt: skip

    before = ask("2026-03-02T10:00")
    found.revoke(Ground("户口迁出。"), by="rules", at=MONDAY + HOUR)
    services.publish_status(status_list=number, at=MONDAY + HOUR)
    call_command("licences_export_trust", str(tmp_path))
    after = ask("2026-03-02T10:30")

    assert (before, after) == (0, 1)
    assert f"{tmp_path}: authorities.pem, 2 status lists" in capsys.readouterr().out
