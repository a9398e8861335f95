"""In a process of its own: a vote that runs, with credentials for the load client; and one with a million ballots."""

import json
import secrets
import sys
import time
from pathlib import Path

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS  # noqa: E402 (the settings first)
from cryptography.hazmat.primitives.hashes import SHA384  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from civic.budgeting.models import Poll  # noqa: E402
from civic.budgeting.poll_schemas import packed  # noqa: E402
from civic.core import blind_signature  # noqa: E402
from tests.factories import accounts, budgeting  # noqa: E402

FULL = """
    insert into budgeting_batch (poll_id, source, size, moved_at)
    select %s, 'ENVELOPES', 5000, now() from generate_series(1, %s / 5000);
    insert into budgeting_ballot (id, batch_id, projects, points)
    select gen_random_uuid(), batch.id, array['P' || 1 + n %% 4, 'P' || 1 + (n + 1 + n %% 3) %% 4], '{}'
    from budgeting_batch as batch, generate_series(1, 5000) as n where batch.poll_id = %s;
    insert into budgeting_envelope (id, poll_id, content)
    select gen_random_uuid(), %s, decode(repeat('00', 200), 'hex') from generate_series(1, 1000);
"""


def main(file: str, credentials: int, ballots: int) -> None:
    """Migrate, make both votes, write the credentials to `file`, and print what the load needs."""
    call_command("migrate", verbosity=0, interactive=False)
    running, full = budgeting.running(), budgeting.over()
    with connection.cursor() as cursor:
        cursor.execute(FULL, [full.pk, ballots, full.pk, full.pk])
        cursor.execute("analyze")
    start = time.perf_counter()
    groups = full._election()
    counted = time.perf_counter() - start
    wang = accounts.resident(**accounts.WANG_FANG)
    blinded = blind_signature.blind(running.verifier(), blind_signature.prepare(b"b" * 32)).words
    Path(file).write_text("\n".join(_proofs(running, credentials)), encoding="ascii")
    print(json.dumps({
        "running": str(running.public_id), "full": str(full.public_id), "counted": counted,
        "token": accounts.token(wang, at=now()), "blinded": packed(blinded), "voters": groups.voters,
        "ballot": {"projects": ["P1", "P2"]},
    }))  # fmt: skip


def _proofs(poll: Poll, count: int) -> list[str]:
    """Return credentials as they are after the veil is taken off; signed directly, as blinding is not measured here."""
    key, padding = poll.signer(), PSS(MGF1(SHA384()), blind_signature.SALT_BYTES)
    messages = [blind_signature.prepare(secrets.token_bytes(32)) for _nth in range(count)]
    return [f"{packed(one)} {packed(key.sign(one, padding, SHA384()))}" for one in messages]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
