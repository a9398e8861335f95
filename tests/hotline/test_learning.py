"""A city learns from its own tickets: those that people classed, opened in memory, with nobody left in the model."""

from itertools import product

import pytest

from civic.audit.models import Entry
from civic.config.cli import main
from civic.hotline.models import Ticket
from civic.hotline.services.learning import own_examples
from civic.hotline.text.examples import Example
from civic.hotline.text.grams import grams
from civic.hotline.text.model import Model, load
from civic.hotline.text.training import TooFewExamples, train
from tests.factories import hotline
from tests.factories.accounts import resident
from tests.hotline import brain
from tests.hotline.desk import press

pytestmark = pytest.mark.django_db


def told(*_words: str) -> None:
    """Nobody listens."""


def knows(model: Model, word: str) -> bool:
    ids, _places, lengths = grams(word)
    whole = ids[lengths == len(word)][0]
    return bool((model.vocabulary.whole.ids == whole).any() or (model.vocabulary.title.ids == whole).any())


def test_closed_tickets_that_a_person_classed_are_learned_from_without_names_and_numbers():
    closed = hotline.closed(detail="我是王芳，电话13800005678，邻居张伟也说路灯坏了三天没有人修。")
    hotline.replied(detail="还没有办结的一件，路灯坏了三天没有人修。")

    (found,) = own_examples(tell=told)

    assert (found.label, found.source) == ("010201", "own")
    assert found.writer == f"account:{closed.caller_id}"
    assert "路灯坏了三天" in found.detail
    for gone in ("王芳", "13800005678", "张伟"):
        assert gone not in found.detail + found.title


def test_what_the_rule_classed_teaches_nothing_until_a_person_has_classed_it():
    ticket = hotline.by_rule().ticket
    Ticket.objects.filter(pk=ticket.pk).update(state="CLOSED")
    assert list(own_examples(tell=told)) == []

    other = hotline.ticket()
    press(hotline.gao_fei(), other, "dispatch", proposed="010202", kind="HELP", urgency="NORMAL", do="classify")
    Ticket.objects.filter(pk=other.pk).update(state="CLOSED")

    assert [one.label for one in own_examples(tell=told)] == ["010202"]


def test_who_had_their_data_deleted_is_not_learned_from():
    ticket = hotline.closed()
    ticket.key.shred(by="operator", at=ticket.ended_at)

    assert list(own_examples(tell=told)) == []


def test_reading_opens_nothing_in_the_ledger():
    hotline.closed()
    before = Entry.objects.count()

    list(own_examples(tell=told))

    assert Entry.objects.count() == before


def history(writer_of: str) -> list[Example]:
    """One caller or seven of them tell of three classes; the first writes a nickname again and again."""
    rows = []
    for code, words in brain.WORDS.items():
        for at, (place, word) in enumerate(product(brain.PLACES, words)):
            who = {"one": "w0", "seven": f"w{at % 7}"}[writer_of]
            nickname = "鑫森淼" if who == "w0" else ""
            rows.append(Example(f"{place}{word}", f"{word}，{at + 1}个月了，{place}{nickname}意见大", code, "own", who))
    return rows


def test_what_one_caller_writes_however_often_is_not_in_the_model():
    free = train(history("seven"), on=brain.ON)
    kept = train(history("seven"), on=brain.ON, least_writers=5)

    assert knows(free, "鑫森淼")
    assert not any(knows(kept, part) for part in ("鑫森淼", "鑫森", "森淼", "鑫"))
    assert knows(kept, "路灯")
    assert kept.facts["least_writers"] == 5
    assert kept.suggest("路灯整夜不亮", "").label == "010201"


def test_where_nobody_shares_a_word_there_is_nothing_to_learn():
    with pytest.raises(TooFewExamples, match="没有5个不同的人都用过的说法"):
        train(history("one"), on=brain.ON, least_writers=5)


def test_the_command_trains_on_own_tickets_and_tells_how_far_it_is(tmp_path, capsys):
    wordings = {"010201": "路灯整夜不亮", "020103": "电线杆贴满小广告"}
    callers = [resident(f"李{name}") for name in "春夏秋冬东西"]
    troubles = ("老人摔了一跤", "孩子上学害怕", "商户生意受影响", "夜班回家看不清", "骑车差点撞树", "已经打过两次电话")
    for (code, word), (at, place) in product(wordings.items(), enumerate(brain.PLACES[:6])):
        made = hotline.ticket(by=callers[at], title=f"{place}{word}", detail=f"{word}，{troubles[at]}。")
        made.classify(category=hotline.category(code), kind="HELP", urgency="NORMAL", by=hotline.gao_fei(),
                      at=made.received_at)  # fmt: skip
        Ticket.objects.filter(pk=made.pk).update(state="CLOSED")

    status = main(["hotline", "train", "--own", "--out", str(tmp_path / "own.npz")])

    said = capsys.readouterr()
    assert status == 0, said.err
    assert "已读取 12 件已办结的工单" in said.err
    found = load(tmp_path / "own.npz")
    assert set(found.labels) == set(wordings)
    assert found.facts["per_file"].keys() == {"own"}
    assert found.suggest("皋城路路灯整夜不亮", "").label == "010201"


@pytest.mark.parametrize(
    ("more", "words"),
    [([], "请给出已分类的文件"), (["--own", "--least-callers", "2"], "不能小于 3"), (["--own"], "太少")],
)
def test_the_command_refuses_what_would_teach_nothing_or_too_much(more, words, tmp_path, capsys):
    hotline.city()

    assert main(["hotline", "train", *more, "--out", str(tmp_path / "own.npz")]) == 2

    assert words in capsys.readouterr().err
    assert not (tmp_path / "own.npz").exists()
