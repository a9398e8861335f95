"""The opinion map as it is published: when the numbers suffice, after five more people, and nobody in it."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from civic.accounts.models import Person
from civic.consultation.models import Consultation, MapEdition, Statement, StatementVote
from civic.consultation.models.edition import Drawn, TooSoon
from civic.consultation.models.statement import Held
from civic.consultation.rules.renewal import fingerprints, unpacked
from civic.consultation.rules.suffice import Rule
from civic.consultation.services.drawing import Drawing, draw_map
from civic.consultation.shown import map_page
from civic.consultation.states import Ground
from civic.core.errors import Refusal
from tests.consultation.voters import FOR, TOPICS, Standing, camp, two_camps
from tests.factories import outcome as made
from tests.factories.accounts import MONDAY

QUICK = Rule(draws=5)
HOUR = made.DAY / 24


def put(asked: Consultation, standing: Standing, known: dict[str, object] | None = None) -> dict[str, object]:
    """Store votes as they stand; return the people by name and the statements by topic, for more votes of theirs."""
    found = (
        known if known is not None else {topic: made.statement(asked, f"观点之{topic}，请表态。") for topic in TOPICS}
    )
    for name in dict.fromkeys(voter for voter, _topic in standing):
        found.setdefault(name, made.voter())
    StatementVote.objects.bulk_create(
        [
            StatementVote(statement=found[topic], person=found[voter], choice=choice, cast_at=MONDAY)
            for (voter, topic), choice in standing.items()
        ],
        update_conflicts=True, unique_fields=["person", "statement"], update_fields=["choice"],
    )  # fmt: skip
    return found


@pytest.mark.django_db
def test_thirty_people_bring_a_map_and_twenty_nine_none() -> None:
    asked = made.asked()
    standing = two_camps(upper=16, lower=14)
    last = {pair: choice for pair, choice in standing.items() if pair[0] == "lower13"}
    known = put(asked, {pair: choice for pair, choice in standing.items() if pair not in last})

    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.TOO_FEW
    assert not MapEdition.objects.exists()

    put(asked, last, known)
    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.PUBLISHED
    told = MapEdition.objects.get().told
    assert (told["participants"], [one["people"] for one in told["groups"]]) == (30, [16, 14])


@pytest.mark.django_db
def test_a_second_map_waits_for_five_more_people() -> None:
    asked = made.asked()
    known = put(asked, two_camps())
    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.PUBLISHED

    put(asked, camp("new", 4, FOR), known)
    assert draw_map(asked, at=MONDAY + HOUR, rule=QUICK) == Drawing.TOO_SOON
    put(asked, {("new0", topic): -1 for topic in TOPICS}, known)  # one of the four once more is not a fifth
    assert draw_map(asked, at=MONDAY + HOUR, rule=QUICK) == Drawing.TOO_SOON
    assert [one.told["participants"] for one in MapEdition.objects.all()] == [56]

    put(asked, {("fifth", "0"): 1}, known)
    assert draw_map(asked, at=MONDAY + 2 * HOUR, rule=QUICK) == Drawing.PUBLISHED
    assert [one.told["participants"] for one in MapEdition.objects.order_by("number")] == [56, 61]


@pytest.mark.django_db
def test_who_has_changed_a_vote_is_one_of_the_five() -> None:
    asked = made.asked()
    known = put(asked, two_camps())
    draw_map(asked, at=MONDAY, rule=QUICK)

    put(asked, {(f"upper{at}", "9"): 1 for at in range(4)}, known)
    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.TOO_SOON
    put(asked, {("upper4", "9"): 1}, known)
    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.PUBLISHED


@pytest.mark.django_db
def test_the_model_itself_refuses_a_map_that_comes_too_soon_whoever_draws_it() -> None:
    asked = made.asked()
    first = made.map_edition(asked)
    votes = {(str(at), "1"): 1 for at in range(1, 5)}
    salt = bytes(first.salt)

    for drawn in (
        Drawn({}, {}, salt, fingerprints(votes, salt=salt)),  # three more than the one who was in it
        Drawn({}, {}, b"another salt....", fingerprints(votes, salt=b"another salt....")),  # nothing can be compared
    ):
        with pytest.raises(TooSoon):
            MapEdition.objects.publish(asked, drawn, by="machine", at=MONDAY)
    assert MapEdition.objects.get() == first


@pytest.mark.django_db
def test_hiding_a_statement_is_no_vote_and_takes_its_words_from_the_page_at_once() -> None:
    asked = made.asked()
    known = put(asked, two_camps())
    draw_map(asked, at=MONDAY, rule=QUICK)
    statement = known["0"]
    assert isinstance(statement, Statement)
    statement.hold_back(Held(Ground.PRIVACY, "泄露他人电话。"), by=made.zhou_lan(), at=MONDAY)

    assert draw_map(asked, at=MONDAY, rule=QUICK) == Drawing.TOO_SOON
    newest = MapEdition.objects.newest(asked)
    assert newest is not None
    page = map_page(newest, asked)
    shown = {one.words for one in (*page.shared, *page.divisive, *page.rest)}
    shown |= {words for group in page.groups for words in group.typical}
    assert "观点之0" not in " ".join(shown)
    assert len({one.words for one in (*page.shared, *page.divisive, *page.rest)}) == 9


@pytest.mark.django_db
def test_nothing_that_is_kept_of_a_map_says_who_is_in_which_group() -> None:
    asked = made.asked()
    known = put(asked, two_camps())
    draw_map(asked, at=MONDAY, rule=QUICK)
    edition = MapEdition.objects.get()
    people = {str(one.pk) for one in known.values() if isinstance(one, Person)}

    kept = json.dumps([edition.told, edition.pictures], ensure_ascii=False)
    assert edition.told.keys() == {
        "participants", "placed", "one_sided", "explained", "silhouettes", "stability", "groups", "statements"
    }  # fmt: skip
    assert all(group.keys() == {"name", "people", "typical"} for group in edition.told["groups"])
    assert len(people) == 56
    assert "voter" not in kept
    assert "选民" not in kept
    assert len(unpacked(bytes(edition.prints))) == 56  # one print a person, in no order of theirs


@pytest.mark.django_db
def test_only_the_newest_map_keeps_whose_votes_are_in_it() -> None:
    asked = made.asked()
    known = put(asked, two_camps())
    draw_map(asked, at=MONDAY, rule=QUICK)
    put(asked, camp("new", 5, FOR), known)
    draw_map(asked, at=MONDAY, rule=QUICK)

    first, second = MapEdition.objects.order_by("number")
    assert (bytes(first.prints), bytes(first.salt)) == (b"", b"")
    assert len(unpacked(bytes(second.prints))) == 61


@pytest.mark.django_db
def test_the_picture_speaks_both_languages() -> None:
    asked = made.asked()
    put(asked, two_camps())
    draw_map(asked, at=MONDAY, rule=QUICK)

    edition = MapEdition.objects.get()
    assert "A组" in edition.picture("zh-hans")
    assert "Group A" in edition.picture("en")
    assert "组" not in edition.picture("en")


def at_once(asked: Consultation, rounds: int, *, held: bool) -> int:
    """Let two jobs publish the map of five more people at once, so often; return how many were published too many.

    `held`: as we do it. Without, the consultation is not held while one looks for the last map.
    """
    salt, too_many = b"0123456789abcdef", 0
    for turn in range(1, rounds + 1):
        votes = {(str(at), "1"): 1 for at in range(5 * turn)}
        drawn, barrier = Drawn({}, {}, salt, fingerprints(votes, salt=salt)), Barrier(2)

        def publish(drawn: Drawn = drawn, barrier: Barrier = barrier) -> int:
            try:
                if held:
                    barrier.wait()
                    MapEdition.objects.publish(asked, drawn, by="machine", at=MONDAY)
                else:
                    last = MapEdition.objects.newest(asked)
                    barrier.wait()
                    if last is not None:
                        last.refuse_too_soon(drawn)
                    MapEdition(consultation=asked, number=1 + MapEdition.objects.count(), told={}, pictures={},
                               salt=salt, prints=b"".join(sorted(drawn.prints)), drawn_at=MONDAY).save()  # fmt: skip
            except Refusal:
                return 0
            finally:
                connection.close()
            return 1

        with ThreadPoolExecutor(2) as pool:
            done = [job.result() for job in [pool.submit(publish), pool.submit(publish)]]
        too_many += sum(done) - 1
    return too_many


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_publish_one_map() -> None:
    asked = made.asked()

    assert at_once(asked, 10, held=True) == 0
    assert list(MapEdition.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 11))


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_consultation_two_maps_of_the_same_votes_would_be_published() -> None:
    with connection.cursor() as cursor:  # the number would save us, were it not counted anew
        cursor.execute("ALTER TABLE consultation_mapedition DROP CONSTRAINT map_edition_once_a_number")
    try:
        assert at_once(made.asked(), 10, held=False) > 0
    finally:
        MapEdition.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE consultation_mapedition ADD CONSTRAINT map_edition_once_a_number "
                "UNIQUE (consultation_id, number)"
            )
