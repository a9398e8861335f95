"""Opinions are sorted into themes; each theme gets one answer, written by one and published by another."""

import pytest

from civic.audit.models import Entry
from civic.consultation.models import Placing, Theme
from civic.consultation.models.opinion import NoSuchClause
from civic.consultation.models.theme import NotInTheme, Reply
from civic.consultation.states import THEME_STEPS, ThemeState, Verdict
from civic.core.errors import Invalid, NotAllowed
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import outcome as made
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db
EVENING = "投放时间太短，建议晚上延长到九点"
NIGHT = "上夜班的人早上投不了，请放宽时间"
FINE = "首次违反应当先劝导再罚款"


def three() -> tuple[Theme, dict[str, int]]:
    """A theme of three opinions, two of which are about one matter."""
    asked = made.asked()
    said = [made.opinion(asked, words) for words in (EVENING, NIGHT, FINE)]
    return made.theme(asked, "投放时间", *said), {one.public_words: one.pk for one in said}


def words_in(theme: Theme) -> set[str]:
    return set(Placing.objects.filter(theme=theme).values_list("opinion__public_words", flat=True))


def test_what_does_not_belong_is_split_off_into_a_theme_of_its_own() -> None:
    theme, keys = three()

    fines = theme.split("罚款", [keys[FINE]], by=made.zhou_lan(), at=MONDAY)

    assert (words_in(theme), words_in(fines)) == ({EVENING, NIGHT}, {FINE})
    assert (fines.title, fines.number, fines.state) == ("罚款", 2, ThemeState.OPEN)


def test_an_opinion_stands_in_one_theme_and_is_moved_whole() -> None:
    theme, keys = three()
    fines = theme.split("罚款", [keys[FINE]], by=made.zhou_lan(), at=MONDAY)

    theme.give([keys[NIGHT]], fines, by=made.zhou_lan(), at=MONDAY)

    assert (words_in(theme), words_in(fines)) == ({EVENING}, {NIGHT, FINE})
    assert Placing.objects.count() == 3


def test_the_last_opinion_goes_by_merging_and_not_by_moving() -> None:
    theme, keys = three()
    fines = theme.split("罚款", [keys[FINE]], by=made.zhou_lan(), at=MONDAY)

    with pytest.raises(NotInTheme, match="一条意见也不剩"):
        fines.give([keys[FINE]], theme, by=made.zhou_lan(), at=MONDAY)
    assert words_in(fines) == {FINE}

    fines.merge(theme, by=made.zhou_lan(), at=MONDAY)
    assert words_in(theme) == {EVENING, NIGHT, FINE}
    assert (fines.state, fines.merged_into) == (ThemeState.MERGED, theme)
    assert list(Theme.objects.of(theme.consultation)) == [theme]


def test_all_of_a_theme_cannot_be_split_off_nor_what_it_does_not_hold() -> None:
    theme, keys = three()
    stranger = made.opinion(theme.consultation, "农村地区怎么分没有写清楚")

    for opinions in (set(keys.values()), {stranger.pk}, set()):
        with pytest.raises(NotInTheme):
            theme.split("另一个", opinions, by=made.zhou_lan(), at=MONDAY)

    assert words_in(theme) == {EVENING, NIGHT, FINE}
    assert Theme.objects.count() == 1


def test_what_is_merged_into_another_opinion_is_placed_with_it_alone() -> None:
    asked = made.asked()
    first, second = made.opinion(asked, EVENING), made.opinion(asked, "投放时间太短，晚上请延长到九点")
    second.merge(first, by=made.zhou_lan(), at=MONDAY)

    with pytest.raises(NotInTheme, match="并入"):
        made.theme(asked, "投放时间", first, second)

    theme = made.theme(asked, "投放时间", first)
    assert Theme.objects.for_list().get().opinions == 2  # both count
    assert theme.opinion_keys() == {first.pk}


def test_an_answer_is_written_by_one_and_published_by_another() -> None:
    theme = made.theme()
    theme.draft(made.reply(theme.consultation), by=made.he_jun(), at=MONDAY)

    with pytest.raises(NotAllowed, match="另一位负责人"):
        theme.answer(by=made.he_jun(), at=MONDAY)
    with pytest.raises(NotAllowed, match="负责人"):
        theme.answer(by=made.zhou_lan(), at=MONDAY)
    assert Theme.objects.get().state == ThemeState.DRAFTED

    theme.answer(by=made.qian_yi(), at=MONDAY)

    assert (theme.state, theme.verdict, theme.answered_at) == (ThemeState.ANSWERED, Verdict.ADOPTED, MONDAY)
    assert theme.clause_words() == "住宅小区应当定时定点投放。\n投放时间为每日七时至九时、十八时至二十时。"


def test_an_answer_that_is_sent_back_says_why_and_is_written_anew() -> None:
    theme = made.theme()
    theme.draft(made.reply(theme.consultation), by=made.zhou_lan(), at=MONDAY)

    theme.send_back("请写明从哪一天起执行。", by=made.he_jun(), at=MONDAY)

    assert (theme.state, theme.sent_back) == (ThemeState.OPEN, "请写明从哪一天起执行。")
    theme.draft(made.reply(theme.consultation, Verdict.NOT), by=made.zhou_lan(), at=MONDAY)
    assert (theme.state, theme.sent_back, theme.verdict, theme.changed_in) == ("DRAFTED", "", "NOT", None)


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        (Reply("", "理由写得足够长，可以看懂。"), "verdict"),
        (Reply("PERHAPS", "理由写得足够长，可以看懂。"), "verdict"),
        (Reply(Verdict.ADOPTED, "理由写得足够长，可以看懂。"), "anchor"),
        (Reply(Verdict.PARTLY, "理由写得足够长，可以看懂。", measure="  "), "anchor"),
        (Reply(Verdict.NOT, "不行"), "reason"),
    ],
)
def test_an_answer_says_what_became_of_it_why_and_where(reply: Reply, field: str) -> None:
    theme = made.theme()

    with pytest.raises(Invalid) as refused:
        theme.draft(reply, by=made.zhou_lan(), at=MONDAY)

    assert [one.pointer for one in refused.value.errors] == [field]
    assert Theme.objects.get().state == ThemeState.OPEN


def test_a_clause_that_the_version_does_not_have_is_refused_and_so_is_another_consultations_version() -> None:
    theme, other = made.theme(), made.asked()
    for version, anchor in ((theme.consultation.current(), "art99"), (other.current(), "art3")):
        with pytest.raises(NoSuchClause):
            theme.draft(
                Reply(Verdict.ADOPTED, "投放时间延长一小时，已改。", version, anchor), by=made.zhou_lan(), at=MONDAY
            )


def test_adopted_outside_of_the_draft_says_what_is_done() -> None:
    theme = made.theme()

    theme.draft(
        Reply(Verdict.ADOPTED, "不写进条例，由街道落实。", measure="年底前每个小区配两名指导员。"),
        by=made.zhou_lan(), at=MONDAY,
    )  # fmt: skip

    assert (theme.measure, theme.changed_in) == ("年底前每个小区配两名指导员。", None)


def test_nothing_of_a_theme_changes_once_it_is_answered() -> None:
    theme = made.answered()
    other = made.theme(theme.consultation, "罚款", made.opinion(theme.consultation, FINE))
    said, leader = made.opinion(theme.consultation, NIGHT), made.qian_yi()
    before = Entry.objects.count()

    for refused in (
        lambda: theme.rename("别的名字", by=made.zhou_lan(), at=MONDAY),
        lambda: theme.take([said.pk], by=made.zhou_lan(), at=MONDAY),
        lambda: theme.merge(other, by=made.zhou_lan(), at=MONDAY),
        lambda: other.merge(theme, by=made.zhou_lan(), at=MONDAY),
        lambda: theme.draft(made.reply(theme.consultation), by=made.zhou_lan(), at=MONDAY),
        lambda: theme.answer(by=leader, at=MONDAY),
    ):
        with pytest.raises(StepRefused):
            refused()

    assert Theme.objects.get(pk=theme.pk).title == "投放时间"
    assert Entry.objects.count() == before


def test_another_units_officials_sort_and_answer_nothing() -> None:
    theme, keys = three()
    stranger = people.official("外单位", department=people.department("gaj", "六安市公安局"), roles=("unit_leader",))

    for refused in (
        lambda: theme.rename("别的名字", by=stranger, at=MONDAY),
        lambda: theme.split("罚款", [keys[FINE]], by=stranger, at=MONDAY),
        lambda: theme.draft(made.reply(theme.consultation), by=stranger, at=MONDAY),
        lambda: Theme.objects.form(theme.consultation, title="罚款", opinions=[keys[FINE]], by=stranger, at=MONDAY),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert words_in(theme) == {EVENING, NIGHT, FINE}


@pytest.mark.parametrize("state", ThemeState.values)
@pytest.mark.parametrize("step", list(THEME_STEPS))
def test_every_step_from_every_state_follows_the_table(step: str, state: str) -> None:
    theme = made.theme()
    into = made.theme(theme.consultation, "罚款", made.opinion(theme.consultation, FINE))
    more = made.opinion(theme.consultation, NIGHT)
    facts = {"verdict": "NOT", "reason": "与上位法不一致。", "drafted_by": made.zhou_lan()}
    if state == ThemeState.ANSWERED:
        facts["answered_at"] = MONDAY
    if state == ThemeState.MERGED:
        facts = {"merged_into": into}
    Theme.objects.filter(pk=theme.pk).update(state=state, **facts)
    theme.refresh_from_db()
    mine = theme.opinion_keys()
    calls = {
        "rename": lambda: theme.rename("新名字", by=made.zhou_lan(), at=MONDAY),
        "take": lambda: theme.take([more.pk], by=made.zhou_lan(), at=MONDAY),
        "give": lambda: (theme.take([more.pk], by=made.zhou_lan(), at=MONDAY),
                         theme.give(mine, into, by=made.zhou_lan(), at=MONDAY)),
        "split": lambda: (theme.take([more.pk], by=made.zhou_lan(), at=MONDAY),
                          theme.split("拆出的", [more.pk], by=made.zhou_lan(), at=MONDAY)),
        "merge": lambda: theme.merge(into, by=made.zhou_lan(), at=MONDAY),
        "draft": lambda: theme.draft(made.reply(theme.consultation), by=made.zhou_lan(), at=MONDAY),
        "send_back": lambda: theme.send_back("请再写清楚。", by=made.he_jun(), at=MONDAY),
        "answer": lambda: theme.answer(by=made.he_jun(), at=MONDAY),
    }  # fmt: skip

    target = THEME_STEPS.target(step, state)
    if target is None:
        with pytest.raises(StepRefused):
            calls[step]()
        assert Theme.objects.get(pk=theme.pk).state == state
    else:
        calls[step]()
        assert Theme.objects.get(pk=theme.pk).state == target
