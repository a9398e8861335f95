"""How an opinion was received: people are counted one by one, and a recount comes to the same."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic.consultation.models import Reception, Sight
from tests.factories import accounts as people
from tests.factories import consultation as make

pytestmark = pytest.mark.django_db


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["SUPPORT", "DOUBT", "NONE", "LOOK"])), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_people_counted_one_by_one_come_to_what_a_recount_comes_to(steps: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        crowd = [people.resident(name) for name in ("王芳", "李强", "赵云", "孙浩")]
        said = make.opinion(by=crowd[0])
        for who, side in steps:
            if side == "LOOK":
                Sight.objects.note([said.pk], person=crowd[who].person)
            elif who:  # nobody stands by their own words
                make.stance(said, side, by=crowd[who])

        counted = Reception.objects.values("supports", "doubts", "seen", "low").get()
        Reception.objects.get().recount(without=said.authors())
        assert Reception.objects.values("supports", "doubts", "seen", "low").get() == counted
        transaction.set_rollback(True)


def test_where_another_opinion_was_merged_into_it_people_who_stand_by_both_count_once() -> None:
    said = make.opinion()
    same = make.opinion(said.consultation, "投放时间太短，下班回来已经关了。", by=people.resident("赵云"))
    li_qiang = people.resident("李强")
    make.stance(said, by=li_qiang)
    make.stance(same, by=li_qiang)
    same.merge(said, by=make.qian_wei(), at=make.TUESDAY)

    make.stance(said, "DOUBT", by=people.resident("孙浩"))

    assert Reception.objects.values_list("supports", "doubts", "seen").get(opinion=said) == (1, 1, 2)
