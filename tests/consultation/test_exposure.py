"""Fair exposure: the least seen first, equals by lot, nothing that the reader has seen already."""

from collections import Counter

from civic.consultation.rules.exposure import next_to_show

SHOWN = {"lift": 40, "bus": 3, "park": 3, "bench": 0}


def test_what_few_have_seen_comes_first_and_the_popular_last() -> None:
    assert next_to_show(SHOWN, seed="wang", count=4)[0] == "bench"
    assert next_to_show(SHOWN, seed="wang", count=4)[-1] == "lift"


def test_a_reader_sees_one_order_as_long_as_they_read_and_another_reader_another() -> None:
    equal = dict.fromkeys("abcdefgh", 0)

    assert next_to_show(equal, seed="wang", count=8) == next_to_show(equal, seed="wang", count=8)
    assert next_to_show(equal, seed="wang", count=8) != next_to_show(equal, seed="li", count=8)
    assert next_to_show(dict(reversed(equal.items())), seed="wang", count=8) == next_to_show(
        equal, seed="wang", count=8
    )


def test_what_a_reader_has_seen_is_not_shown_again_and_no_more_than_was_asked_for() -> None:
    assert next_to_show(SHOWN, seed="wang", count=2, without={"bench", "bus"}) == ["park", "lift"]
    assert next_to_show(SHOWN, seed="wang", count=9, without=set(SHOWN)) == []


def test_who_was_first_to_post_has_no_better_place_than_who_came_last() -> None:
    equal = dict.fromkeys("abcd", 0)

    first = Counter(next_to_show(equal, seed=f"reader {reader}", count=1)[0] for reader in range(4_000))

    assert first == {"a": 988, "b": 967, "c": 1009, "d": 1036}  # a thousand each, give or take chance (27)


def test_after_many_readers_everything_was_shown_equally_often() -> None:
    shown = {"first": 500, **dict.fromkeys("abcdefghi", 0)}
    for reader in range(1_000):
        for entry in next_to_show(shown, seed=str(reader), count=3):
            shown[entry] += 1

    assert shown["first"] == 500  # 3,000 views are not enough to bring the others to 500
    assert {shown[entry] for entry in "abcdefghi"} == {333, 334}
