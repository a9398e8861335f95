"""A classifier learns from a history, says why, keeps its promises about errors, and is read back as it was written."""

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import civic
from civic.hotline.text import suggesting
from civic.hotline.text.examples import Example, digest, distinct
from civic.hotline.text.families import families
from civic.hotline.text.figures import calibration_error, figure, macro_f1
from civic.hotline.text.grams import grams
from civic.hotline.text.model import BadModel, Model, Seen, load
from civic.hotline.text.training import TooFewExamples, train
from civic.hotline.text.wilson import interval
from tests.hotline.text.history import history

ON = date(2026, 3, 2)
SOURCES = {"PYTHONPATH": str(Path(civic.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}


@cache
def trained() -> Model:
    return train(history(), on=ON)


def test_a_message_gets_its_class_with_three_likeliest_and_reasons() -> None:
    found = trained().suggest("梧桐苑红绿灯", "红绿灯时间太短，车辆拥堵，行人过不了马路。")

    assert found.label == "交通"
    assert found.confidence == found.top3[0][1] > 0.5
    assert {label for label, _ in found.top3} == {"交通", "住房", "教育"}
    assert sum(share for _, share in found.top3) == pytest.approx(1, abs=0.001)
    assert any("红绿灯" in reason or "拥堵" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("title", "detail"), [("物业收费", ""), ("", "开发商不给办证，物业收费不合理"), ("📮", "物业" * 9_000)]
)
def test_a_title_alone_a_detail_alone_and_a_very_long_text_are_answered(title: str, detail: str) -> None:
    assert trained().suggest(title, detail).label == "住房"


def test_a_text_without_a_known_word_gets_an_answer_nobody_may_rely_on() -> None:
    found = trained().suggest("xyz", "")

    assert found.reasons == ()
    assert found.confidence < 0.9


def test_the_same_history_gives_the_same_file_and_the_file_gives_the_same_answers(tmp_path: Path) -> None:
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"

    trained().save(first)
    train(history(), on=ON).save(second)

    assert first.read_bytes() == second.read_bytes()
    assert load(first).suggest("公交车", "班次太少") == trained().suggest("公交车", "班次太少")
    assert load(first).facts["trained_on"] == "2026-03-02"
    assert load(first).facts["training_digest"] == digest(history())
    assert [path.name for path in tmp_path.iterdir()] == ["first.npz", "second.npz"]


def test_figures_say_how_the_classifier_does_on_what_it_has_not_seen() -> None:
    facts = trained().facts

    assert facts["rows"] == 120
    assert facts["per_label"] == {"交通": 40, "住房": 40, "教育": 40}
    assert (
        facts["all"]["macro_f1"] == facts["per_file"]["history"]["macro_f1"] == facts["per_shape"]["both"]["macro_f1"]
    )
    assert facts["all"]["low"] <= facts["all"]["macro_f1"] <= facts["all"]["high"] <= 1


def test_no_file_a_damaged_file_and_a_pickle_are_refused_in_words_that_help(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("not a model")
    np.savez(tmp_path / "other.npz", header=np.array([{"format": 1}], dtype=object), allow_pickle=True)
    trained().save(tmp_path / "cut.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:9_000])

    for name in ("none.npz", "text.npz", "other.npz", "cut.npz"):
        with pytest.raises(BadModel, match="civic hotline train"):
            load(tmp_path / name)


def test_a_threshold_holds_the_promise_at_the_upper_end_of_the_interval() -> None:
    confidence = np.linspace(0.5, 1.0, 1_000, dtype=np.float32)
    right = np.ones(1_000, dtype=bool)
    right[:500:5] = False
    model = Model(**(vars(trained()) | {"seen": Seen(confidence, right, np.zeros(1_000, dtype=np.uint8))}))

    least = model.threshold_for(0.02)

    assert least == pytest.approx(0.73824, abs=1e-5)
    above = right[confidence >= np.float32(least)]
    assert interval(int((~above).sum()), len(above))[1] <= 0.02
    assert model.threshold_for(0.0001) is None
    assert model.threshold_for(0.5) == 0.5


def test_two_classes_of_five_are_the_least_to_learn_from() -> None:
    told: list[str] = []
    few = [row for row in history() if row.label == "住房"] + [Example("公交", "", "交通", "")] * 9

    with pytest.raises(TooFewExamples, match="至少要有两个类别"):
        train(few, on=ON, tell=told.append)

    assert told[1:] == ["以下类别不足 5 件不同的事，没有参加训练：交通"]


def test_repeated_rows_count_once_and_halves_of_one_message_are_one_family() -> None:
    title, detail = "锦绣花园三号楼停水", "锦绣花园三号楼自上周起天天停水，物业不管，请供水公司尽快恢复供水。"
    rows = [
        Example(title, detail, "住房"),
        Example(f" {title}！", detail, "住房"),
        Example(title, "", "住房"),
        Example("", f"您好：{detail}谢谢", "住房"),
        Example("路口红绿灯时间太短", "", "交通"),
    ]

    kept = distinct(rows)
    family = families(kept)

    assert [row.title for row in kept] == [title, title, "", "路口红绿灯时间太短"]
    assert family[0] == family[1] == family[2] != family[3]


def test_grams_are_numbers_that_no_two_share_and_cross_no_space() -> None:
    ids, places, lengths = grams("停水 了")

    assert len(set(ids.tolist())) == 4
    assert list(zip(places.tolist(), lengths.tolist(), strict=True)) == [(0, 1), (1, 1), (3, 1), (0, 2)]
    assert ids[3] == (ord("停") << 21) | ord("水")
    assert len(grams("")[0]) == 0


def test_macro_f1_and_calibration_error_come_out_as_by_hand() -> None:
    assert macro_f1(np.array([[8.0, 2.0], [1.0, 9.0]])) == pytest.approx((16 / 19 + 18 / 21) / 2)
    assert calibration_error(np.full(100, 0.8), np.arange(100) % 10 != 0) == pytest.approx(0.1)
    truth = np.array([0, 0, 1, 1])
    assert figure(truth, truth, np.arange(4), labels=2, seed=1).high == 1.0


def test_wilsons_interval() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(1, 20) == pytest.approx((0.0089, 0.2361), abs=1e-4)


def test_a_web_process_suggests_without_loading_what_only_training_needs(tmp_path: Path) -> None:
    trained().save(tmp_path / "model.npz")
    program = (
        "import sys\nfrom pathlib import Path\nfrom civic.hotline.text import suggesting\n"
        "assert 'numpy' not in sys.modules\n"
        f"print(suggesting.suggest('公交车', '班次太少', model=Path({str(tmp_path / 'model.npz')!r})).label)\n"
        "assert not {'sklearn', 'scipy'} & set(sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=SOURCES)

    assert (done.stdout, done.stderr) == ("交通\n", "")


def test_a_city_without_a_model_gets_no_suggestion_and_a_retrained_one_is_taken_up(tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    assert suggesting.suggest("公交车", "", model=place) is None

    trained().save(place)
    first = suggesting.trained(place)
    trained().save(place)

    assert suggesting.trained(place) is not first
    assert suggesting.trained(place) is suggesting.trained(place)
