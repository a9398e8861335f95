"""A consultation from draft to its end: the thirty days, versions, who may do what, and what stays unseen."""

from datetime import timedelta

import pytest

from civic.audit.models import Entry
from civic.consultation.models import Consultation, DraftVersion
from civic.consultation.models.consultation import NoDraft, StillOpen, TooShort
from civic.consultation.rules.windows import band_of
from civic.core.errors import Invalid, NotAllowed
from civic.core.said import WordsMissing
from civic.participation.models import Eligibility, Phase
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import consultation as make
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db
DAY = make.DAY


def steps_of(noun: Consultation) -> list[str]:
    return list(Entry.objects.filter(subject=noun.ledger_id()).order_by("pk").values_list("step", flat=True))


def test_a_leader_puts_a_draft_before_the_public_for_thirty_days() -> None:
    made = make.published()

    assert made.state == "PUBLISHED"
    assert made.is_open(at=MONDAY)
    assert made.is_open(at=MONDAY + 30 * DAY - timedelta(seconds=1))
    assert not made.is_open(at=MONDAY + 30 * DAY)
    assert DraftVersion.objects.get().published_at == MONDAY
    assert Eligibility.objects.get().subject == made.ledger_id()
    assert steps_of(made) == [f"consultation.consultation.{step}" for step in ("prepare", "add_version", "publish")]


@pytest.mark.parametrize("least", [timedelta(days=29, hours=23, minutes=59), timedelta(days=7), timedelta(0)])
def test_less_than_thirty_days_are_refused_and_nothing_is_published(least: timedelta) -> None:
    made = make.prepared()

    with pytest.raises(TooShort, match="不少于30日"):
        made.publish(make.opening(closes_at=MONDAY + least), by=make.fang_lan(), at=MONDAY)

    made.refresh_from_db()
    assert made.state == "PREPARED"
    assert not Phase.objects.exists()
    assert DraftVersion.objects.get().published_at is None


def test_it_does_not_begin_in_the_past() -> None:
    with pytest.raises(Invalid, match="不能早于现在"):
        make.prepared().publish(make.opening(opens_at=MONDAY - DAY), by=make.fang_lan(), at=MONDAY)


def test_without_a_draft_there_is_nothing_to_publish() -> None:
    made = Consultation.objects.prepare(make.plan(), by=make.qian_wei(), at=MONDAY)

    with pytest.raises(NoDraft):
        made.publish(make.opening(), by=make.fang_lan(), at=MONDAY)

    assert not Phase.objects.exists()


def test_a_handler_does_not_publish_and_a_stranger_does_not_even_prepare() -> None:
    made = make.prepared()

    with pytest.raises(NotAllowed):
        made.publish(make.opening(), by=make.qian_wei(), at=MONDAY)
    with pytest.raises(NotAllowed):
        made.add_version(make.SECOND, note="", by=people.official("周立", roles=("unit_handler",)), at=MONDAY)
    with pytest.raises(NotAllowed):
        Consultation.objects.prepare(make.plan(), by=people.official("丁一", roles=("window_clerk",)), at=MONDAY)

    assert made.current() is not None
    assert made.current().text.strip() == make.FIRST.strip()  # type: ignore[union-attr]
    assert steps_of(made) == ["consultation.consultation.prepare", "consultation.consultation.add_version"]


def test_the_window_is_extended_with_a_reason_only_and_everybody_can_read_it() -> None:
    made = make.published()
    (window,) = made.windows()

    with pytest.raises(WordsMissing):
        window.extend(closes_at=MONDAY + 40 * DAY, reason=" ", by=make.fang_lan(), at=MONDAY)
    window.extend(closes_at=MONDAY + 40 * DAY, reason="汛期停电，部分乡镇没有看到草案。", by=make.fang_lan(), at=MONDAY)

    assert made.is_open(at=MONDAY + 39 * DAY)
    assert [one.reason for one in made.windows()[0].extensions.all()] == ["汛期停电，部分乡镇没有看到草案。"]


def test_a_draft_that_nobody_has_read_is_replaced_and_stays_the_first() -> None:
    made = make.prepared("第一条 旧的。")

    made.add_version(make.FIRST, note="", by=make.qian_wei(), at=MONDAY)

    assert [(one.number, one.text.strip()) for one in made.versions.all()] == [(1, make.FIRST.strip())]


def test_a_known_draft_gets_a_second_version_beside_it_which_says_what_has_changed() -> None:
    made = make.published()

    with pytest.raises(WordsMissing):
        made.add_version(make.SECOND, note="", by=make.qian_wei(), at=MONDAY + DAY)
    with pytest.raises(Invalid, match="完全相同"):
        made.add_version(make.FIRST, note="没有改动的一稿", by=make.qian_wei(), at=MONDAY + DAY)
    made.add_version(make.SECOND, note="延长投放时间", by=make.qian_wei(), at=MONDAY + DAY)
    second = made.versions.get(number=2)

    assert [one.number for one in made.versions.newest_first()] == [2, 1]
    assert second.moves["art2.p1"] == ["art3.p1", "exact", 1.0]
    assert second.moves["art2.p2"][:2] == ["art3.p2", "similar"]
    assert second.moves["art3.p1.i1"] == ["art4.p1.i1", "exact", 1.0]
    assert made.versions.get(number=1).text.strip() == make.FIRST.strip()


def test_it_is_concluded_only_after_the_last_window_has_closed() -> None:
    made = make.published()

    with pytest.raises(StillOpen):
        made.conclude(by=make.fang_lan(), at=MONDAY + 29 * DAY)
    made.conclude(by=make.fang_lan(), at=MONDAY + 30 * DAY)

    assert (made.state, made.ended_at) == ("CONCLUDED", MONDAY + 30 * DAY)
    with pytest.raises(StepRefused):
        made.describe(make.plan(), by=make.qian_wei(), at=MONDAY + 31 * DAY)
    made.add_version(make.SECOND, note="按收到的意见修改。", by=make.qian_wei(), at=MONDAY + 31 * DAY)
    assert made.versions.count() == 2


def test_it_is_withdrawn_with_a_reason_and_stays_public() -> None:
    made = make.published()

    made.withdraw(reason="上位法正在修改，待公布后重新起草。", by=make.fang_lan(), at=MONDAY + DAY)

    resident = people.resident()
    assert list(Consultation.objects.visible_to(resident)) == [made]
    assert "已撤回" in (made.why_closed(at=MONDAY + DAY) or "")


def test_what_is_prepared_is_seen_by_its_unit_and_auditors_only() -> None:
    made = make.prepared()

    other = people.official("周立", roles=("unit_handler",))
    auditor = people.official("审计", roles=("auditor",))
    seen = {
        one.username: list(Consultation.objects.visible_to(one))
        for one in (make.qian_wei(), make.fang_lan(), other, auditor, people.resident())
    }

    assert [bool(found) for found in seen.values()] == [True, True, False, True, False]
    assert seen[make.qian_wei().username] == [made]


@pytest.mark.parametrize(
    ("age", "band"), [(None, ""), (0, "0-17"), (17, "0-17"), (18, "18-34"), (34, "18-34"), (35, "35-59"), (60, "60-")]
)
def test_age_bands(age: int | None, band: str) -> None:
    assert band_of(age) == band
