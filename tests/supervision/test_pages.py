"""The pages of supervision: what each role sees, and steps taken from them."""

import pytest

from civic.supervision.models import Card, Complaint, Item, Order
from tests.factories import hotline, supervision
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client):
    def log_in(account):
        client.force_login(account)
        return client

    return log_in


def test_a_supervisor_signs_a_red_card_from_its_page_and_the_list_shows_it(as_):
    card = supervision.card("red")
    browser = as_(supervision.wu_gang())
    assert "红牌" in browser.get("/office/cards/?view=to_sign").content.decode()
    page = browser.get(f"/office/cards/{card.pk}/").content.decode()
    assert "签发" in page
    assert "开始计时" in page

    answer = browser.post(f"/office/cards/{card.pk}/sign/", {"seen": card.version})

    assert answer["Location"] == f"/office/cards/{card.pk}/"
    assert Card.objects.get(pk=card.pk).state == "ISSUED"


def test_after_the_two_days_for_it_nobody_appeals_from_the_page(as_):
    card = supervision.card()
    browser = as_(hotline.of_unit())

    refused = browser.post(
        f"/office/cards/{card.pk}/appeal/", {"seen": card.version, "words": "不应发牌。", "door": "appeal"}
    )
    assert refused.status_code == 403  # the card was given in March
    assert Card.objects.get(pk=card.pk).state == "ISSUED"


def test_another_unit_does_not_find_the_card(as_):
    card = supervision.card()
    assert as_(hotline.of_unit("赵磊", "zjj")).get(f"/office/cards/{card.pk}/").status_code == 404


def test_a_supervisor_gives_a_card_from_a_form_that_keeps_what_was_typed_and_its_page_shows_the_receipt(as_):
    ticket = hotline.handled()
    browser, path = as_(supervision.wu_gang()), "/office/cards/new/"
    assert "人工发牌" in browser.get("/office/cards/").content.decode()
    card = supervision.written()
    body = {"number": "LH1", "unit": "cgj", "colour": "YELLOW", "reason": card.reason, "evidence": card.evidence}

    wrong = browser.post(path, body)
    assert (wrong.status_code, card.evidence in wrong.content.decode()) == (400, True)
    assert not Card.objects.exists()
    answer = browser.post(path, {**body, "number": ticket.number})

    made = Card.objects.get()
    assert answer["Location"] == f"/office/cards/{made.pk}/"
    page = browser.get(answer["Location"]).content.decode()
    assert card.evidence in page
    assert "/transparency/verify/?code=" in page
    assert browser.post(path, {**body, "number": ticket.number}).status_code == 409
    assert as_(hotline.of_unit()).get(path).status_code == 404


def test_the_page_of_a_repeated_red_card_leads_to_the_yellow_ones_and_back(as_):
    red = supervision.repeated()
    browser = as_(supervision.wu_gang())

    page = browser.get(f"/office/cards/{red.pk}/").content.decode()

    for basis in red.bases.all():
        assert f'href="/office/cards/{basis.yellow_id}/"' in page
        assert f'href="/office/cards/{red.pk}/"' in browser.get(f"/office/cards/{basis.yellow_id}/").content.decode()
    assert "没有督办牌" in browser.get("/office/cards/?view=shaken").content.decode()


def test_a_stale_page_changes_nothing(as_):
    card = supervision.card("red")
    answer = as_(supervision.wu_gang()).post(f"/office/cards/{card.pk}/sign/", {"seen": 99})
    assert answer.status_code == 412
    assert Card.objects.get(pk=card.pk).state == "PROPOSED"


def test_a_leader_reports_on_an_order_and_a_supervisor_closes_it(as_):
    order = supervision.order()
    leader = hotline.official("刘局", department=hotline.unit(), roles=("unit_leader",))
    as_(leader).post(
        f"/office/orders/{order.pk}/answer/", {"seen": order.version, "words": "已更换电缆，全部恢复照明。"}
    )
    order.refresh_from_db()
    assert order.state == "ANSWERED"

    as_(supervision.wu_gang()).post(f"/office/orders/{order.pk}/close/", {"seen": order.version})
    assert Order.objects.get(pk=order.pk).state == "CLOSED"


def test_the_unit_complained_of_never_sees_the_complaint_the_checking_unit_decides_it(as_):
    complaint = supervision.complaint()
    assert as_(hotline.of_unit()).get(f"/office/complaints/{complaint.pk}/").status_code == 404

    checker = hotline.of_unit("丁一", "xfj")
    page = as_(checker).get(f"/office/complaints/{complaint.pk}/")
    assert "说好明天修" in page.content.decode()
    as_(checker).post(
        f"/office/complaints/{complaint.pk}/uphold/", {"seen": complaint.version, "words": "属实，已责成当日修复。"}
    )

    found = Complaint.objects.get(pk=complaint.pk)
    assert (found.state, found.clear("finding")) == ("UPHELD", "属实，已责成当日修复。")


def test_whoever_complained_sees_it_and_takes_it_back_a_stranger_does_not(as_):
    complaint = supervision.complaint()
    path = f"/my/complaints/{complaint.handle}/"
    assert as_(resident("王强")).get(path).status_code == 404

    browser = as_(complaint.by)
    assert "拖延不办" in browser.get("/my/complaints/").content.decode()
    assert "不是被投诉的单位" in browser.get(path).content.decode()
    browser.post(f"{path}withdrawal/", {"seen": complaint.version})
    assert Complaint.objects.get(pk=complaint.pk).state == "WITHDRAWN"


def test_a_meeting_is_called_decides_and_its_unit_reports(as_):
    item = supervision.item()
    meeting = item.meeting
    supervisor = as_(supervision.wu_gang())
    assert supervisor.get("/office/meetings/").status_code == 200
    supervisor.post(
        f"/office/meetings/{meeting.pk}/decide/",
        {"seen": meeting.version, "item": item.pk, "unit": "cgj", "words": "一周内修好路灯。"},
    )
    (made,) = item.assignments.all()

    as_(hotline.of_unit()).post(f"/office/assignments/{made.pk}/finish/", {"seen": made.version, "words": "已经修好。"})

    made.refresh_from_db()
    assert (made.state, made.report) == ("DONE", "已经修好。")


@pytest.mark.parametrize("path", ["cards", "orders", "complaints", "meetings"])
def test_lists_ask_the_database_as_often_for_many_as_for_one(path, as_, django_assert_max_num_queries):
    {"cards": supervision.card, "orders": supervision.order, "complaints": supervision.complaint}.get(
        path, supervision.meeting
    )()
    browser = as_(supervision.wu_gang())
    browser.get(f"/office/{path}/")
    with django_assert_max_num_queries(12):
        browser.get(f"/office/{path}/?view=all")


def test_a_caller_complains_from_the_page_of_the_request_and_a_wrong_topic_loses_nothing(as_):
    ticket = hotline.handled()
    browser, path = as_(ticket.caller), f"/my/requests/{ticket.number}/"
    assert "对办理情况不满意" in browser.get(path).content.decode()

    wrong = browser.post(f"{path}complaint/", {"topic": "", "words": "一周了没有人来。"})
    assert wrong.status_code == 400
    assert not Complaint.objects.exists()
    browser.post(f"{path}complaint/", {"topic": "SLOW", "words": "一周了没有人来。"})
    again = browser.post(f"{path}complaint/", {"topic": "SLOW", "words": "一周了没有人来。"})

    assert again.status_code == 409
    (made,) = Complaint.objects.all()
    assert (made.number, made.about.code, made.clear("words")) == (ticket.number, "cgj", "一周了没有人来。")


def test_a_ticket_is_put_on_the_agenda_by_its_number_once(as_):
    meeting, ticket = supervision.meeting(), hotline.dispatched()
    browser, path = as_(supervision.wu_gang()), f"/office/meetings/{meeting.pk}/agenda/"

    assert browser.post(path, {"number": "LH1", "words": "都说不归自己。", "door": "agenda"}).status_code == 400
    for _ in range(2):
        browser.post(path, {"number": ticket.number.lower(), "words": "都说不归自己。"})

    assert [item.subject for item in meeting.items.all()] == [ticket.ledger_id()]


def test_what_is_stuck_between_units_is_proposed_for_the_agenda_and_no_more_once_it_is_on_one(as_, monkeypatch):
    monkeypatch.setattr("civic.supervision.office.meetings.now", lambda: MONDAY + 10 * DAY)
    hotline.unit("jaq")
    twice, late, once, waiting = (
        hotline.dispatched(by=resident(name)) for name in ("王芳", "孙浩", "周建国", "刘桂英")
    )
    for ticket in (twice, late, once):
        ticket.send_back(objection=hotline.objecting(), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    for ticket in (twice, late):
        ticket.redispatch(unit=hotline.unit("jaq"), words="改派金安区。", by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)
    twice.send_back(objection=hotline.objecting(), by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + 4 * HOUR)
    browser = as_(supervision.wu_gang())
    page = browser.get("/office/meetings/new/").content.decode()
    assert "多次退单：退单2次，先后派过2个单位。" in page
    assert "超过期限：先后派过2个单位，仍没有办好。" in page
    assert [number in page for number in (twice.number, late.number, once.number, waiting.number)] == [
        True, True, False, False,
    ]  # fmt: skip

    wrong = browser.post("/office/meetings/new/", {"title": "", "on": "2026-03-13 09:30", "matter": twice.number})
    assert wrong.status_code == 400
    assert f'value="{twice.number}" checked' in wrong.content.decode()
    browser.post("/office/meetings/new/", {"title": "路灯移交", "on": "2026-03-13 09:30", "matter": [twice.number]})

    assert [(item.number, item.words) for item in Item.objects.all()] == [
        (twice.number, "多次退单：退单2次，先后派过2个单位。")
    ]
    page = browser.get("/office/meetings/new/").content.decode()
    assert (twice.number in page, late.number in page) == (False, True)


def test_who_gave_a_yellow_card_does_not_sign_the_red_one_that_rests_on_it_and_the_page_says_why(as_):
    red = supervision.repeated()
    assert supervision.wu_gang() in [basis.yellow.given_by for basis in red.bases.all()]
    path = f"/office/cards/{red.pk}/"
    browser, words = as_(supervision.wu_gang()), "发出所依据黄牌的人不能自己签发"
    assert words in browser.get(path).content.decode()

    refused = browser.post(f"{path}sign/", {"seen": red.version})

    assert (refused.status_code, words in refused.content.decode()) == (403, True)
    red.refresh_from_db()
    assert (red.state, red.signed_by, red.version) == ("PROPOSED", None, 1)
    assert not Order.objects.exists()
    page = as_(supervision.ding_yi()).get(path).content.decode()
    assert words not in page
    assert browser.post(f"{path}sign/", {"seen": red.version})["Location"] == path
    red.refresh_from_db()
    assert (red.state, red.signed_by) == ("ISSUED", supervision.ding_yi())
