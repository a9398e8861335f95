"""Short sentences that people agree with or not: one vote each, changed at will, the least seen first."""

import pytest
from django.db import IntegrityError, transaction

from civic.audit.models import Entry
from civic.consultation.models import Participant, Statement, StatementVote
from civic.consultation.models.statement import Held, NotShown, SaidAlready
from civic.consultation.services import voting
from civic.consultation.states import STATEMENT_STEPS, Ground, StatementState
from civic.core.errors import Invalid, NotAllowed
from civic.participation.models.phase import PhaseClosed
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import outcome as made
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db
SENTENCE = "投放时间应当延长到晚上九点。"


def test_a_vote_counts_once_and_the_last_word_counts() -> None:
    wang_fang, said = people.resident(), made.statement()

    voting.vote(said, choice=1, by=wang_fang, at=MONDAY)
    voting.vote(said, choice=-1, by=wang_fang, at=MONDAY)

    assert [one.choice for one in StatementVote.objects.all()] == [-1]
    assert Participant.objects.get().person == wang_fang.person


def test_the_same_vote_again_leaves_no_second_entry() -> None:
    wang_fang, said = people.resident(), made.statement()
    voting.vote(said, choice=1, by=wang_fang, at=MONDAY)
    entries = Entry.objects.count()

    voting.vote(said, choice=1, by=wang_fang, at=MONDAY)

    assert Entry.objects.count() == entries


def test_the_database_itself_holds_one_vote_a_person_and_no_fourth_answer() -> None:
    vote = made.statement_vote()

    for row in (
        StatementVote(statement=vote.statement, person=vote.person, choice=0, cast_at=MONDAY),
        StatementVote(statement=vote.statement, person=made.voter(), choice=2, cast_at=MONDAY),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    assert StatementVote.objects.count() == 1


@pytest.mark.parametrize("choice", [None, 2, -2, 7])
def test_an_answer_that_is_none_of_the_three_is_refused(choice: int | None) -> None:
    with pytest.raises(Invalid, match="同意、不同意或跳过"):
        voting.vote(made.statement(), choice=choice, by=people.resident(), at=MONDAY)
    assert not StatementVote.objects.exists()
    assert not Participant.objects.exists()


def test_nobody_votes_outside_the_window_nor_as_an_official() -> None:
    said = made.statement()

    with pytest.raises(PhaseClosed):
        voting.vote(said, choice=1, by=people.resident(), at=made.CLOSED)
    with pytest.raises(PhaseClosed):
        voting.vote(said, choice=1, by=people.resident(), at=MONDAY - made.DAY)
    with pytest.raises(NotAllowed, match="居民账户"):
        voting.vote(said, choice=1, by=made.zhou_lan(), at=MONDAY)
    assert not StatementVote.objects.exists()


def test_what_the_fewest_have_seen_comes_next_and_nothing_twice() -> None:
    asked = made.asked()
    often, never, once = (made.statement(asked) for _ in range(3))
    for _ in range(3):
        made.statement_vote(often)
    made.statement_vote(once)
    wang_fang, shown = people.resident(), []

    while (turn := voting.next_statement(asked, wang_fang)).statement:
        shown.append(turn.statement)
        voting.vote(turn.statement, choice=0, by=wang_fang, at=MONDAY)

    assert shown == [never, once, often]
    assert (turn.answered, turn.total) == (3, 3)


def test_where_somebody_lives_is_what_they_said_first() -> None:
    asked, wang_fang = made.asked(), people.resident()

    voting.vote(made.statement(asked), choice=1, by=wang_fang, at=MONDAY, area=areas.county())
    voting.vote(made.statement(asked), choice=1, by=wang_fang, at=MONDAY, area=areas.county("341503", "裕安区"))

    assert Participant.objects.get().area == areas.county()


def test_who_must_live_there_is_refused_without_an_address_and_leaves_no_trace() -> None:
    said, wang_fang = made.statement(made.asked(residence="LIVING")), people.resident()

    with pytest.raises(NotAllowed):
        voting.vote(said, choice=1, by=wang_fang, at=MONDAY)
    assert not StatementVote.objects.exists()
    assert not Participant.objects.exists()

    voting.vote(said, choice=1, by=wang_fang, at=MONDAY, area=areas.county())
    assert StatementVote.objects.count() == 1


def test_a_residents_sentence_waits_for_moderation_and_names_nobody() -> None:
    asked, sun_hao = made.asked(), people.resident("孙浩")

    said = voting.propose(asked, words=" 请打 13800009999，\n投放点要装灯。 ", by=sun_hao, at=MONDAY)

    assert (said.state, said.public_words) == (StatementState.PENDING, "")
    assert voting.next_statement(asked, sun_hao).total == 0
    said.show(by=made.zhou_lan(), at=MONDAY)
    assert said.public_words == "请打 ***********， 投放点要装灯。"


def test_the_same_sentence_is_not_put_twice() -> None:
    asked = made.asked()
    made.statement(asked, SENTENCE)

    with pytest.raises(SaidAlready):
        made.statement(asked, SENTENCE)
    with pytest.raises(SaidAlready):
        voting.propose(asked, words=SENTENCE, by=people.resident(), at=MONDAY)
    assert Statement.objects.count() == 1
    made.statement(made.asked(), SENTENCE)  # in another consultation it may be


def test_two_who_propose_the_same_before_moderation_are_shown_once() -> None:
    asked = made.asked()
    first, second = (voting.propose(asked, words=SENTENCE, by=people.resident(), at=MONDAY) for _ in range(2))
    first.show(by=made.zhou_lan(), at=MONDAY)

    with pytest.raises(SaidAlready):
        second.show(by=made.zhou_lan(), at=MONDAY)
    assert Statement.objects.get(pk=second.pk).state == StatementState.PENDING


def test_what_is_hidden_is_not_voted_on_and_its_author_is_told_why_and_may_appeal_to_another() -> None:
    asked, sun_hao = made.asked(), people.resident("孙浩")
    said = voting.propose(asked, words=SENTENCE, by=sun_hao, at=MONDAY)
    said.show(by=made.he_jun(), at=MONDAY)
    said.hold_back(Held(Ground.OFF_TOPIC, "与本次草案无关。"), by=made.he_jun(), at=MONDAY)

    with pytest.raises(NotShown):
        voting.vote(said, choice=1, by=people.resident(), at=MONDAY)
    with pytest.raises(NotAllowed):
        said.appeal(words="投放时间就在第三条。", person=people.resident().person, by=sun_hao, at=MONDAY)
    said.appeal(words="投放时间就在第三条。", person=sun_hao.person, by=sun_hao, at=MONDAY)
    with pytest.raises(NotAllowed, match="另一位负责人"):
        said.restore(by=made.he_jun(), at=MONDAY)
    said.restore(by=made.qian_yi(), at=MONDAY)

    assert (said.state, said.public_words, said.ground) == (StatementState.SHOWN, SENTENCE, "")


def test_a_sentence_is_hidden_for_a_published_ground_only() -> None:
    said = made.statement()
    for held in (Held("AGAINST_US", "反对草案。"), Held(Ground.ABUSE, "")):
        with pytest.raises(Invalid):
            said.hold_back(held, by=made.zhou_lan(), at=MONDAY)
    assert Statement.objects.get().state == StatementState.SHOWN


@pytest.mark.parametrize("state", StatementState.values)
@pytest.mark.parametrize("step", list(STATEMENT_STEPS))
def test_every_step_from_every_state_follows_the_table(step: str, state: str) -> None:
    asked, sun_hao = made.asked(), people.resident("孙浩")
    said = voting.propose(asked, words=SENTENCE, by=sun_hao, at=MONDAY)
    shown = SENTENCE if state == StatementState.SHOWN else ""
    held = {"ground": "ABUSE", "told": "辱骂他人。", "held_by": made.he_jun()}
    Statement.objects.filter(pk=said.pk).update(state=state, public_words=shown, **held)
    said.refresh_from_db()
    calls = {
        "show": lambda: said.show(by=made.zhou_lan(), at=MONDAY),
        "hold_back": lambda: said.hold_back(Held(Ground.ABUSE, "辱骂他人。"), by=made.zhou_lan(), at=MONDAY),
        "appeal": lambda: said.appeal(words="没有辱骂。", person=sun_hao.person, by=sun_hao, at=MONDAY),
        "restore": lambda: said.restore(by=made.qian_yi(), at=MONDAY),
        "uphold": lambda: said.uphold(words="仍然是辱骂。", by=made.qian_yi(), at=MONDAY),
    }

    target = STATEMENT_STEPS.target(step, state)
    if target is None:
        with pytest.raises(StepRefused):
            calls[step]()
        assert Statement.objects.get().state == state
    else:
        calls[step]()
        assert Statement.objects.get().state == target
