"""A licence is shown for a minute to one reader, or used for a case: with a ground, field by field, recorded."""

import threading
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from civic.accounts.models import Consent
from civic.audit.models import Entry
from civic.audit.services import seals
from civic.audit.services.report import Report
from civic.core.errors import NotAllowed
from civic.licences import services
from civic.licences.models import CodeOver, CodeUnknown, CodeUsed, Ground, Presentation, Use
from civic.licences.services import Reader
from tests.factories import wallet
from tests.factories.accounts import MONDAY, consent, official
from tests.factories.licences import licence_type as card_type

pytestmark = pytest.mark.django_db
SOON, OVER = MONDAY + timedelta(seconds=59), MONDAY + timedelta(seconds=60)
PASSER_BY = Reader(account=None, address="203.0.113.7")


def look(token: str, *, at=SOON, reader: Reader = PASSER_BY, reading: str = "identity") -> Use:
    return services.read_shown(token=token, reading=reading, reader=reader, at=at)


def test_a_code_shows_the_chosen_fields_once_and_is_recorded():
    held = wallet.own_licence()
    code, token = wallet.shown(("born_on", "name"), of=held)

    use = look(token.lower())

    code.refresh_from_db()
    assert (use.kind, use.fields, use.purpose, use.licence) == ("SHOWN", ["name", "born_on"], "核对身份", held)
    assert (code.used_at, code.reader) == (SOON, use.reader)
    assert use.reader.startswith("visitor:") and "203" not in use.reader
    entry = Entry.objects.get(step="licences.use.note")
    assert entry.actor == use.reader
    assert entry.detail == {"licence": held.ledger_id(), "kind": "SHOWN", "fields": "name,born_on"}
    with pytest.raises(CodeUsed):
        look(token)
    assert Use.objects.count() == 1


def test_a_code_lives_sixty_seconds():
    _code, token = wallet.shown()

    with pytest.raises(CodeOver):
        look(token, at=OVER)

    assert Presentation.objects.get().used_at is None
    assert Use.objects.count() == 0


def test_the_next_code_ends_the_one_before():
    held = wallet.own_licence()
    _first, token = wallet.shown(of=held)
    _second, fresh = wallet.shown(of=held, at=MONDAY + timedelta(seconds=30))

    with pytest.raises(CodeOver):
        look(token)

    assert look(fresh).licence == held


def test_no_token_is_stored_and_a_made_up_one_is_unknown():
    _code, token = wallet.shown()

    assert token not in str(Presentation.objects.values())
    with pytest.raises(CodeUnknown):
        look("ABCDEFGHJK")


def test_a_reader_says_what_for_before_anything_is_shown():
    _code, token = wallet.shown()

    with pytest.raises(services.ReadingMissing):
        look(token, reading="curiosity")

    assert Presentation.objects.get().used_at is None


def test_an_official_reads_by_the_name_of_the_department():
    _code, token = wallet.shown()
    li = official("李强")

    use = look(token, reader=Reader(account=li, address="203.0.113.7"))

    assert use.reader == li.ledger_id()
    assert use.reader_words == "六安市人力资源和社会保障局"


def test_what_does_not_hold_is_not_shown():
    held = wallet.own_licence()
    _code, token = wallet.shown(of=held)
    held.suspend(Ground("核查。"), by="rules", at=MONDAY)

    with pytest.raises(NotAllowed):
        wallet.shown(of=held)
    with pytest.raises(NotAllowed):
        look(token)

    assert Use.objects.count() == 0


def test_nothing_is_shown_that_the_type_does_not_know():
    with pytest.raises(services.NothingShown):
        wallet.shown(("blood",))

    assert Presentation.objects.count() == 0


def test_codes_that_nobody_read_are_deleted_after_a_day():
    held = wallet.own_licence()
    wallet.shown(of=held)
    used = wallet.read(held)

    assert services.forget_codes(at=MONDAY + timedelta(hours=23)) == 0
    assert services.forget_codes(at=MONDAY + timedelta(days=2)) == 1
    assert Presentation.objects.get() == used.presentation


def test_the_database_refuses_a_second_use_of_a_code():
    use = wallet.read()

    with pytest.raises(IntegrityError), transaction.atomic():
        Use.objects.note(
            licence=use.licence, kind="SHOWN", fields=["name"], purpose="核对身份", presentation=use.presentation,
            reader="visitor:0", by="test", at=MONDAY,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_scans_at_the_same_moment_one_sees():
    _code, token = wallet.shown()
    barrier, ends = threading.Barrier(2), []

    def scan(address: str) -> None:
        barrier.wait()
        try:
            ends.append(look(token, reader=Reader(account=None, address=address)).kind)
        except CodeUsed:
            ends.append("USED")
        finally:
            connection.close()

    run(scan, "203.0.113.7", "203.0.113.8")

    assert sorted(ends) == ["SHOWN", "USED"]
    assert Use.objects.count() == 1
    assert Entry.objects.filter(step="licences.use.note").count() == 1


def test_what_is_held_counts_if_valid_and_if_the_department_may_use_something_of_it():
    person, service = wallet.wang().person, wallet.service()
    wedding = wallet.own_licence("marriage_certificate")
    wallet.own_licence("household_page")  # of which 自然资源和规划局 may use nothing
    types = ["marriage_certificate", "household_page", "id_card", "no_such_type"]
    card_type("id_card")

    def held(code: str) -> services.Held:
        return services.held_for(person, types=types, service=service, at=MONDAY)[code]

    assert held("marriage_certificate").licence == wedding
    assert held("marriage_certificate").fields == ("name", "spouse_name")
    assert held("marriage_certificate").is_usable
    assert held("household_page").why_not.startswith("您有「户口电子页（示范）」，但证照目录没有允许")
    assert (held("id_card").licence, held("id_card").why_not) == (None, "")
    assert set(services.held_for(person, types=types, service=service, at=MONDAY)) == set(types[:3])
    wedding.suspend(Ground("核查。"), by="rules", at=MONDAY)
    assert not held("marriage_certificate").is_usable
    assert held("marriage_certificate").why_not == (
        "您的「结婚证（示范）」已暂停使用，不能用于这次申请。请向六安市民政局了解原因，或者上传材料。"
    )


@pytest.mark.parametrize(("move", "said"), [
    ("expire", "有效期到2026-03-01，已经过期"), ("none", "有效期到2026-03-01，已经过期"),
    ("revoke", "现在是「已注销」"),
])  # fmt: skip
def test_what_does_not_hold_any_more_does_not_count_and_says_what_to_do(move: str, said: str):
    person, before = wallet.wang().person, MONDAY - timedelta(days=30)
    card = wallet.own_licence("marriage_certificate", at=before, valid_until=date(2026, 3, 1))
    if move != "none":  # the sweep has not been round yet
        getattr(card, move)(*([Ground("作废。")] if move == "revoke" else []), by="rules", at=MONDAY)

    held = services.held_for(person, types=["marriage_certificate"], service=wallet.service(), at=MONDAY)

    assert not held["marriage_certificate"].is_usable
    assert said in held["marriage_certificate"].why_not


def test_the_new_licence_counts_and_not_the_one_it_replaced():
    person = wallet.wang().person
    old = wallet.own_licence("marriage_certificate", case="LA1")
    new = wallet.own_licence("marriage_certificate", case="LA2", replaces=old)
    old.supersede(Ground("换发。"), by="rules", at=MONDAY, successor=new)

    held = services.held_for(person, types=["marriage_certificate"], service=wallet.service(), at=MONDAY)

    assert held["marriage_certificate"].licence == new
    assert held["marriage_certificate"].is_usable


def test_a_use_for_a_case_is_recorded_once_with_granted_fields_only():
    use = wallet.use()
    person = wallet.wang().person

    again = services.use_for_case(
        holder=person, types=["marriage_certificate"], service="LA-ZR-001", case=use.case, by="system", at=MONDAY
    )

    assert again == [use]
    assert (use.fields, use.purpose, use.department.code) == (["name", "spouse_name"], "不动产登记", "zrzy")
    entry = Entry.objects.get(step="licences.use.note")
    assert entry.detail["case"] == use.case


def test_without_consent_nothing_is_used_unless_the_holder_agreed_for_this_case():
    person, service, case = wallet.wang().person, wallet.service(), "LA202603020000000041"
    wallet.own_licence("marriage_certificate")
    facts = {"holder": person, "types": ["marriage_certificate"], "service": service, "case": case, "by": "system"}

    with pytest.raises(services.NotAgreed):
        services.use_for_case(**facts, at=MONDAY)
    asked = wallet.request(
        holder=wallet.wang(), asker=wallet.sun(), purpose="use", case=case, types={"marriage_certificate": ["name"]}
    )
    asked.grant(by=wallet.wang(), at=MONDAY)
    (use,) = services.use_for_case(**facts, at=MONDAY)

    assert (use.request, use.fields) == (asked, ["name"])
    Consent.objects.give(person=person, purpose="licence_reuse", by="test", at=MONDAY)
    assert services.use_for_case(**facts, at=MONDAY) == [use]


def test_one_licence_that_is_missing_and_none_is_used():
    person, service = wallet.wang().person, wallet.service()
    consent(person, "licence_reuse")
    wallet.own_licence("marriage_certificate")

    with pytest.raises(services.NotHeld) as refused:
        services.use_for_case(
            holder=person,
            types=["marriage_certificate", "id_card"],
            service=service,
            case="LA1",
            by="system",
            at=MONDAY,
        )

    assert refused.value.message.endswith("请上传材料。")
    assert Use.objects.count() == 0


def test_a_use_is_sealed():
    wallet.use()
    wallet.read()

    report = Report()
    seals.check(report, snapshot=nullcontext, progress=lambda *_: None)

    assert report.findings == []


def run(target, *names: str) -> None:
    threads = [threading.Thread(target=target, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
