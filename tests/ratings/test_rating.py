"""Who may rate what, once, and what follows from it."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.core.errors import NotAllowed, Stale
from civic.deadlines.models import Clock
from civic.ratings import services
from civic.ratings.models import AlreadyRated, Opinion, Rating, Remedy, Right
from civic.ratings.models.opinion import NotAnOpinion
from civic.workflow.models import StepRefused
from tests.factories.accounts import MONDAY, official, resident
from tests.factories.ratings import WORDS, opinion, rating, remedy, right

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_right_is_granted_once_and_its_token_is_not_stored() -> None:
    first, again = right(), right()

    assert first.pk == again.pk
    assert len(first.token) == 43
    assert again.token == ""
    assert Right.objects.opened_by(first.token) == first
    assert Right.objects.opened_by(first.token[:-1]) is None
    assert first.token not in str(first.__dict__.get("digest"))
    assert Entry.objects.filter(step="ratings.right.grant").count() == 1


def test_another_step_or_channel_is_another_right() -> None:
    rights = {right().pk, right(step="grant").pk, right(channel="WINDOW").pk, right("cases.case:8").pk}

    assert len(rights) == 4


def test_an_official_gets_no_right() -> None:
    with pytest.raises(NotAllowed):
        right(holder=official("李强"))

    assert not Right.objects.exists()


def test_a_right_is_used_once() -> None:
    held = right()
    rating(5, of=held)

    with pytest.raises(AlreadyRated):
        rating(1, of=held)

    assert Rating.objects.get().grade == 5


def test_a_right_runs_out_after_thirty_days_to_the_second() -> None:
    held = right()

    with pytest.raises(NotAllowed, match="30天"):
        Rating.objects.submit(right=held, opinion=opinion(), by=None, address="", at=MONDAY + 30 * DAY)
    late = MONDAY + 30 * DAY - timedelta(seconds=1)
    Rating.objects.submit(right=held, opinion=opinion(), by=None, address="", at=late)

    assert Rating.objects.get().submitted_at == late


def test_no_official_rates_even_with_the_link() -> None:
    with pytest.raises(NotAllowed, match="工作人员不能评价"):
        Rating.objects.submit(right=right(), opinion=opinion(), by=official("李强"), address="", at=MONDAY)

    assert not Rating.objects.exists()


def test_nobody_changes_a_rating_through_an_official_account() -> None:
    given = rating(2)

    with pytest.raises(NotAllowed):
        given.change(opinion(5), by=official("李强"), at=MONDAY + DAY)

    given.refresh_from_db()
    assert (given.grade, given.version, given.changes.count()) == (2, 1, 0)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (Opinion(0), "grade"),
        (Opinion(6), "grade"),
        (Opinion(-3), "grade"),
        (Opinion(5, ("ATTITUDE",)), "reasons"),  # a reason of the window, for something done online
        (Opinion(5, ("NONSENSE",)), "reasons"),
        (Opinion(5, (), "长" * 501), "comment"),
    ],
)
def test_nothing_but_an_opinion_is_stored(said: Opinion, pointer: str) -> None:
    with pytest.raises(NotAnOpinion) as refused:
        Rating.objects.submit(right=right(), opinion=said, by=None, address="", at=MONDAY)

    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert not Rating.objects.exists()


@pytest.mark.parametrize("grade", [0, 6])
def test_the_database_takes_five_grades_only(grade: int) -> None:
    given = rating()

    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=given.pk).update(grade=grade)


def test_a_typed_grade_that_is_none_of_the_five_is_none() -> None:
    assert [Opinion.typed(text).grade for text in ("5", "1", "", "0", "99", "5.0", "五")] == [5, 1, 0, 0, 0, 0, 0]


def test_the_comment_is_sealed_with_the_raters_own_key() -> None:
    wang_fang = resident()
    given = rating(2, of=right(holder=wang_fang), comment=WORDS, reasons=("GUIDE", "GUIDE"))

    assert given.key == wang_fang.person.key
    assert WORDS.encode() not in bytes(given.comment_sealed)
    assert given.clear("comment") == WORDS
    assert given.reasons == ["GUIDE"]


def test_a_changed_rating_keeps_what_it_said() -> None:
    given = rating(4, comment="还可以。")

    given.change(opinion(3, comment="后来发现要跑两次。"), by=None, at=MONDAY + DAY)

    before = given.changes.get()
    assert (given.grade, given.clear("comment"), given.version) == (3, "后来发现要跑两次。", 2)
    assert (before.grade, before.clear("comment"), before.replaced_at) == (4, "还可以。", MONDAY + DAY)


def test_seven_days_later_nothing_can_be_changed() -> None:
    given = rating(4)
    given.change(opinion(3), by=None, at=MONDAY + 7 * DAY - timedelta(seconds=1))

    with pytest.raises(NotAllowed, match="7天"):
        given.change(opinion(5), by=None, at=MONDAY + 7 * DAY)

    assert Rating.objects.get().grade == 3


def test_a_stale_page_changes_nothing() -> None:
    given = rating(4)
    given.change(opinion(3), by=None, at=MONDAY, seen=1)

    with pytest.raises(Stale):
        given.change(opinion(5), by=None, at=MONDAY, seen=1)

    assert Rating.objects.get().grade == 3


@pytest.mark.parametrize(("grade", "remedies"), [(5, 0), (4, 0), (3, 0), (2, 1), (1, 1)])
def test_two_of_five_grades_open_a_remedy(grade: int, remedies: int) -> None:
    rating(grade)

    assert Remedy.objects.count() == remedies
    assert Clock.objects.count() == 2 * remedies


def test_a_remedy_starts_with_its_two_limits() -> None:
    opened = remedy()

    assert {(clock.kind, int(clock.budget), clock.unit) for clock in opened.clocks()} == {
        ("rating.contact", 1, "WORKDAY"),
        ("rating.repair", 15, "WORKDAY"),
    }


def test_a_rating_that_turns_bad_opens_a_remedy_and_one_that_turns_good_ends_it_while_untouched() -> None:
    given = rating(3)
    given.change(opinion(1), by=None, at=MONDAY)
    opened = given.remedies.get()

    given.change(opinion(4), by=None, at=MONDAY + DAY)

    opened.refresh_from_db()
    assert opened.state == "WITHDRAWN"
    assert opened.clocks() == []
    given.change(opinion(2), by=None, at=MONDAY + DAY)
    assert given.remedies.exclude(state="WITHDRAWN").get().state == "OPENED"


def test_ratings_are_confirmed_when_nobody_can_change_them_any_more() -> None:
    good, bad = rating(4), rating(1, of=right("cases.case:8"))

    assert services.settle(at=MONDAY + 7 * DAY - timedelta(seconds=1)) == 0
    assert services.settle(at=MONDAY + 7 * DAY) == 1

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("CONFIRMED", "SUBMITTED")
    with pytest.raises(StepRefused):
        good.change(opinion(5), by=None, at=MONDAY)


def test_five_top_ratings_from_one_address_within_minutes_are_flagged() -> None:
    given = [rating(5, of=right(f"cases.case:{n}")) for n in range(5)]
    elsewhere = rating(5, of=right("cases.case:99"), address="10.9.9.9")

    assert ProcrastinateJob.objects.filter(task_name="civic.ratings.tasks.look_for_burst").count() == 6
    assert services.flag_burst(rating=elsewhere, at=MONDAY) == 0
    assert services.flag_burst(rating=given[-1], at=MONDAY) == 5
    assert services.flag_burst(rating=given[-1], at=MONDAY) == 0
    elsewhere.refresh_from_db()
    assert elsewhere.flagged_at is None


def test_four_are_no_burst_and_the_address_is_not_stored() -> None:
    given = [rating(5, of=right(f"cases.case:{n}"), address="192.0.2.77") for n in range(4)]

    assert services.flag_burst(rating=given[-1], at=MONDAY) == 0
    assert "192.0.2.77" not in str(Rating.objects.values_list())


@pytest.mark.django_db(transaction=True)
def test_sixteen_people_with_one_link_make_one_rating() -> None:
    held = right()
    start, outcomes = threading.Barrier(16), []

    def rate(grade: int) -> None:
        try:
            start.wait()
            Rating.objects.submit(right=held, opinion=opinion(grade), by=None, address="", at=MONDAY)
            outcomes.append("rated")
        except AlreadyRated:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=rate, args=(1 + n % 5,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("rated") == 1
    assert outcomes.count("refused") == 15
    assert Rating.objects.count() == 1
    assert Entry.objects.filter(step="ratings.rating.submit").count() == 1
