"""A consultation ends when every point has its answer; authors and supporters are told once, and again later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from django.utils.timezone import localdate

from civic.accounts.models import Account
from civic.consultation import tasks
from civic.consultation.models import Consultation, FollowUp, Opinion, Report, Theme
from civic.consultation.models.opinion import NotTogether
from civic.consultation.models.outcome import Issued, NotAnswered
from civic.consultation.rules.standing import WrongDenominator
from civic.consultation.services import answering
from civic.consultation.states import ConsultationState, FollowUpState
from civic.core.errors import Invalid, NotAllowed
from civic.deadlines.models import Clock
from civic.notifications.models import Notice
from civic.notifications.services import notify
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import outcome as made
from tests.factories.accounts import MONDAY

FINE = "首次违反应当先劝导再罚款"


@pytest.mark.django_db
def test_it_is_not_answered_while_a_theme_has_no_answer() -> None:
    asked = made.concluded()
    theme = made.theme(asked, "罚款", made.opinion(asked, FINE))

    with pytest.raises(NotAnswered, match="还有1个主题没有答复"):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)
    assert Consultation.objects.get().state == ConsultationState.CONCLUDED
    assert not Report.objects.exists()

    made.answered(theme, "NOT")
    answering.settle(asked, by=made.he_jun(), at=made.LATER)
    assert Consultation.objects.get().state == ConsultationState.ANSWERED


@pytest.mark.django_db
def test_every_opinion_stands_in_a_theme_before_it_is_answered_and_none_waits() -> None:
    asked = made.concluded()
    loose = made.opinion(asked, FINE)
    with pytest.raises(NotAnswered, match="还有1条意见没有归入主题"):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)

    loose.hold_back(ground="ABUSE", words="含有辱骂他人的话。", by=made.zhou_lan(), at=made.LATER)
    loose.appeal(words="这不是辱骂。", person=loose.author, by=people.resident(), at=made.LATER)
    with pytest.raises(NotAnswered, match="还有1条意见等待审核或申诉处理"):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)
    assert not FollowUp.objects.exists()


@pytest.mark.django_db
def test_the_rate_needs_a_number_of_people_with_its_source_and_not_fewer_than_took_part() -> None:
    asked = made.concluded()
    Consultation.objects.update(eligible_people=None, eligible_on=None, eligible_source="")
    asked.refresh_from_db()
    with pytest.raises(NotAnswered, match="可参与的人数"):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)
    day, said = date(2020, 11, 1), "第七次人口普查"
    for people_, source, on in ((None, said, day), (100, "", day), (100, said, None), (100, said, date(2030, 1, 1))):
        with pytest.raises(Invalid):
            asked.count_eligible(people_, source=source, on=on, by=made.zhou_lan(), at=made.LATER)

    asked.count_eligible(1, source="本楼登记册", on=date(2026, 1, 1), by=made.zhou_lan(), at=made.LATER)
    made.support(Theme.objects.get().placings.get().opinion)
    with pytest.raises(WrongDenominator):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)
    assert Consultation.objects.get().state == ConsultationState.CONCLUDED


@pytest.mark.django_db
def test_only_a_leader_of_the_unit_says_that_all_is_answered_and_what_was_issued() -> None:
    asked = made.concluded()
    with pytest.raises(NotAllowed):
        answering.settle(asked, by=made.zhou_lan(), at=made.LATER)
    issued = Issued("六安市生活垃圾分类管理条例", date(2026, 7, 1))
    with pytest.raises(StepRefused):
        asked.adopt(issued, by=made.he_jun(), at=made.LATER)

    answering.settle(asked, by=made.he_jun(), at=made.LATER)
    asked.adopt(issued, by=made.he_jun(), at=made.LATER)

    assert (asked.state, asked.issued_as, asked.effective_on) == (
        "ADOPTED", "六安市生活垃圾分类管理条例", date(2026, 7, 1)
    )  # fmt: skip
    with pytest.raises(StepRefused):
        answering.settle(asked, by=made.he_jun(), at=made.LATER)
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_people_are_to_be_told_what_came_of_it_after_six_and_twelve_months_of_the_citys_days() -> None:
    asked = made.settled()

    due = {one.months: one.clock() for one in FollowUp.objects.filter(consultation=asked)}
    assert localdate(made.LATER) == date(2026, 4, 7)
    assert {months: localdate(clock.due_at) for months, clock in due.items() if clock} == {
        6: date(2026, 10, 7), 12: date(2027, 4, 7)
    }  # fmt: skip
    assert {one.months: one.due_on for one in FollowUp.objects.all()} == {6: date(2026, 10, 7), 12: date(2027, 4, 7)}


@pytest.mark.django_db
def test_what_came_of_it_is_told_once_and_the_clock_stops() -> None:
    follow_up = made.follow_up()
    clock = follow_up.clock()
    assert clock is not None

    follow_up.tell("每个小区已配两名指导员，晚间投放延长到九点。", by=made.zhou_lan(), at=made.LATER + 180 * made.DAY)

    assert follow_up.state == FollowUpState.DONE
    assert (follow_up.clock(), Clock.objects.get(pk=clock.pk).state) == (None, "STOPPED")
    with pytest.raises(StepRefused):
        follow_up.tell("再说一遍，内容不一样。", by=made.zhou_lan(), at=made.LATER)
    assert FollowUp.objects.get(pk=follow_up.pk).words == "每个小区已配两名指导员，晚间投放延长到九点。"


@pytest.mark.django_db
def test_authors_and_supporters_are_told_and_nobody_else() -> None:
    asked = made.asked()
    author, merged, supporter, doubter, reader = (
        people.resident(name) for name in ("孙浩", "王芳", "刘桂英", "陈静", "赵敏")
    )
    said = made.opinion(asked, author=author)
    second = made.opinion(asked, "投放时间太短，晚上请延长到九点", author=merged)
    second.merge(said, by=made.zhou_lan(), at=MONDAY)
    made.support(said, supporter)
    made.opinion(asked, FINE, author=reader)
    from civic.consultation.models import Stance

    Stance.objects.take(said, person=doubter.person, side="DOUBT", by="test", at=MONDAY)  # type: ignore[arg-type]
    theme = made.answered(made.theme(asked, "投放时间", said))

    tasks.tell_answer(theme=theme.pk)
    tasks.tell_answer(theme=theme.pk)

    told = Notice.objects.filter(code="consultation.answered").order_by("recipient")
    assert [one.recipient for one in told] == [author, merged, supporter]
    assert f"/consultations/{asked.pk}/outcome/#theme-1" in told[0].clear("body")


@pytest.mark.django_db
def test_the_unit_is_reminded_of_a_follow_up_until_it_is_told() -> None:
    follow_up = made.follow_up()
    clock = follow_up.clock()
    assert clock is not None
    subject = follow_up.ledger_id()

    assert tasks.remind(clock=clock.pk, subject=subject, rung="yellow") == 2
    assert tasks.remind(clock=clock.pk, subject=subject, rung="yellow") == 2
    assert Notice.objects.filter(code="consultation.follow_up_due").count() == 2  # 周岚 and 何军, once

    follow_up.tell("每个小区已配两名指导员，晚间投放延长到九点。", by=made.zhou_lan(), at=made.LATER)
    assert tasks.remind(clock=clock.pk, subject=subject, rung="red") == 0
    assert Notice.objects.filter(code="consultation.follow_up_due").count() == 2


def told_at_once(theme: Theme, account: Account, *, once: bool) -> int:
    """Let four workers tell the answer of a theme at once; return how many letters somebody has got.

    `once`: as we do it. Without, a letter does not say what it is about, so that none is known to be there.
    """
    barrier = Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            if once:
                answering.tell_answer(theme, at=made.LATER)
            else:
                names = {"consultation": "垃圾分类", "theme": theme.title, "link": "/"}
                known = Notice.objects.filter(recipient=account, code="consultation.answered").exists()
                barrier.wait()
                if not known:
                    notify(account, "consultation.answered", variables=names, at=made.LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(work) for _ in range(4)]:
            job.result()
    return Notice.objects.filter(recipient=account, code="consultation.answered").count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("once", "letters"), [(False, 4), (True, 1)])
def test_four_workers_at_once_write_one_letter_and_would_write_four(once: bool, letters: int) -> None:
    asked, sun_hao = made.asked(), people.resident("孙浩")
    theme = made.answered(made.theme(asked, "投放时间", made.opinion(asked, author=sun_hao)))

    assert told_at_once(theme, sun_hao, once=once) == letters


@pytest.mark.django_db
def test_opinions_that_were_answered_together_are_not_taken_apart_afterwards() -> None:
    asked = made.concluded()
    same = made.opinion(asked, "晚上能不能延长到九点", author=people.resident("刘桂英"))
    same.merge(asked.opinions.exclude(pk=same.pk).get(), by=made.zhou_lan(), at=made.LATER)
    answering.settle(asked, by=made.he_jun(), at=made.LATER)

    with pytest.raises(NotTogether, match="已经答复"):
        Opinion.objects.get(pk=same.pk).separate(by=made.zhou_lan(), at=made.LATER)

    assert Opinion.objects.get(pk=same.pk).merged_into_id is not None
