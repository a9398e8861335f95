"""One person supports one opinion 32 times at once: one row, one support. Without lock and constraint it is red."""

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.consultation.models import Opinion, Participant, Reception, Sight, Stance
from civic.consultation.services.speaking import stand
from tests.factories import accounts as people
from tests.factories import consultation as make

TIMES = 32


@pytest.fixture
def said(transactional_db: None) -> Iterator[Opinion]:
    yield make.opinion()
    connection.close()


def all_at_once(said: Opinion, supporters: list[Account]) -> Counter[str]:
    start, outcomes = threading.Barrier(len(supporters)), Counter[str]()

    def support(by: Account) -> None:
        mine, account = Opinion.objects.for_list().get(pk=said.pk), Account.objects.get(pk=by.pk)
        start.wait()
        try:
            outcomes[stand(opinion=mine, side="SUPPORT", by=account, at=make.TUESDAY).side] += 1
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    crowd = [threading.Thread(target=support, args=(one,)) for one in supporters]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return outcomes


def test_the_same_person_thirty_two_times_at_once_is_one_support(said: Opinion) -> None:
    outcomes = all_at_once(said, [people.resident("李强")] * TIMES)

    assert outcomes == {"SUPPORT": TIMES}
    assert Stance.objects.count() == 1
    assert Reception.objects.values_list("supports", "doubts", "seen").get() == (1, 0, 1)
    assert Participant.objects.count() == 2  # who said it, who supports it
    assert Entry.objects.filter(step="consultation.stance.take").count() == 1


def test_sixteen_people_at_once_are_sixteen_supports(said: Opinion) -> None:
    outcomes = all_at_once(said, [people.resident("居民" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"[n]) for n in range(16)])

    assert outcomes == {"SUPPORT": 16}
    assert Reception.objects.values_list("supports", "seen").get() == (16, 16)
    assert Sight.objects.count() == 16


def test_the_race_is_real_a_platform_without_lock_and_constraint_counts_somebody_twice(
    said: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(self: Any, opinion: Opinion, *, person: Any, side: str, by: object, at: Any) -> Stance:
        found = Stance.objects.filter(opinion=opinion, person=person).first()
        read.wait()
        return found or Stance.objects.create(opinion=opinion, person=person, side=side, taken_at=at)

    read = threading.Barrier(2)
    monkeypatch.setattr(type(Stance.objects), "take", unguarded)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consultation_stance DROP CONSTRAINT stance_once_a_person")
    try:
        li_qiang = people.resident("李强")
        Participant.objects.join(
            said.consultation, li_qiang.person, area=None, source="WEB", by=li_qiang, at=make.TUESDAY
        )
        all_at_once(said, [li_qiang] * 2)

        assert Stance.objects.filter(person=li_qiang.person).count() == 2
    finally:
        Stance.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE consultation_stance ADD CONSTRAINT stance_once_a_person UNIQUE (person_id, opinion_id)"
            )
