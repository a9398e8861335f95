"""Who is served first, who is turned away when: every number by hand."""

import pytest

from civic.config.admission import Errand, Fate, Lines, Visitor, errand_of, share_of

SUBMISSION, OWN, BROWSING = Errand
WAITING, SERVED, TURNED_AWAY = Fate


def standing(*, room: int = 10) -> Lines:
    """Lines in which a reader has waited since 100.0; at 100.2 they are a crowd."""
    lines = Lines(room=room)
    lines.arrive(BROWSING, 100.0)
    return lines


def join(lines: Lines, errand: Errand, at: float, whose: str = "") -> Visitor:
    return lines.arrive(errand, at, whose)[0]


def test_a_submission_is_served_before_those_who_came_earlier_to_read() -> None:
    lines = Lines(room=10)
    reader, own, first, second = (join(lines, errand, 1.0) for errand in (BROWSING, OWN, SUBMISSION, SUBMISSION))

    assert [lines.call(1.01) for _ in range(5)] == [first, second, own, reader, None]
    assert {one.fate for one in (reader, own, first, second)} == {SERVED}


def test_where_the_line_moves_readers_wait_half_a_second() -> None:
    assert join(Lines(room=10), BROWSING, 100.0).until == 100.5


@pytest.mark.parametrize(("at", "until"), [(100.1, 100.6), (100.125, 100.145), (107.0, 107.02)])
def test_where_it_has_stood_for_more_than_a_tenth_of_a_second_they_wait_a_fiftieth(at: float, until: float) -> None:
    assert join(standing(), BROWSING, at).until == pytest.approx(until, abs=1e-9)


@pytest.mark.parametrize(("errand", "until"), [(SUBMISSION, 110.2), (OWN, 102.2)])
def test_a_crowd_of_readers_shortens_nobody_elses_patience(errand: Errand, until: float) -> None:
    assert join(standing(), errand, 100.2).until == pytest.approx(until, abs=1e-9)


def test_standing_submissions_are_a_crowd_for_readers_and_for_own_pages() -> None:
    lines = Lines(room=10)
    join(lines, SUBMISSION, 100.0)

    assert join(lines, OWN, 100.2).until == pytest.approx(100.7, abs=1e-9)
    assert join(lines, BROWSING, 100.2).until == pytest.approx(100.22, abs=1e-9)


def test_a_line_that_was_empty_for_a_moment_is_no_crowd() -> None:
    lines = standing()
    lines.call(100.15)
    join(lines, BROWSING, 100.16)

    assert join(lines, BROWSING, 100.2).until == 100.7


def test_who_has_waited_too_long_is_turned_away_and_the_next_is_served() -> None:
    lines = Lines(room=10)
    late, last = join(lines, BROWSING, 100.0), join(lines, BROWSING, 100.1)

    assert lines.call(100.55) is last
    assert (late.fate, last.fate) == (TURNED_AWAY, SERVED)


def test_in_a_full_room_the_last_reader_goes_for_a_submission() -> None:
    lines = Lines(room=2)
    first, last = join(lines, BROWSING, 1.0), join(lines, BROWSING, 1.0)

    visitor, gone = lines.arrive(SUBMISSION, 1.1)

    assert (visitor.fate, gone) == (WAITING, last)
    assert (first.fate, last.fate, lines.waiting()) == (WAITING, TURNED_AWAY, 2)


@pytest.mark.parametrize("errand", [OWN, BROWSING])
def test_in_a_room_full_of_as_urgent_ones_nobody_goes_and_who_comes_is_turned_away(errand: Errand) -> None:
    lines = Lines(room=2)
    inside = [join(lines, OWN, 1.0), join(lines, OWN, 1.0)]

    visitor, gone = lines.arrive(errand, 1.1)

    assert (visitor.fate, gone) == (TURNED_AWAY, None)
    assert [lines.call(1.2), lines.call(1.2), lines.call(1.2)] == [*inside, None]


def test_who_gives_up_is_not_called_and_who_is_served_cannot_give_up() -> None:
    lines = Lines(room=10)
    one, other = join(lines, BROWSING, 1.0), join(lines, BROWSING, 1.0)

    assert lines.turn_away(one, 1.1) is True
    assert lines.call(1.2) is other
    assert lines.turn_away(other, 1.3) is False
    assert (one.fate, other.fate, lines.call(1.4)) == (TURNED_AWAY, SERVED, None)


@pytest.mark.parametrize(
    ("method", "path", "is_known", "errand"),
    [
        ("POST", "/api/tickets", True, SUBMISSION),
        ("POST", "/hotline/write/report/k1/", False, SUBMISSION),
        ("PUT", "/api/x", False, SUBMISSION),
        ("GET", "/office/hotline/", False, OWN),
        ("GET", "/hotline/write/report/k1/", False, OWN),
        ("GET", "/static/core/civic.css", False, OWN),
        ("GET", "/hotline/register/", True, OWN),
        ("GET", "/hotline/register/", False, BROWSING),
        ("HEAD", "/", False, BROWSING),
        ("GET", "/api/open311/v2/requests.json", False, BROWSING),
    ],
)
def test_what_a_request_is_for(method: str, path: str, is_known: bool, errand: Errand) -> None:
    assert errand_of(method, path, is_known=is_known) is errand


def test_clients_take_turns_within_a_line_and_a_more_urgent_line_still_goes_first() -> None:
    lines = Lines(room=20)
    many = [join(lines, SUBMISSION, 1.0, "A") for _ in range(3)]
    one = join(lines, SUBMISSION, 1.01, "B")
    two = [join(lines, SUBMISSION, 1.02, "C") for _ in range(2)]
    reader = join(lines, BROWSING, 1.0, "D")

    called = [lines.call(1.05) for _ in range(8)]

    assert called == [many[0], one, two[0], many[1], two[1], many[2], reader, None]


def test_one_client_alone_is_served_in_order_and_has_the_whole_room() -> None:
    lines = Lines(room=8)
    inside = [join(lines, SUBMISSION, 1.0, "A") for _ in range(8)]
    late, gone = lines.arrive(SUBMISSION, 1.0, "A")

    assert (late.fate, gone) == (TURNED_AWAY, None)
    assert [lines.call(1.1) for _ in range(9)] == [*inside, None]


def test_in_a_full_room_who_holds_more_than_a_share_gives_its_last_place_to_who_holds_none() -> None:
    lines = Lines(room=8)  # a quarter of it: two
    inside = [join(lines, SUBMISSION, 1.0, "A") for _ in range(8)]

    gone = [lines.arrive(SUBMISSION, 1.1, whose)[1] for whose in "BCDEFG"]
    last, nobody = lines.arrive(SUBMISSION, 1.1, "H")

    assert gone == list(reversed(inside[2:]))
    assert (last.fate, nobody) == (TURNED_AWAY, None)  # the two that A has left are its share
    assert [one.fate for one in inside] == [WAITING] * 2 + [TURNED_AWAY] * 6
    assert lines.waiting() == 8


def test_who_holds_most_gets_no_place_from_another_that_holds_as_many() -> None:
    lines = Lines(room=8)
    for _ in range(4):
        join(lines, SUBMISSION, 1.0, "A")
        join(lines, SUBMISSION, 1.0, "B")

    visitor, gone = lines.arrive(SUBMISSION, 1.1, "A")

    assert (visitor.fate, gone) == (TURNED_AWAY, None)


def test_a_reader_of_the_client_with_most_goes_for_a_submission() -> None:
    lines = Lines(room=4)
    join(lines, BROWSING, 1.0, "B")
    crowd = [join(lines, BROWSING, 1.0, "A") for _ in range(3)]

    assert lines.arrive(SUBMISSION, 1.1, "B")[1] is crowd[-1]


def test_who_gives_up_leaves_the_others_of_its_client_their_turn() -> None:
    lines = Lines(room=10)
    first, second = join(lines, SUBMISSION, 1.0, "A"), join(lines, SUBMISSION, 1.0, "A")
    other = join(lines, SUBMISSION, 1.0, "B")

    lines.turn_away(first, 1.1)

    assert [lines.call(1.2) for _ in range(3)] == [second, other, None]


@pytest.mark.parametrize(
    ("places", "per_cent", "share"), [(52, 25, 13), (60, 25, 15), (2, 25, 1), (0, 25, 0), (9, 100, 9)]
)
def test_a_share_is_at_least_one_place(places: int, per_cent: int, share: int) -> None:
    assert share_of(places, per_cent) == share
