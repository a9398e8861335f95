"""What is voted on is frozen: one digest, one key, and no statement that changes it."""

import hashlib
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from civic.audit.models import Entry
from civic.budgeting.bundle import BadBundle
from civic.budgeting.models import Poll
from civic.budgeting.models.poll import BoxClosed, VoteRuns
from civic.core import blind_signature
from civic.core.errors import Invalid
from tests.factories import budgeting as make
from tests.factories.accounts import MONDAY
from tests.factories.budgeting import DAY

pytestmark = pytest.mark.django_db


def test_what_is_voted_on_has_a_digest_that_names_projects_money_rule_times_people_and_key() -> None:
    poll = make.poll()

    content = json.loads(poll.frozen_bytes())
    assert hashlib.sha256(poll.frozen_bytes()).hexdigest() == poll.digest
    assert [one["id"] for one in content["ballot"]["projects"]] == ["P1", "P2", "P3", "P4"]
    assert (content["ballot"]["budget"], content["ballot"]["rule"]) == ("400000.00", "equal-shares")
    assert content["public_key"] == bytes(poll.public_key).hex()
    assert content["eligibility"] == {"area": "341502", "level": 2, "minimum_age": 16, "residence": "EITHER"}
    assert Entry.objects.get(step="budgeting.poll.freeze").detail == {"digest": poll.digest}


def test_the_digest_is_the_same_when_the_poll_is_read_again() -> None:
    poll = Poll.objects.get(pk=make.poll().pk)

    assert hashlib.sha256(poll.frozen_bytes()).hexdigest() == poll.digest


@pytest.mark.parametrize("column, value", [("budget", Decimal("500000.00")), ("options", []), ("digest", "0" * 64)])
def test_no_statement_changes_what_is_frozen(column: str, value: object) -> None:
    poll = make.poll()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**{column: value})
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Poll.objects.filter(pk=poll.pk)._raw_delete("default")

    assert Poll.objects.get(pk=poll.pk).budget == Decimal("400000.00")


def test_a_knapsack_may_not_cost_more_than_there_is() -> None:
    assert make.poll("knapsack").limits == {"max_sum_cost": "400000.00"}


def test_a_vote_on_nothing_by_no_rule_or_into_the_past_is_not_frozen() -> None:
    with pytest.raises(BadBundle, match="一个项目也没有"):
        make.poll(options=[])
    with pytest.raises(BadBundle, match="没有计票规则“dice”"):
        make.poll(terms={"rule": "dice"})
    with pytest.raises(Invalid, match="投票开始不能早于现在"):
        make.poll(at=MONDAY + DAY)

    assert not Poll.objects.exists()


def test_the_signing_key_lies_sealed_and_signs_what_the_public_key_verifies() -> None:
    poll = make.poll()
    prepared = blind_signature.prepare(b"nonce")
    blinded = blind_signature.blind(poll.verifier(), prepared)

    signed = blind_signature.sign(poll.signer(), blinded.words)

    signature = blind_signature.finalise(poll.verifier(), prepared, signed, blinded.inverse)
    assert blind_signature.is_signed(poll.verifier(), prepared, signature)
    assert poll.signer().private_numbers().d.to_bytes(256) not in bytes(poll.signing_key)
    assert poll.signer().key_size == 2048


def test_nobody_counts_before_the_end_nor_before_the_box_is_open() -> None:
    poll = make.poll()

    with pytest.raises(VoteRuns):
        poll.counted(MONDAY + DAY)
    with pytest.raises(BoxClosed):
        poll.counted(MONDAY + 7 * DAY)

    assert (poll.is_open(MONDAY), poll.is_open(MONDAY + 7 * DAY)) == (True, False)
    assert poll.turnout() == 0
