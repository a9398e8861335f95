"""A ballot: a credential that nobody recognises, an envelope that nobody can read, a box that nobody can sort."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.audit.services.verify import verify_ledger
from civic.budgeting.models import Ballot, Batch, Envelope, Mark, Opening, Stub
from civic.budgeting.models.box import BoxDoesNotAddUp, OpenedAlready, UrnsWait
from civic.budgeting.models.casting import BadBallot, BadCredential
from civic.budgeting.models.poll import LEAST_BALLOTS, TooFewBallots, VoteRuns
from civic.budgeting.models.register import BadBlinding, MarkedAlready, VoteClosed
from civic.budgeting.rules import count
from civic.core import blind_signature, crypto
from civic.core.errors import NotAllowed
from civic.masking.models import Shredded, SubjectKey
from civic.participation.models.eligibility import NotEligible
from civic.participation.rules.eligibility import Facts
from tests.factories import accounts as people
from tests.factories import budgeting as make
from tests.factories import participation as shared
from tests.factories.accounts import MONDAY
from tests.factories.budgeting import AFTER, DAY

pytestmark = pytest.mark.django_db
TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_election.py"


# The credential


def test_wang_fang_gets_one_credential_and_the_register_holds_her_name_and_the_day_only() -> None:
    voter = make.voter(make.poll())

    blinded = voter.ask()

    mark = Mark.objects.get()
    assert (mark.person, mark.channel, str(mark.marked_on)) == (voter.account.person, "WEB", "2026-03-02")
    assert mark.blinded == hashlib.sha256(blinded).hexdigest()
    assert blind_signature.is_signed(voter.poll.verifier(), voter.prepared, voter.signature)
    entry = Entry.objects.get(step="budgeting.mark.put")
    assert entry.detail == {"channel": "WEB"}


def test_the_same_blinded_message_again_is_signed_the_same_and_marks_nobody_twice() -> None:
    poll = make.poll()
    wang = people.resident("王芳")
    blinded = blind_signature.blind(poll.verifier(), blind_signature.prepare(b"n" * 32)).words
    asked = {"person": wang.person, "facts": make.facts(wang), "blinded": blinded, "channel": "WEB", "by": wang}

    first = Mark.objects.issue(poll, **asked, at=MONDAY)
    again = Mark.objects.issue(poll, **asked, at=MONDAY + DAY)

    assert again == first
    assert Mark.objects.count() == Entry.objects.filter(step="budgeting.mark.put").count() == 1


def test_another_blinded_message_of_hers_is_refused() -> None:
    voter = make.voter(make.poll())
    voter.ask()

    with pytest.raises(MarkedAlready, match="每人一票"):
        voter.ask()

    assert Mark.objects.count() == 1


def test_who_took_paper_gets_no_credential_and_who_has_a_credential_gets_no_paper() -> None:
    poll = make.poll()
    wang, liu = make.voter(poll, "王芳"), make.voter(poll, "刘桂英")
    handed = {"by": make.he_li(), "at": MONDAY}
    Mark.objects.hand_out(poll, person=wang.account.person, facts=make.facts(wang.account), **handed)
    liu.ask()

    with pytest.raises(MarkedAlready):
        wang.ask()
    with pytest.raises(MarkedAlready, match="不能再领"):
        Mark.objects.hand_out(poll, person=liu.account.person, facts=make.facts(liu.account), **handed)

    assert list(Mark.objects.order_by("pk").values_list("channel", flat=True)) == ["PAPER", "WEB"]


def test_who_does_not_live_there_or_has_not_said_who_they_are_is_not_marked() -> None:
    poll = make.poll()
    sun = people.resident("孙浩", level=1)
    asked = {"person": sun.person, "blinded": b"1" * 256, "channel": "WEB", "by": sun, "at": MONDAY}

    with pytest.raises(NotEligible, match="实名认证"):
        Mark.objects.issue(poll, **asked, facts=Facts(level=1))
    with pytest.raises(NotEligible, match="居住或户籍在"):
        Mark.objects.issue(poll, **asked, facts=Facts(2, make.date(1990, 1, 1), lives_in="341503"))

    assert not Mark.objects.exists()


def test_before_and_after_the_vote_nobody_is_marked_and_nothing_is_cast() -> None:
    poll = make.poll()
    voter, late = make.voter(poll), make.voter(poll, "刘桂英")
    voter.ask()

    with pytest.raises(VoteClosed, match="还没有开始"):
        late.ask(at=MONDAY - DAY / 2)
    with pytest.raises(VoteClosed, match="已经截止"):
        late.ask(at=AFTER)
    with pytest.raises(VoteClosed, match="已经截止"):
        voter.cast("P1", at=AFTER)

    assert (Mark.objects.count(), Stub.objects.count()) == (1, 0)


def test_what_is_no_number_below_the_modulus_is_not_signed_and_marks_nobody() -> None:
    poll, wang = make.poll(), people.resident("王芳")
    asked = {"person": wang.person, "facts": make.facts(wang), "channel": "WEB", "by": wang, "at": MONDAY}

    for blinded in (b"", b"\xff" * 256, b"\x00" * 256, b"1" * 255):
        with pytest.raises(BadBlinding):
            Mark.objects.issue(poll, **asked, blinded=blinded)

    assert not Mark.objects.exists()


# The ballot


def test_a_ballot_lies_sealed_and_its_receipt_says_that_it_was_recorded() -> None:
    voter = make.voted(make.poll(), "P2", "P1")

    stub = Stub.objects.get()
    envelope = Envelope.objects.get()
    assert stub.receipt == hashlib.sha256(voter.poll.public_id.bytes + voter.prepared).hexdigest()
    assert b"P1" not in bytes(envelope.content)
    assert envelope.opened(voter.poll.key)[1].projects == ("P1", "P2")
    assert not Ballot.objects.exists()
    entry = Entry.objects.get(step="budgeting.stub.cast")
    assert (entry.actor, entry.subject, entry.detail) == ("voter", stub.ledger_id(), {})


def test_all_envelopes_of_a_vote_are_equally_long() -> None:
    poll = make.poll("ranked")
    for nth, chosen in enumerate([(), ("P1",), ("P4", "P2", "P3")]):
        make.voted(poll, *chosen, name=make.neighbour(nth))

    assert len({len(bytes(one.content)) for one in Envelope.objects.all()}) == 1


def test_a_ballot_sent_again_gets_the_same_receipt_and_counts_once_whatever_it_says() -> None:
    voter = make.voted(make.poll(), "P1")

    same, other = voter.cast("P1"), voter.cast("P4")

    assert same == other == (Stub.objects.get(), False)
    assert Envelope.objects.get().opened(voter.poll.key)[1].projects == ("P1",)
    assert Entry.objects.filter(step="budgeting.stub.cast").count() == 1


def test_a_credential_of_another_vote_an_invented_one_and_a_changed_one_are_refused() -> None:
    poll, other = make.poll(), make.poll()
    voter = make.voter(other)
    voter.ask()
    voter.poll = poll

    with pytest.raises(BadCredential):
        voter.cast("P1")
    voter.poll, voter.prepared = other, voter.prepared[:-1] + b"x"
    with pytest.raises(BadCredential):
        voter.cast("P1")
    with pytest.raises(BadCredential):
        Stub.objects.cast(poll, message=b"m" * 64, signature=b"", projects=["P1"], at=MONDAY)

    assert not Stub.objects.exists() and not Envelope.objects.exists()


@pytest.mark.parametrize(
    "form, projects, points, words",
    [
        ("approval", ["P1", "P2", "P3", "P4"], [], "最多选3个项目，您选了4个"),
        ("approval", ["P1", "P1"], [], "选了两次"),
        ("approval", ["P9"], [], "不在选票上"),
        ("knapsack", ["P1", "P2"], [], "合计不能超过400000.00元，现在是480000.00元"),
        ("cumulative", ["P1", "P2"], [9, 2], "一共只有10分，现在分出了11分"),
        ("ranked", ["P4", "P3", "P2", "P1"], [], "最多选3个项目"),
    ],
)  # fmt: skip
def test_a_ballot_against_the_rules_is_refused_and_the_credential_stays_good(form, projects, points, words) -> None:
    voter = make.voter(make.poll(form))
    voter.ask()

    with pytest.raises(BadBallot, match=words):
        voter.cast(*projects, points=points)

    assert not Stub.objects.exists()
    assert voter.cast("P3", points=[5] if form == "cumulative" else [])[1] is True


def test_a_ranking_keeps_its_order_and_an_approval_does_not_tell_the_order_of_the_clicks() -> None:
    ranked, approved = make.poll("ranked"), make.poll()
    make.voted(ranked, "P3", "P1")
    make.voted(approved, "P3", "P1", name="刘桂英")

    assert Envelope.objects.get(poll=ranked).opened(ranked.key)[1].projects == ("P3", "P1")
    assert Envelope.objects.get(poll=approved).opened(approved.key)[1].projects == ("P1", "P3")


# The box


def test_nothing_moves_before_twice_the_pool_is_there_and_then_the_pool_stays_behind() -> None:
    poll = make.poll()
    make.crowd(poll, 39)

    assert Batch.objects.mix(poll, at=MONDAY) == 0
    make.voted(poll, "P4", name="第四十人")
    assert Batch.objects.mix(poll, at=MONDAY) == 20

    assert (Ballot.objects.count(), Envelope.objects.count(), poll.turnout()) == (20, 20, 40)
    assert Batch.objects.mix(poll, at=MONDAY) == 0
    assert Entry.objects.filter(step="budgeting.batch.put").count() == 1


def test_an_envelope_that_was_changed_or_put_in_twice_stops_the_box() -> None:
    poll = make.poll()
    make.crowd(poll, 6)
    envelope = Envelope.objects.all()[0]
    kept = (envelope.pk, bytes(envelope.content))
    Envelope.objects.filter(pk=envelope.pk).update(content=b"\x01" + bytes(len(envelope.content) - 1))

    with pytest.raises(crypto.Unsealable):
        Opening.objects.open_box(poll, by="timer", at=AFTER)
    Envelope.objects.filter(pk=envelope.pk).delete()
    with pytest.raises(BoxDoesNotAddUp, match="网上选票5张、用过的凭证6个"):
        Opening.objects.open_box(poll, by="timer", at=AFTER)
    Envelope.objects.create(pk=kept[0], poll=poll, content=kept[1])

    assert Opening.objects.open_box(poll, by="timer", at=AFTER).online == 6


def test_the_box_opens_once_after_the_vote_by_the_leader_and_then_the_key_is_gone() -> None:
    poll = make.poll()
    make.crowd(poll)
    late = make.voter(poll, "迟到的人")
    late.ask()

    with pytest.raises(VoteRuns):
        Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER - DAY)
    with pytest.raises(NotAllowed):
        Opening.objects.open_box(poll, by=shared.chen_jing(), at=AFTER)
    opening = Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)
    with pytest.raises(OpenedAlready):
        Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)

    assert (opening.ending, opening.marks, opening.online, opening.paper) == ("OPENED", 7, 6, 0)
    assert (Ballot.objects.count(), Envelope.objects.count(), poll.turnout()) == (6, 0, 6)
    assert SubjectKey.objects.get(pk=poll.key_id).wrapped is None
    fresh = type(poll).objects.get(pk=poll.pk)
    with pytest.raises(Shredded):
        fresh.signer()
    late.poll = fresh
    with pytest.raises(VoteClosed):
        late.cast("P1", at=AFTER - DAY)  # a server whose clock is slow


def test_with_four_ballots_the_box_stays_shut_and_the_envelopes_are_destroyed() -> None:
    poll = make.poll()
    make.crowd(poll, LEAST_BALLOTS - 1)

    opening = Opening.objects.open_box(poll, by="timer", at=AFTER)

    assert (opening.ending, opening.online, opening.root) == ("TOO_FEW", 4, "")
    assert not Envelope.objects.exists() and not Ballot.objects.exists()
    with pytest.raises(TooFewBallots, match="不足5张"):
        poll.counted(AFTER)
    with pytest.raises(TooFewBallots):
        poll.bundle(AFTER)


def test_the_box_waits_for_urns_that_are_being_read() -> None:
    poll = make.poll()
    make.crowd(poll)
    make.urn(poll)

    with pytest.raises(UrnsWait):
        Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)

    assert Envelope.objects.count() == 6


@pytest.mark.parametrize("form", ["approval", "knapsack", "cumulative", "ranked"])
def test_what_was_cast_is_what_is_counted_and_the_citizens_script_agrees(form: str, tmp_path: Path) -> None:
    poll = make.poll(form)
    ballots = [("P2", "P3"), ("P2",), ("P3", "P4"), ("P4", "P2"), ("P1",), (), ("P2", "P4")]
    for nth, chosen in enumerate(ballots):
        voter = make.voter(poll, make.neighbour(nth))
        voter.ask()
        voter.cast(*chosen, points=[7, 2][: len(chosen)] if form == "cumulative" else [])
    opening = Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)

    election = poll.counted(AFTER)
    for name, content in poll.bundle(AFTER).items():
        (tmp_path / name).write_bytes(content)
    checked = subprocess.run([sys.executable, TOOL, str(tmp_path)], capture_output=True, text=True)

    assert election.voters == 7
    assert election.votes == [1, 4, 2, 3]
    assert len(count(election, "equal-shares").winners) >= 1
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert opening.root in (tmp_path / "proofs.json").read_text()


def test_anybody_can_verify_every_used_credential_with_the_published_key() -> None:
    poll = make.poll()
    make.crowd(poll, 3)

    stubs = list(poll.stubs.all())

    assert len(stubs) == 3
    assert all(blind_signature.is_signed(poll.verifier(), bytes(one.message), bytes(one.signature)) for one in stubs)


def test_the_ledger_verifies_a_vote_from_the_freezing_to_the_opening_and_names_a_ballot_that_was_changed() -> None:
    poll = make.poll()
    make.crowd(poll, 41)
    make.mark(poll, "刘桂英")
    Batch.objects.mix(poll, at=MONDAY)
    Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)
    asked = {"at": AFTER, "progress": lambda *_: None}

    clean = verify_ledger(**asked)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # past the trigger that keeps rows as they are
        some = "(SELECT min(id::text)::uuid FROM budgeting_ballot)"
        cursor.execute(f"UPDATE budgeting_ballot SET projects = '{{P4}}' WHERE id = {some}")
        cursor.execute("SET session_replication_role = DEFAULT")
    changed = verify_ledger(**asked)

    assert clean.is_clean, clean.lines()
    assert len(changed.findings) == 1
    assert "budgeting.batch" in changed.findings[0].message
