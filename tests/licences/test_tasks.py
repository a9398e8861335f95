"""The worker signs what was issued, sets it as PDF and publishes states; each job is safe to run twice."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from django.db import connection

from civic.adapters.signing.client import trusted
from civic.audit.models import Entry
from civic.audit.services import seals
from civic.audit.services.report import Report
from civic.licences import services, tasks
from civic.licences.formats import status_list
from civic.licences.models import Ground, StatusListVersion
from civic.licences.services import verify_code, verify_file
from tests.factories.accounts import MONDAY
from tests.factories.licences import licence

pytestmark = pytest.mark.django_db


def jobs() -> list[tuple[str, dict]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        return [(name.removeprefix("civic.licences.tasks."), json.loads(args)) for name, args in cursor.fetchall()]


def test_from_issue_to_pdf_each_job_asks_for_the_next_and_carries_ids_only():
    found = licence()

    tasks.sign(licence=found.pk)
    tasks.sign(licence=found.pk)
    tasks.render(licence=found.pk)
    tasks.render(licence=found.pk)

    assert jobs() == [
        ("refresh_status_list", {"status_list": found.status_list_id}),
        ("sign", {"licence": found.pk}),
        ("render", {"licence": found.pk}),
        ("render", {"licence": found.pk}),
    ]
    assert sorted(kept.form for kept in found.renderings.all()) == ["JSON", "PDF", "SD_JWT"]


def test_all_three_forms_are_genuine_and_follow_the_register():
    found = licence()
    tasks.sign(licence=found.pk)
    tasks.render(licence=found.pk)
    contents = [kept.content for kept in found.renderings.order_by("form")]

    before = [verify_file(content, at=MONDAY).state for content in contents]
    found.suspend(Ground("核查。"), by="rules", at=MONDAY)
    after = [verify_file(content, at=MONDAY).state for content in contents]

    assert before == ["VALID"] * 3
    assert after == ["SUSPENDED"] * 3


def test_a_change_is_published_by_its_own_job():
    found = licence()
    found.revoke(Ground("户口迁出。"), by="rules", at=MONDAY)

    signed = [tasks.refresh_status_list(status_list=found.status_list_id) for _ in range(2)]

    assert signed == [2, 0]
    assert StatusListVersion.objects.count() == 2


def test_the_sealed_row_holds_no_value_in_the_clear():
    found = licence()
    tasks.sign(licence=found.pk)

    with connection.cursor() as cursor:
        cursor.execute("SELECT values_sealed FROM licences_licence")
        rows = [bytes(value) for (value,) in cursor.fetchall()]
        cursor.execute("SELECT content_sealed FROM licences_rendering")
        rows += [bytes(value) for (value,) in cursor.fetchall()]

    assert len(rows) == 3
    assert not [row for row in rows if "王".encode() in row or b"3415022016" in row]


def test_a_holder_who_was_deleted_stops_no_job_and_is_not_named_by_the_verification():
    found = licence()
    found.person.key.shred(by="test", at=MONDAY)

    tasks.sign(licence=found.pk)

    verdict = verify_code(found.code, at=MONDAY)
    assert found.renderings.count() == 0
    assert (verdict.is_valid, verdict.licence.claims) == (True, {"holder_name": "(已删除)"})


def test_the_ledger_covers_licence_moves_and_renderings():
    found = licence()
    tasks.sign(licence=found.pk)
    found.suspend(Ground("核查。"), by="rules", at=MONDAY)
    clean = checked()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE licences_move SET effective_at = effective_at - interval '1 day' WHERE step = 'suspend'")
    changed = checked()

    assert clean.findings == []
    assert [finding.message.split(" ")[0] for finding in changed.findings] == [found.ledger_id()]


def checked() -> Report:
    report = Report()
    seals.check(report, snapshot=nullcontext, progress=lambda *_: None)
    return report


def test_a_web_worker_does_not_load_what_only_the_signing_needs():
    script = (
        "import sys, django; django.setup(); import civic.licences.api, civic.licences.tasks;"
        "print(sorted({'typst', 'pyhanko', 'gmssl_fast', 'noto_cjk_sans_otc'} & sys.modules.keys()))"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "civic.config.settings", "PYTHONPATH": ":".join(sys.path)}

    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_signing_and_the_lists_go_on_over_the_end_of_a_certificate(settings, tmp_path):
    settings.LICENCE_FOLDER = tmp_path / "secrets"
    near, after = datetime(2028, 11, 15, tzinfo=UTC), datetime(2029, 1, 2, tzinfo=UTC)
    old = licence()
    services.sign_licence(licence=old, by="test", at=MONDAY)

    renewed = [services.renew_signers(at=near) for _ in range(2)]
    new = licence(case="LA202901020000000018", at=after)
    services.sign_licence(licence=new, by="test", at=after)
    signed = services.publish_all(at=after)

    assert renewed == [1, 0]  # the one algorithm that has a key
    entry = Entry.objects.get(step="licences.signer.renew")
    assert (entry.actor, entry.subject, entry.detail["until"]) == ("timer", "licences.signer:ES256", "2031-01-01")
    for found in (old, new):
        assert verify_file(found.renderings.get(form="JSON").content, at=after).state == "VALID"
    assert signed == 2
    for version in StatusListVersion.objects.all():
        assert status_list.read(version.credential.encode(), trusted(at=after)).signed_at == after


def test_what_time_does_runs_from_the_queue():
    done = [task(timestamp=0) for task in (tasks.expire, tasks.remind, tasks.renew_signer, tasks.refresh_status_lists)]

    assert done == [0, 0, 0, 0]
