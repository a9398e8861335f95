"""When a map may follow the last one: after five more people, whatever the clock says."""

from itertools import combinations

from civic.consultation.rules.renewal import fingerprints, may_renew, packed, people_since, unpacked
from tests.consultation.voters import Standing, two_camps

SALT = b"of this map"


def prints(standing: Standing) -> frozenset[bytes]:
    return fingerprints(standing, salt=SALT)


def test_the_first_map_waits_for_nobody() -> None:
    assert may_renew(prints(two_camps()), frozenset())


def test_four_more_people_are_too_few_and_the_fifth_is_enough() -> None:
    before = two_camps()
    more = {(f"new{person}", "0"): 1 for person in range(5)}
    four = {pair: choice for pair, choice in more.items() if pair[0] != "new4"}

    assert people_since(prints(before | four), prints(before)) == 4
    assert not may_renew(prints(before | four), prints(before))
    assert may_renew(prints(before | more), prints(before))


def test_one_person_who_votes_on_everything_anew_is_one_person() -> None:
    before = two_camps()
    turned = before | {(voter, topic): -1 for voter, topic in before if voter == "upper0"}

    assert people_since(prints(turned), prints(before)) == 1


def test_who_changes_a_vote_and_changes_it_back_has_not_voted_since() -> None:
    before = two_camps()
    back = before | {("upper0", "0"): before["upper0", "0"]}

    assert people_since(prints(back), prints(before)) == 0


def test_any_five_who_change_their_vote_count_and_no_four_of_them() -> None:
    before = two_camps(upper=6, lower=6)
    for people in combinations(["upper1", "upper2", "lower1", "lower2", "lower3"], 4):
        after = before | {(one, "9"): 1 for one in people}
        assert not may_renew(prints(after), prints(before)), people

    after = before | {(one, "9"): 1 for one in ["upper1", "upper2", "lower1", "lower2", "lower3"]}
    assert may_renew(prints(after), prints(before))


def test_fingerprints_survive_storage_and_name_nobody() -> None:
    before = prints(two_camps())

    assert unpacked(packed(before)) == before
    assert b"upper" not in packed(before)
    assert not before & fingerprints(two_camps(), salt=b"of another map")
