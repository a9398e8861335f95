"""Ratings of tickets: who may rate a handling, what a bad grade does and does not do, who never learns who rated."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.hotline.models import Ticket
from civic.hotline.models.questions import Call
from civic.hotline.services.answering import close_with_joined
from civic.hotline.services.caller import look_up_code
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.services.rating import hear, invite
from civic.notifications.models import Notice
from civic.ratings.models import Rating, Remedy, Right
from civic.ratings.querysets import published_counts
from tests.factories import hotline
from tests.factories.accounts import MONDAY, at_home, department, official, resident
from tests.factories.hotline import DAY, HOUR
from tests.factories.ratings import opinion
from tests.hotline.desk import at_desk, page_of

pytestmark = pytest.mark.django_db
CLOSED_AT = MONDAY + DAY + 2 * HOUR
WORDS = "我是王芳，13800005678，灯只亮了一晚又坏了。"


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    """The clock at every door: Wednesday, a day after the lamp was mended."""
    cache.clear()
    found = {"at": MONDAY + 2 * DAY}
    for door in ("hotline.portal.mine", "hotline.office.ticket", "ratings.portal", "ratings.office"):
        monkeypatch.setattr(f"civic.{door}.now", lambda: found["at"])
    return found


def closed_and_asked(**more: Any) -> tuple[Ticket, Right]:
    """王芳's lamp was mended, and she is asked how content she is."""
    ticket = hotline.closed(**more)
    invite(fresh(ticket), at=CLOSED_AT)
    return ticket, Right.objects.get(subject=ticket.ledger_id())


def fresh(ticket: Ticket) -> Ticket:
    found: Ticket = Ticket.objects.for_detail().get(pk=ticket.pk)
    return found


def rate(
    right: Right, grade: int, *, reasons: tuple[str, ...] = (), words: str = "", at: datetime = CLOSED_AT
) -> Rating:
    given: Rating = Rating.objects.submit(
        right=right, opinion=opinion(grade, reasons, words), by=right.holder, address="10.0.0.1", at=at
    )
    return given


def handled_again(ticket: Ticket) -> int:
    return Entry.objects.filter(subject=ticket.ledger_id(), step="hotline.ticket.handle_again").count()


def end_round(ticket: Ticket, *, at: datetime) -> None:
    """马军 mends it, 徐慧 checks and calls back, and it ends."""
    ticket.refresh_from_db()
    ma_jun, xu_hui = hotline.of_unit(), hotline.xu_hui()
    ticket.acknowledge(by=ma_jun, at=at)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=ma_jun, at=at)
    ticket.pass_reply(by=xu_hui, at=at)
    ticket.call_back(call=Call(True, contacted=True, solved=True), by=xu_hui, at=at)
    close_with_joined(ticket=ticket, by=xu_hui, at=at)


# Who is asked


def test_who_spoke_is_asked_once_a_handling_about_the_unit_that_handled_it() -> None:
    ticket, right = closed_and_asked()
    assert ProcrastinateJob.objects.filter(task_name="civic.hotline.tasks.invite", args__ticket=ticket.pk).count() == 1

    assert invite(fresh(ticket), at=CLOSED_AT + HOUR) == 0

    assert (right.holder, right.channel, right.step, right.department.code) == (
        ticket.caller, "HOTLINE", "handling-1", "cgj",
    )  # fmt: skip
    assert (right.service_code, right.service_name) == ("12345-010201", "12345热线：道路桥梁路灯")
    assert set(right.handlers) == {hotline.of_unit().pk, hotline.gao_fei().pk, hotline.xu_hui().pk}
    letter = Notice.objects.get(recipient=ticket.caller, template__code="rating.invited")
    assert "/ratings/give/" in letter.body


def test_who_reports_without_a_name_is_not_asked_again_and_neither_is_who_was_handed_to_the_police() -> None:
    hotline.city()
    report = take_in(
        Intake("工地偷倒渣土", hotline.LAMP, kind="REPORT"), caller=Caller(secrecy="ANONYMOUS"), by=None, at=MONDAY
    )
    report.answer_live(words="已经转给执法队当场查处。", by=hotline.lin_xia(), at=MONDAY)
    emergency = hotline.ticket()
    emergency.hand_over(to="110", by=hotline.lin_xia(), at=MONDAY)

    assert [invite(fresh(one), at=MONDAY) for one in (report, emergency)] == [0, 0]
    assert not Right.objects.exists()


def test_what_was_answered_at_the_phone_is_rated_at_the_centre_and_a_bad_grade_goes_to_the_supervisors() -> None:
    ticket = hotline.ticket(kind="CONSULT")
    ticket.answer_live(words="可以在任何窗口补办，当场领卡。", by=hotline.lin_xia(), at=MONDAY)
    invite(fresh(ticket), at=MONDAY)
    right = Right.objects.get()

    given = rate(right, 1, at=MONDAY)

    assert right.department.code == "rx"
    assert hear(given, at=MONDAY) is False
    assert (fresh(ticket).state, Remedy.objects.get().state) == ("CLOSED", "OPENED")


def test_everybody_whose_ticket_was_joined_reads_the_answer_without_the_others_name_and_is_asked() -> None:
    main = hotline.dispatched()
    sun_hao = resident("孙浩")
    joined = hotline.ticket(by=sun_hao)
    joined.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    end_round(main, at=MONDAY + 3 * HOUR)

    assert invite(fresh(main), at=CLOSED_AT) == 2
    assert invite(fresh(joined), at=CLOSED_AT) == 0
    page = at_home(sun_hao).get(f"/my/requests/{joined.number}/").content.decode()
    assert "更换电缆后恢复照明" in page
    assert "评价这次办理" in page
    assert Right.objects.get(holder=sun_hao).department.code == "cgj"


# What a bad grade does


@pytest.mark.parametrize("grade", [1, 2])
def test_a_bad_grade_has_it_handled_again_by_the_same_unit_once_and_a_remedy_watches(grade: int) -> None:
    ticket, right = closed_and_asked()

    given = rate(right, grade, reasons=("RESULT",), words=WORDS)
    assert ProcrastinateJob.objects.filter(task_name="civic.hotline.tasks.rated", args__subject=given.pk).count() == 1
    assert hear(given, at=CLOSED_AT + HOUR) is True
    assert hear(given, at=CLOSED_AT + 2 * HOUR) is False

    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.unit.code) == ("DISPATCHED", 2, "cgj")
    assert handled_again(ticket) == 1
    assert ticket.open_dispatch.reason == "回访或者评价反映没有办好（问题解决情况），请核实后重新办理。"
    assert Remedy.objects.get().state == "OPENED"


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_a_good_grade_leaves_it_closed(grade: int) -> None:
    ticket, right = closed_and_asked()

    assert hear(rate(right, grade), at=CLOSED_AT) is False

    assert fresh(ticket).state == "CLOSED"
    assert not Remedy.objects.exists()


def test_a_grade_that_has_become_good_before_anybody_acted_reopens_nothing() -> None:
    ticket, right = closed_and_asked()
    given = rate(right, 1)
    given.change(opinion(4), by=right.holder, at=CLOSED_AT + HOUR)

    assert hear(Rating.objects.get(), at=CLOSED_AT + 2 * HOUR) is False

    assert (fresh(ticket).state, Remedy.objects.get().state) == ("CLOSED", "WITHDRAWN")


def test_to_and_fro_between_bad_and_good_it_is_handled_again_once() -> None:
    ticket, right = closed_and_asked()
    given = rate(right, 1)
    assert hear(given, at=CLOSED_AT) is True
    for grade in (5, 1, 4, 2):
        given.change(opinion(grade), by=right.holder, at=CLOSED_AT + HOUR)
        assert hear(Rating.objects.get(), at=CLOSED_AT + HOUR) is False

    assert (fresh(ticket).round, handled_again(ticket)) == (2, 1)


def test_a_grade_of_the_first_handling_does_nothing_while_the_second_runs_or_after_it_has_ended() -> None:
    ticket, right = closed_and_asked()
    ticket.handle_again(words="又不亮了，请再来看。", by=ticket.caller, at=CLOSED_AT + HOUR)
    given = rate(right, 1, at=CLOSED_AT + 2 * HOUR)
    assert hear(given, at=CLOSED_AT + 2 * HOUR) is False
    end_round(ticket, at=CLOSED_AT + 3 * HOUR)

    assert hear(given, at=CLOSED_AT + 4 * HOUR) is False
    assert (fresh(ticket).state, fresh(ticket).round) == ("CLOSED", 2)


def test_the_second_handling_is_rated_by_a_right_of_its_own_and_there_is_no_third() -> None:
    ticket, right = closed_and_asked()
    hear(rate(right, 1), at=CLOSED_AT)
    end_round(ticket, at=CLOSED_AT + HOUR)
    assert invite(fresh(ticket), at=CLOSED_AT + 2 * HOUR) == 1
    second = Right.objects.get(step="handling-2")

    assert hear(rate(second, 1, at=CLOSED_AT + 2 * HOUR), at=CLOSED_AT + 3 * HOUR) is False

    assert (fresh(ticket).state, fresh(ticket).round, handled_again(ticket)) == ("CLOSED", 2, 1)
    assert [remedy.state for remedy in Remedy.objects.order_by("pk")] == ["OPENED", "OPENED"]


def test_after_the_days_for_it_a_bad_grade_is_the_supervisors_matter() -> None:
    ticket, right = closed_and_asked()
    late = CLOSED_AT + timedelta(days=16)

    assert hear(rate(right, 1, at=late), at=late) is False

    assert (fresh(ticket).state, Remedy.objects.get().state) == ("CLOSED", "OPENED")


def test_a_joined_caller_who_is_not_content_gets_a_second_handling_and_the_others_answer_stands() -> None:
    main = hotline.dispatched()
    joined = hotline.ticket(by=resident("孙浩"))
    joined.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    end_round(main, at=MONDAY + 3 * HOUR)
    invite(fresh(main), at=CLOSED_AT)

    assert hear(rate(Right.objects.get(subject=joined.ledger_id()), 2), at=CLOSED_AT) is True

    again = fresh(joined)
    assert (again.state, again.round, again.parent, again.unit.code) == ("DISPATCHED", 2, None, "cgj")
    assert (fresh(main).state, fresh(main).round) == ("CLOSED", 1)
    end_round(again, at=CLOSED_AT + HOUR)
    assert invite(fresh(joined), at=CLOSED_AT + 2 * HOUR) == 1
    page = at_home(joined.caller).get(f"/my/requests/{joined.number}/").content.decode()
    assert "评价这次办理" in page


# The pages of who rates


def test_one_rates_from_the_page_of_the_request_and_finds_what_one_said() -> None:
    ticket, right = closed_and_asked()
    client, mine = at_home(ticket.caller), f"/my/requests/{ticket.number}/"
    assert "评价这次办理" in client.get(mine).content.decode()

    door = client.post(f"{mine}rating/")
    form = client.get(door["Location"]).content.decode()
    client.post(door["Location"], {"grade": "2", "reasons": ["RESULT"], "comment": WORDS})

    assert door["Location"] == f"/my/ratings/{right.pk}/"
    for words in ("服务效率", "问题解决情况", "答复是否清楚", "服务态度", "承办单位始终看不到是谁评的"):
        assert words in form
    assert "办事指南精确度" not in form
    assert "不满意" in client.get(mine).content.decode()
    assert "评价这次办理" not in client.get(mine).content.decode()


def test_who_has_no_account_gets_a_link_by_the_secret_and_the_link_before_it_opens_nothing() -> None:
    hotline.city()
    ticket = take_in(Intake("梅山路路灯不亮", hotline.LAMP), caller=Caller(name="王芳", phone="13800005678"),
                     by=None, at=MONDAY)  # fmt: skip
    ticket.answer_live(words="已经通知抢修队，今晚修好。", by=hotline.lin_xia(), at=MONDAY)
    invite(fresh(ticket), at=MONDAY)
    client, door = Client(), f"/my/requests/{ticket.number}/rating/"
    assert client.post(door).status_code == 404
    client.post("/hotline/track/", {"number": ticket.number, "secret": look_up_code(ticket)})

    first, second = client.post(door)["Location"], client.post(door)["Location"]

    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    Client().post(second, {"grade": "4"})
    assert Rating.objects.get().grade == 4
    assert client.post(door).status_code == 404


def test_nobody_gets_a_new_link_for_what_is_somebody_elses_own() -> None:
    _ticket, right = closed_and_asked()
    before = right.digest

    with pytest.raises(NotAllowed):
        right.renew_link(by="caller", at=CLOSED_AT)

    right.refresh_from_db()
    assert right.digest == before


# Who never learns who rated


def at_the_unit() -> dict[str, Account]:
    """马军 handles, 韩冰 leads the unit, 秦岭 supervises inside it; nobody of them may know."""
    return {
        "unit_handler": hotline.of_unit(),
        "unit_leader": official("韩冰", department=hotline.unit(), roles=("unit_leader",)),
        "supervisor": official("秦岭", department=hotline.unit(), roles=("supervisor", "unit_leader")),
    }


def rated_badly_among(callers: int) -> tuple[Ticket, Ticket, Rating]:
    """The main ticket, 孙浩's that was joined to it, and his bad rating; so many callers have had the answer."""
    main = hotline.dispatched()
    sun_hao = resident("孙浩", phone="13955667788")
    others = [resident(name, phone=f"1395566770{n}") for n, name in enumerate(["周丽", "吴刚", "郑好"][: callers - 2])]
    joined = [hotline.ticket(by=one) for one in (sun_hao, *others)]
    for one in joined:
        one.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    end_round(main, at=MONDAY + 3 * HOUR)
    invite(fresh(main), at=CLOSED_AT)
    words = "我是孙浩，13955667788，灯只亮了一晚又坏了。"
    return main, joined[0], rate(Right.objects.get(holder=sun_hao), 1, reasons=("RESULT",), words=words)


@pytest.mark.parametrize("role", ["unit_handler", "unit_leader", "supervisor"])
@pytest.mark.parametrize(("callers", "told"), [(4, False), (5, True)])
def test_the_unit_reads_what_was_said_only_where_five_could_have_and_never_who(
    role: str, callers: int, told: bool
) -> None:
    main, joined, given = rated_badly_among(callers)
    client, remedy = at_desk(at_the_unit()[role]), given.remedies.get()

    seen = client.get(page_of(main)).content.decode()
    kept = [client.get(f"/office/remedies/{part}").content.decode() for part in ("", f"{remedy.pk}/", "?view=services")]

    for words in ("非常不满意", "问题解决情况", "灯只亮了一晚又坏了"):
        assert (words in seen) is told
    for page in (seen, *kept):
        for secret in ("孙浩", "孙*", "13955667788", "7788"):
            assert secret not in page
    for page in kept:
        assert joined.number not in page


def test_the_centre_reads_it_without_names() -> None:
    main, _joined, _given = rated_badly_among(2)

    seen = at_desk(hotline.xu_hui()).get(page_of(main)).content.decode()

    assert "灯只亮了一晚又坏了" in seen
    assert "孙浩" not in seen


def test_only_a_supervisor_of_another_department_looks_into_it_and_may_ring_who_rated() -> None:
    ticket, right = closed_and_asked()
    given = rate(right, 1, words=WORDS)
    remedy = given.remedies.get()
    outside = official("吴刚", department=department("sjzy", "数据资源局"), roles=("supervisor",))
    reveal = f"/office/remedies/{remedy.pk}/revelation/"

    for insider in at_the_unit().values():
        at_desk(insider).post(f"/office/remedies/{remedy.pk}/contact/", {"note": "打电话问过了。"})
        answer = at_desk(insider).post(reveal, {"purpose": "联系评价人核实情况"})
        assert answer.status_code in (403, 404)
        assert ticket.caller.person.phone not in answer.content.decode()
    remedy.refresh_from_db()
    assert remedy.state == "OPENED"

    shown = at_desk(outside).post(reveal, {"purpose": "联系评价人核实情况"}).content.decode()
    at_desk(outside).post(f"/office/remedies/{remedy.pk}/contact/", {"note": "已经电话听取情况。"})

    remedy.refresh_from_db()
    assert ticket.caller.person.phone in shown
    assert remedy.state == "CONTACTED"


def test_the_ledger_says_that_somebody_rated_and_not_who() -> None:
    ticket, right = closed_and_asked()
    hear(rate(right, 1), at=CLOSED_AT)

    told = Entry.objects.filter(
        step__in=("ratings.right.grant", "ratings.rating.submit", "hotline.ticket.handle_again")
    )
    assert sorted(told.values_list("actor", flat=True)) == sorted(["timer", right.ledger_id(), "rules"])
    notices = Notice.objects.exclude(recipient=ticket.caller)
    assert not notices.exists()


def test_five_ratings_of_tickets_come_out_in_the_published_figures_of_the_unit() -> None:
    for grade in (5, 5, 4, 3, 1):
        _ticket, right = closed_and_asked()
        rate(right, grade)

    assert published_counts(by="department", where={"department": "", "service": "", "since": None, "until": None}) == {
        "cgj": {5: 2, 4: 1, 3: 1, 1: 1}
    }
