"""What is done about a bad rating, by whom, and how long it may take."""

from datetime import timedelta

import pytest

from civic.audit.models import Entry
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.deadlines.models import Clock
from civic.ratings import policies, services
from civic.ratings.models import Rating, Remedy
from civic.workflow.models import StepRefused
from tests.factories.accounts import MONDAY, department, official, resident
from tests.factories.ratings import opinion, rating, remedy, right, supervisor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOTE = "已电话听取情况。"


def running(found: Remedy) -> list[str]:
    return sorted(clock.kind for clock in found.clocks())


def test_a_bad_rating_is_contacted_upheld_repaired_and_called_back() -> None:
    found, zhao_lei = remedy(), supervisor()

    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    assert running(found) == ["rating.repair"]
    found.verify(finding="TRUE", evidence="叫号记录显示等候两小时。", by=zhao_lei, at=MONDAY + DAY)
    assert running(found) == ["rating.repair"]
    found.repair(note="增开两个窗口。", by=zhao_lei, at=MONDAY + 2 * DAY)
    assert running(found) == ["rating.call_back"]
    found.call_back(satisfied=True, note="办事人表示满意。", by=zhao_lei, at=MONDAY + 3 * DAY)

    assert (found.state, found.finding, found.is_satisfied) == ("CLOSED", "TRUE", True)
    assert found.closed_at == MONDAY + 3 * DAY
    assert not Clock.objects.of(found.ledger_id()).open().exists()
    assert [note.step for note in found.notes.order_by("pk")] == ["contact", "verify", "repair", "call_back"]
    steps = Entry.objects.filter(subject=found.rating.ledger_id()).order_by("id").values_list("step", flat=True)
    assert list(steps) == [
        "ratings.rating.submit", "ratings.remedy.open", "ratings.remedy.contact", "ratings.remedy.uphold",
        "ratings.remedy.repair", "ratings.remedy.call_back",
    ]  # fmt: skip


def test_who_is_not_satisfied_gets_one_more_repair_and_no_third() -> None:
    found, zhao_lei = remedy(), supervisor()
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    found.verify(finding="TRUE", evidence=NOTE, by=zhao_lei, at=MONDAY)
    found.repair(note=NOTE, by=zhao_lei, at=MONDAY)

    found.call_back(satisfied=False, note="仍要排队。", by=zhao_lei, at=MONDAY + DAY)
    assert (found.state, found.reopened_at, found.is_satisfied) == ("REPAIRING", MONDAY + DAY, None)
    assert running(found) == ["rating.repair"]
    found.repair(note=NOTE, by=zhao_lei, at=MONDAY + 2 * DAY)
    with pytest.raises(Conflict):
        found.reopen(note=NOTE, by=zhao_lei, at=MONDAY + 3 * DAY)
    found.call_back(satisfied=False, note="仍不满意。", by=zhao_lei, at=MONDAY + 3 * DAY)

    assert (found.state, found.is_satisfied) == ("CLOSED", False)


def test_nobody_goes_on_without_having_tried_three_times() -> None:
    found, zhao_lei = remedy(), supervisor()
    for _ in range(2):
        found.attempt(note="无人接听。", by=zhao_lei, at=MONDAY)

    with pytest.raises(Conflict, match="三次"):
        found.contact(note="仍无人接听。", reached=False, by=zhao_lei, at=MONDAY)
    found.attempt(note="无人接听。", by=zhao_lei, at=MONDAY)
    found.contact(note="仍无人接听。", reached=False, by=zhao_lei, at=MONDAY)

    assert (found.state, found.attempts) == ("CONTACTED", 3)


@pytest.mark.parametrize("finding", ["MISTAKEN", "MALICIOUS"])
def test_a_finding_against_the_rater_counts_out_only_when_the_time_to_appeal_is_over(finding: str) -> None:
    found, zhao_lei = remedy(), supervisor()
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    found.verify(finding=finding, evidence="办事人说本想评别的部门。", by=zhao_lei, at=MONDAY)
    assert running(found) == ["rating.appeal"]
    assert Rating.objects.counted().count() == 1
    with pytest.raises(Conflict):
        found.let_stand(by="timer", at=MONDAY + DAY)

    assert services.settle(at=MONDAY + 3 * DAY) == 0
    assert services.settle(at=MONDAY + 30 * DAY) == 1

    found.refresh_from_db()
    assert (found.state, found.finding) == ("CLOSED", finding)
    assert Rating.objects.get().state == "EXCLUDED"
    assert Rating.objects.counted().count() == 0


def test_an_appeal_is_decided_by_another_supervisor_and_if_granted_is_put_right() -> None:
    found, zhao_lei = remedy(), supervisor()
    other = supervisor("陈涛", department("sw", "六安市税务局"))
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    found.verify(finding="MALICIOUS", evidence=NOTE, by=zhao_lei, at=MONDAY)
    found.appeal(words="我说的都是事实，有叫号单为证。", by=None, at=MONDAY + DAY)
    assert running(found) == ["rating.review"]

    with pytest.raises(NotAllowed, match="另一名督办人员"):
        found.grant_appeal(note=NOTE, by=zhao_lei, at=MONDAY + 2 * DAY)
    found.grant_appeal(note="叫号单属实。", by=other, at=MONDAY + 2 * DAY)

    assert (found.state, found.finding, found.rating.state) == ("REPAIRING", "TRUE", "CONFIRMED")
    assert running(found) == ["rating.repair"]


def test_an_appeal_that_is_rejected_leaves_the_rating_out() -> None:
    found, zhao_lei = remedy(), supervisor()
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    found.verify(finding="MISTAKEN", evidence=NOTE, by=zhao_lei, at=MONDAY)
    found.appeal(words="不同意。", by=None, at=MONDAY)

    found.reject_appeal(note=NOTE, by=supervisor("陈涛"), at=MONDAY + DAY)

    assert (found.state, found.rating.state) == ("CLOSED", "EXCLUDED")


def test_no_official_appeals() -> None:
    found, zhao_lei = remedy(), supervisor()
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    found.verify(finding="MISTAKEN", evidence=NOTE, by=zhao_lei, at=MONDAY)

    with pytest.raises(NotAllowed):
        found.appeal(words="我替他说。", by=zhao_lei, at=MONDAY)

    assert Remedy.objects.get().state == "DISPUTED"


def test_a_rater_who_was_contacted_may_change_and_the_remedy_goes_on() -> None:
    found = remedy()
    found.contact(note=NOTE, by=supervisor(), at=MONDAY)

    Rating.objects.get().change(opinion(5), by=None, at=MONDAY + DAY)

    assert Remedy.objects.get().state == "CONTACTED"


@pytest.mark.parametrize(
    ("finding", "note"), [("", "有证据。"), ("GOOD", "有证据。"), ("TRUE", "  "), ("TRUE", "长" * 1001)]
)
def test_a_finding_needs_one_of_three_words_and_its_evidence(finding: str, note: str) -> None:
    found, zhao_lei = remedy(), supervisor()
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)

    with pytest.raises(Invalid):
        found.verify(finding=finding, evidence=note, by=zhao_lei, at=MONDAY)

    assert (Remedy.objects.get().state, Remedy.objects.get().finding) == ("CONTACTED", "")


def test_a_limit_that_falls_into_an_unknown_year_begins_when_the_year_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from civic.deadlines.calendars import CalendarMissing
    from civic.ratings.models import remedy as module

    with monkeypatch.context() as patch:
        patch.setattr(module.Clock.objects, "start", _refuse(CalendarMissing(2027)))
        given = rating(1)
    opened = given.remedies.get()
    assert opened.clocks() == []

    services.settle(at=MONDAY + DAY)

    assert running(opened) == ["rating.contact", "rating.repair"]
    assert {clock.started_at for clock in opened.clocks()} == {MONDAY}


def _refuse(error: Exception) -> object:
    def start(**_: object) -> None:
        raise error

    return start


# Who sees and does what


def test_who_handled_the_matter_sees_nothing_of_it_before_the_finding_and_never_works_on_it() -> None:
    li_qiang = official("李强", roles=("unit_leader",))
    zhao_lei = supervisor()
    found = remedy(of=right(holder=resident(), handlers=[li_qiang.pk]))

    assert not Rating.objects.visible_to(li_qiang).exists()
    assert not Remedy.objects.visible_to(li_qiang).exists()
    assert Remedy.objects.visible_to(zhao_lei).exists()
    with pytest.raises(NotAllowed, match="经办过"):
        found.contact(note=NOTE, by=li_qiang, at=MONDAY)
    found.contact(note=NOTE, by=zhao_lei, at=MONDAY)
    assert not Rating.objects.visible_to(li_qiang).exists()
    found.verify(finding="TRUE", evidence=NOTE, by=zhao_lei, at=MONDAY)

    assert Rating.objects.visible_to(li_qiang).exists()
    assert Remedy.objects.visible_to(li_qiang).exists()
    with pytest.raises(NotAllowed):
        found.repair(note=NOTE, by=li_qiang, at=MONDAY)


@pytest.mark.parametrize(
    ("role", "home", "sees", "works"),
    [
        ("supervisor", "rsj", True, True),
        ("unit_leader", "rsj", True, True),
        ("supervisor", "sw", True, False),
        ("unit_leader", "sw", False, False),
        ("auditor", "rsj", True, False),
        ("unit_handler", "rsj", False, False),
        ("window_clerk", "rsj", False, False),
        ("operator", "rsj", False, False),
        ("privacy_officer", "rsj", False, False),
        ("catalogue_clerk", "rsj", False, False),
    ],
)
def test_the_role_matrix_of_a_remedy(role: str, home: str, sees: bool, works: bool) -> None:
    found = remedy()
    supervisor("张敏")  # the department has supervision of its own
    user = official("李强", department=department(home, f"{home}局"), roles=(role,))

    assert Remedy.objects.visible_to(user).exists() is sees
    assert Rating.objects.visible_to(user).exists() is sees
    assert (policies.why_not_work(user, found) is None) is works
    assert policies.why_not_rate(user, found.rating.right, MONDAY) is not None
    assert policies.why_not_change(user, found.rating, MONDAY) is not None


def test_where_a_department_has_nobody_who_is_free_a_supervisor_from_elsewhere_works() -> None:
    li_qiang = official("李强", roles=("unit_leader",))
    found = remedy(of=right(handlers=[li_qiang.pk]))
    elsewhere = supervisor("陈涛", department("sw", "六安市税务局"))

    found.contact(note=NOTE, by=elsewhere, at=MONDAY)

    assert found.state == "CONTACTED"


def test_a_stranger_sees_nothing_and_the_rater_their_own() -> None:
    wang_fang, sun_hao = resident(), resident("孙浩")
    remedy(of=right(holder=wang_fang))

    assert Rating.objects.visible_to(wang_fang).exists()
    assert Remedy.objects.visible_to(wang_fang).exists()
    assert not Rating.objects.visible_to(sun_hao).exists()
    assert not Remedy.objects.visible_to(sun_hao).exists()


def test_the_table_refuses_what_it_does_not_have() -> None:
    found, zhao_lei = remedy(), supervisor()

    with pytest.raises(StepRefused):
        found.repair(note=NOTE, by=zhao_lei, at=MONDAY)

    assert not found.notes.exists()
