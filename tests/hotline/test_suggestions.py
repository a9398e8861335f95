"""Suggestions: by the city's own model with its measured confidence, else by the words of the list, and always why."""

import logging

import pytest

from civic.hotline.models import Category
from civic.hotline.services.proposing import propose
from tests.factories import hotline
from tests.hotline import brain
from tests.hotline.desk import at_desk, page_of, press, seat_form, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
GAS, LIST = brain.GAS, "/office/hotline/"


def test_without_a_model_the_words_of_the_list_suggest_and_nobody_claims_to_be_sure():
    found = propose("梅山路路灯不亮", hotline.LAMP, None)

    assert (found.best.category.code, found.best.words, found.best.percent) == ("010201", ("路灯",), None)
    assert (found.source.trained_on, found.source.fault) == (None, "")


def test_the_model_suggests_with_its_confidence_its_words_and_its_day():
    brain.put(brain.model())

    found = propose(GAS["title"], GAS["detail"], None)

    assert (found.best.category.code, found.best.within, found.unit.code) == ("010202", found.best.category, "zjj")
    assert (found.best.confidence, found.best.percent) == (0.9999, 99)
    assert "天然气迟迟不通" in found.best.words
    assert found.source.trained_on == brain.ON


def test_names_of_the_list_are_labels_too_and_an_upper_class_narrows_the_words_to_those_below_it():
    brain.put(brain.model("道路桥梁路灯", "城乡建设", "020103"))

    found = propose(GAS["title"], f"{GAS['detail']}门口还有垃圾。", None)

    assert (found.best.category.code, found.best.within.code, found.unit.code) == ("010202", "01", "zjj")
    assert found.best.confidence == 0.9999
    assert {"天然气", "自来水", "水压"} < set(found.best.words)
    assert "020102" not in {option.category.code for option in found.options}


def test_a_message_of_which_the_model_knows_no_word_is_left_to_the_list():
    brain.put(brain.model())

    assert propose("", "", None).options == ()
    assert propose("xyz", "xyz", None).options == ()
    found = propose("", "流动摊贩", None)
    assert found.best is None or found.best.words


def test_labels_that_are_no_classes_of_the_city_are_said_to_be_so():
    brain.put(brain.model("交通", "住房", "教育"))

    found = propose("梅山路路灯不亮", hotline.LAMP, None)

    assert found.best.category.code == "010201"
    assert "重新训练" in found.source.fault


@pytest.mark.parametrize("damage", [b"", b"garbage", "cut", "folder"])
def test_a_damaged_model_is_told_to_the_staff_and_the_log_and_the_pages_go_on(damage, settings, caplog):
    ticket, path = hotline.ticket(), brain.put(brain.model())
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage == "cut" else damage)

    with caplog.at_level(logging.ERROR):
        pages = [shown(hotline.gao_fei(), address) for address in (page_of(ticket), LIST, page_of(ticket))]

    assert all("模型现在不能用" in page and "道路桥梁路灯" in page for page in pages)
    assert "建议来自分类表里的常用说法" in pages[0]
    assert len([one for one in caplog.records if "cannot be used" in one.message]) == 1


def test_a_model_retrained_while_the_platform_runs_is_taken_up_at_the_next_question():
    brain.put(brain.model("020103", "010201", "010202"))  # this one calls gas a lamp
    assert propose(GAS["title"], GAS["detail"], None).best.category.code == "010201"

    brain.put(brain.model())

    assert propose(GAS["title"], GAS["detail"], None).best.category.code == "010202"


def test_the_three_pages_say_why_how_sure_and_from_where():
    brain.put(brain.model())
    ticket = hotline.ticket(**GAS)

    page, listed = shown(hotline.gao_fei(), page_of(ticket)), shown(hotline.gao_fei(), LIST)
    seat = at_desk(hotline.lin_xia()).post("/office/hotline/seat/", seat_form(do="suggest", **GAS)).content.decode()

    for where in (page, seat):
        assert "供水供气供热 → 六安市zjj" in where
        assert "把握99%" in where
    for where in (page, listed, seat):
        assert "天然气迟迟不通" in where.split("提到：", 1)[1]
        assert '建议来自用本市历史工单训练的模型（<time datetime="2026-02-27">2026年2月27日</time>）' in where
    assert "提到：天然气迟迟不通" in listed
    assert "把握99%" in listed


def test_what_the_model_suggests_is_what_a_press_sends():
    brain.put(brain.model())
    ticket = hotline.ticket(**GAS)

    press(hotline.gao_fei(), ticket, "dispatch", proposed="010202", kind="HELP", urgency="NORMAL", do="dispatch")

    assert ticket.unit.code == "zjj"
    assert not ticket.automatic_dispatches.exists()


@pytest.mark.parametrize("text", ["", " ", "路" * 3_000_000, "天然气" * 1_000_000, "\u0000\ud83d"[:1], "🏮" * 100_000])
def test_no_text_is_too_long_or_too_strange(text):
    brain.put(brain.model())

    assert len(propose(text, text, None).options) <= 3


def test_two_classes_of_one_name_go_by_their_codes():
    hotline.city()
    Category.objects.filter(code="020103").update(name="供水供气供热")
    brain.put(brain.model("010201", "供水供气供热", "020103"))

    found = propose(GAS["title"], GAS["detail"], None)

    assert found.best.confidence is None
    assert found.best.category.code == "010202"
