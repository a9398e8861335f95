"""What the queue does: letters to the rater, once each, and nobody's twice."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.notifications.models import Notice
from civic.ratings import tasks
from tests.factories.accounts import MONDAY, resident
from tests.factories.ratings import remedy, right, supervisor

pytestmark = pytest.mark.django_db


def jobs() -> list[dict[str, object]]:
    found = ProcrastinateJob.objects.filter(task_name="civic.ratings.tasks.tell").order_by("id")
    return [job.args for job in found]


def test_the_rater_is_told_what_became_of_it_once() -> None:
    wang_fang, zhao_lei = resident(), supervisor()
    found = remedy(of=right(holder=wang_fang))
    found.contact(note="已听取。", by=zhao_lei, at=MONDAY)
    found.verify(finding="TRUE", evidence="属实。", by=zhao_lei, at=MONDAY)
    found.repair(note="增开窗口。", by=zhao_lei, at=MONDAY)
    found.call_back(satisfied=True, note="满意。", by=zhao_lei, at=MONDAY + timedelta(days=1))
    assert jobs() == [{"remedy": found.pk, "step": "repair"}, {"remedy": found.pk, "step": "call_back"}]

    for job in jobs() * 2:
        tasks.tell(**job)

    letters = Notice.objects.filter(recipient=wang_fang).order_by("pk")
    assert [letter.code for letter in letters] == ["rating.repaired", "rating.ended"]
    assert letters[0].clear("title") == "差评已整改：社保卡申领"


def test_who_has_no_account_gets_no_letter_and_nothing_fails() -> None:
    found = remedy(of=right())

    tasks.tell(remedy=found.pk, step="repair")

    assert not Notice.objects.exists()
