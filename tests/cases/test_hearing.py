"""Before a decision is revoked the applicant is heard: in writing, and face to face if they ask in time."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.audit.seal import digest
from civic.cases import services, tasks
from civic.cases.models import Case, Hearing
from civic.cases.models.clocks import StatementPending
from civic.cases.models.doubts import Said
from civic.cases.models.hearing import HearingIncomplete, HearingPending, HearingTooSoon, StatementEmpty
from civic.core.errors import NotAllowed, Stale
from civic.deadlines.models import Clock
from civic.documents.models import Document
from civic.notifications.models import Notice
from tests.cases.test_case import end_of
from tests.cases.test_portal import photo
from tests.factories import accounts as people
from tests.factories import cases as make
from tests.factories import documents

pytestmark = pytest.mark.django_db
MONDAY = make.MONDAY  # 2 March 2026, nine in the morning
AFTER = datetime(2026, 3, 16, 1, tzinfo=UTC)  # the time to be heard is over
HELD = datetime(2026, 3, 30, 1, tzinfo=UTC)
REVOCATION = {"reasons": "承诺的住房套数不属实。", "legal_basis": "《中华人民共和国行政许可法》第六十九条"}
ONE_HOME, LATER = "我只有一套住房，另一套已经卖了。", "合同在这里。"


@pytest.fixture
def staff() -> dict:
    return make.officials()


@pytest.fixture
def wang():
    return people.resident("王芳", phone="13800005678")


@pytest.fixture
def doubted(staff, wang) -> Case:
    """王芳's granted case of which 张强 has found a commitment false on Monday."""
    case = make.decide(make.case(by=wang, delivery="SELF_PICK"), staff)
    case.verify_commitment(material="homes", result="FALSE", by=staff["handler"], at=MONDAY)
    return case


@pytest.fixture
def called(staff, wang, doubted) -> Case:
    """She has asked for a hearing in time; it is on 30 March."""
    doubted.make_statement(said=Said(ONE_HOME, wants_hearing=True), by=wang, at=MONDAY)
    doubted.call_hearing(hold_at=HELD, place="政务服务中心三楼", by=staff["handler"], at=AFTER)
    return doubted


def running(case: Case) -> dict[str, datetime]:
    return {clock.kind: clock.due_at for clock in Clock.objects.of(case.ledger_id()).open()}


def entries(case: Case) -> int:
    return Entry.objects.filter(subject=case.ledger_id()).count()


def test_what_the_applicant_says_is_kept_sealed_and_what_she_says_later_is_added(wang, doubted) -> None:
    paper = documents.document(owner=wang)
    doubted.make_statement(said=Said(ONE_HOME), by=wang, at=MONDAY)
    services.make_statement(case=doubted, said=Said(LATER, (str(paper.token),)), by=wang, at=AFTER)

    heard = Hearing.objects.get()
    assert (heard.words, heard.documents) == (f"{ONE_HOME}\n{LATER}", [str(paper.token)])
    assert (heard.stated_at, heard.asked_at) == (AFTER, None)
    assert ONE_HOME.encode() not in bytes(heard.words_sealed)
    newest = Entry.objects.filter(subject=doubted.ledger_id()).latest("pk")
    assert newest.detail == {"hearing": "no", "papers": "1"}
    stored = Case.objects.get(pk=doubted.pk)
    assert digest(stored.sealed_content(), bytes(newest.salt)) == bytes(newest.digest)
    Hearing.objects.update(documents=[])
    assert digest(stored.sealed_content(), bytes(newest.salt)) != bytes(newest.digest)


def test_the_department_reads_the_papers_that_come_with_a_statement(staff, wang, doubted) -> None:
    paper = documents.document(owner=wang)
    services.make_statement(case=doubted, said=Said(ONE_HOME, (str(paper.token),)), by=wang, at=MONDAY)

    assert list(Document.objects.visible_to(staff["handler"])) == [paper]
    assert not Document.objects.visible_to(staff["stranger"]).exists()


def test_a_statement_says_something(wang, doubted) -> None:
    with pytest.raises(StatementEmpty, match="请写下您的意见"):
        doubted.make_statement(said=Said("  "), by=wang, at=MONDAY)

    assert not Hearing.objects.exists()


def test_without_a_hearing_the_decision_is_revoked_when_the_time_is_over(staff, wang, doubted) -> None:
    doubted.make_statement(said=Said(ONE_HOME), by=wang, at=MONDAY)
    with pytest.raises(StatementPending):
        doubted.revoke(**REVOCATION, by=staff["leader"], at=MONDAY)

    doubted.revoke(**REVOCATION, by=staff["leader"], at=AFTER)

    assert doubted.state == "REVOKED"


def test_nothing_is_revoked_before_a_hearing_that_was_asked_for_is_over(staff, wang, called) -> None:
    assert running(called) == {"case.statement": end_of(2026, 3, 9), "case.hearing": end_of(2026, 3, 30)}
    before = entries(called)
    with pytest.raises(HearingPending, match="先举行听证"):
        called.revoke(**REVOCATION, by=staff["leader"], at=HELD)
    assert (entries(called), called.decision.review) == (before, "")

    called.close_hearing(record="王芳到场，出示了卖房合同。", by=staff["leader"], at=HELD)
    called.revoke(**REVOCATION, by=staff["leader"], at=HELD)

    assert called.state == "REVOKED"
    heard = Hearing.objects.get()
    assert (heard.record, heard.presided_by, heard.closed_at) == (
        "王芳到场，出示了卖房合同。", staff["leader"], HELD,
    )  # fmt: skip
    assert running(called) == {}


def test_a_decision_may_be_upheld_without_the_hearing(staff, called) -> None:
    called.uphold(reasons="合同属实。", legal_basis="条例", by=staff["leader"], at=AFTER)

    assert (called.decision.review, running(called)) == ("UPHELD", {})
    with pytest.raises(NotAllowed, match="不用再举行听证"):
        called.close_hearing(record="没有举行。", by=staff["leader"], at=HELD)


def test_a_hearing_is_asked_for_once_and_in_time(wang, doubted) -> None:
    asking = Said(ONE_HOME, wants_hearing=True)
    with pytest.raises(NotAllowed, match="要求听证的期限已过"):
        doubted.make_statement(said=asking, by=wang, at=AFTER)
    assert not Hearing.objects.exists()

    doubted.make_statement(said=asking, by=wang, at=MONDAY)
    with pytest.raises(NotAllowed, match="已经要求听证"):
        doubted.make_statement(said=asking, by=wang, at=MONDAY)

    assert Hearing.objects.get().words == ONE_HOME


def test_a_hearing_is_told_seven_working_days_ahead_with_time_and_place(staff, wang, doubted) -> None:
    doubted.make_statement(said=Said(wants_hearing=True), by=wang, at=MONDAY)
    soon, later = datetime(2026, 3, 11, 15, 59, tzinfo=UTC), datetime(2026, 3, 12, 1, tzinfo=UTC)
    call, handler = doubted.call_hearing, staff["handler"]

    with pytest.raises(HearingTooSoon, match="请定在2026-03-11之后"):
        call(hold_at=soon, place="三楼", by=handler, at=MONDAY)
    with pytest.raises(HearingIncomplete):
        call(hold_at=later, place=" ", by=handler, at=MONDAY)
    with pytest.raises(HearingIncomplete):
        call(hold_at=None, place="三楼", by=handler, at=MONDAY)
    call(hold_at=later, place="三楼", by=handler, at=MONDAY)

    heard = Hearing.objects.get()
    assert (heard.hold_at, heard.place, heard.called_by) == (later, "三楼", handler)


def test_who_checked_the_commitment_does_not_preside(staff, called) -> None:
    with pytest.raises(NotAllowed, match="核查承诺或者提出疑问的人不能主持听证"):
        called.close_hearing(record="王芳到场。", by=staff["handler"], at=HELD)
    with pytest.raises(NotAllowed, match="听证还没有举行"):
        called.close_hearing(record="王芳到场。", by=staff["leader"], at=HELD - timedelta(minutes=1))
    with pytest.raises(HearingIncomplete):
        called.close_hearing(record=" ", by=staff["leader"], at=HELD)

    assert Hearing.objects.get().closed_at is None


def test_who_called_a_decision_of_rules_in_question_does_not_preside(staff, wang) -> None:
    from tests.factories import instant

    case = instant.ruled_home(by=wang, priced=True).case
    case.call_in_question(reasons="成交价有误。", by=staff["leader"], at=MONDAY)
    case.make_statement(said=Said(wants_hearing=True), by=wang, at=MONDAY)
    case.call_hearing(hold_at=HELD, place="三楼", by=staff["handler"], at=AFTER)

    with pytest.raises(NotAllowed, match="提出疑问的人不能主持"):
        case.close_hearing(record="王芳到场。", by=staff["leader"], at=HELD)
    case.close_hearing(record="王芳到场。", by=staff["handler"], at=HELD)

    assert Hearing.objects.get().presided_by == staff["handler"]


@pytest.mark.parametrize("verb", ["make_statement", "call_hearing", "close_hearing"])
def test_a_stranger_is_not_heard_and_holds_no_hearing(staff, called, verb) -> None:
    sun, before = people.resident("孙浩"), entries(called)
    acts = {
        "make_statement": lambda: called.make_statement(said=Said("我也要说。"), by=sun, at=MONDAY),
        "call_hearing": lambda: called.call_hearing(hold_at=HELD, place="二楼", by=staff["stranger"], at=AFTER),
        "close_hearing": lambda: called.close_hearing(record="结束。", by=staff["stranger"], at=HELD),
    }

    with pytest.raises(NotAllowed):
        acts[verb]()

    heard = Hearing.objects.get()
    assert (heard.words, heard.place, heard.closed_at) == (ONE_HOME, "政务服务中心三楼", None)
    assert entries(called) == before


def test_nobody_is_heard_where_nothing_is_in_doubt(staff, wang) -> None:
    case = make.decide(make.case(by=wang), staff)

    with pytest.raises(NotAllowed, match="现在没有要您陈述、申辩的事"):
        case.make_statement(said=Said(ONE_HOME), by=wang, at=MONDAY)

    assert not Hearing.objects.exists()


def test_a_stale_page_says_nothing(wang, doubted) -> None:
    with pytest.raises(Stale):
        doubted.make_statement(said=Said(ONE_HOME), by=wang, at=MONDAY, seen=doubted.version - 1)

    assert not Hearing.objects.exists()


def test_the_applicant_is_told_that_she_was_heard_and_when_the_hearing_is(wang, called) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="civic.cases.tasks.announce", args__case=called.pk)
    for job in jobs.filter(args__step__in=("make_statement", "call_hearing")).order_by("pk"):
        tasks.announce(**job.args)

    titles = [notice.clear("title") for notice in Notice.objects.filter(recipient=wang).order_by("pk")]
    assert titles == ["已收到您的陈述、申辩：不动产转移登记", "听证的时间和地点：不动产转移登记"]


@pytest.fixture
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal.mine", "portal.statement", "office.case", "office.hearing"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: MONDAY + timedelta(hours=1))


@pytest.mark.usefixtures("at_monday")
def test_the_applicant_writes_on_her_case_s_page_and_the_department_reads_it(staff, wang, doubted) -> None:
    client, path = people.at_home(wang), f"/my/cases/{doubted.number}/"
    assert f"{path}statement/" in client.get(path).content.decode()
    asked = client.get(f"{path}statement/").content.decode()
    assert "我要求听证" in asked
    assert "2026-03-09" in asked or "3月9日" in asked

    sent = {"words": ONE_HOME, "hearing": "yes", "papers": photo(), "seen": doubted.version}
    assert client.post(f"{path}statement/", sent).status_code == 302

    shown = client.get(path).content.decode()
    assert ONE_HOME in shown
    assert "听证结束以前不会撤销" in shown
    heard = Hearing.objects.get()
    desk = people.at_home(staff["handler"]).get(f"/office/cases/{doubted.number}/").content.decode()
    assert ONE_HOME in desk
    assert f"/documents/{heard.documents[0]}/" in desk
    assert "定听证的时间和地点" in desk


@pytest.mark.usefixtures("at_monday")
def test_the_page_says_what_is_missing_and_keeps_what_was_typed(wang, doubted) -> None:
    client, path = people.at_home(wang), f"/my/cases/{doubted.number}/statement/"

    empty = client.post(path, {"words": " ", "seen": doubted.version})
    stale = client.post(path, {"words": ONE_HOME, "seen": doubted.version - 1})

    assert "请写下您的意见，或者勾选要求听证。" in empty.content.decode()
    assert (empty.status_code, stale.status_code) == (400, 412)
    assert ONE_HOME in stale.content.decode()
    assert not Hearing.objects.exists()
    assert people.at_home(people.resident("孙浩")).get(path).status_code == 404


@pytest.mark.usefixtures("at_monday")
def test_the_staff_call_and_close_the_hearing_on_the_case_s_page(staff, wang, doubted, monkeypatch) -> None:
    doubted.make_statement(said=Said(ONE_HOME, wants_hearing=True), by=wang, at=MONDAY)
    path, handler, leader = (
        f"/office/cases/{doubted.number}/",
        *(people.at_home(staff[who]) for who in ("handler", "leader")),
    )
    typed = {"on": "2026-03-30", "begins": "09:00", "place": "政务服务中心三楼"}

    wrong = handler.post(f"{path}hearing/", {**typed, "on": "2026-03-05"})
    assert (wrong.status_code, "请定在2026-03-11之后" in wrong.content.decode()) == (400, True)
    assert handler.post(f"{path}hearing/", typed).status_code == 302
    assert Hearing.objects.get().hold_at == HELD
    assert "听证：" in people.at_home(wang).get(f"/my/cases/{doubted.number}/").content.decode()

    for door in ("office.case", "office.hearing"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: HELD)
    refused = handler.post(f"{path}hearing/record/", {"record": "王芳到场。"})
    assert (refused.status_code, "不能主持听证" in refused.content.decode()) == (403, True)
    assert leader.post(f"{path}hearing/record/", {"record": "王芳到场。"}).status_code == 302
    assert "王芳到场。" in people.at_home(wang).get(f"/my/cases/{doubted.number}/").content.decode()
