"""A draw from register to list: committed before, checked after, replaced from the reserve, each step recorded."""

import csv
import hashlib
import io

import pytest
from django.db import IntegrityError, transaction

from civic.audit.models import Entry
from civic.audit.services.verify import verify_ledger
from civic.config.commands.participation import table
from civic.core.errors import Conflict, Invalid, NotAllowed, Stale
from civic.masking.models import SubjectKey
from civic.participation.models import Register, Seat, Sortition
from civic.participation.models.sortition import PreparedAlready, WrongSeed
from civic.participation.rules.draw import BadDraw, commitment, draw
from civic.participation.rules.register import BadRegister
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import participation as make
from tests.factories.accounts import MONDAY
from tests.factories.participation import DAY, SEED

pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY


def steps(noun: Sortition) -> list[str]:
    return list(Entry.objects.filter(subject=noun.ledger_id()).order_by("pk").values_list("step", flat=True))


def test_a_register_is_taken_in_with_its_digest_and_quotas_and_nobody_is_drawn() -> None:
    made = make.sortition()

    assert (made.state, made.people, made.size, made.by) == ("PREPARED", 40, 8, ["area", "sex"])
    assert made.strata == [
        {"of": ["裕安区", "女"], "people": 10, "quota": 2},
        {"of": ["裕安区", "男"], "people": 10, "quota": 2},
        {"of": ["金安区", "女"], "people": 10, "quota": 2},
        {"of": ["金安区", "男"], "people": 10, "quota": 2},
    ]
    assert made.content() == make.REGISTER
    assert b"A001" not in bytes(Register.objects.get(sortition=made).content_sealed)
    assert not Seat.objects.exists()
    assert not Sortition.objects.made_known().exists()


def test_a_register_with_an_error_leaves_no_trace() -> None:
    with pytest.raises(BadRegister, match="第3行：编号 1 与第2行重复"):
        make.sortition(b"id,area\n1,x\n1,y\n")

    assert not Sortition.objects.exists()
    assert not Register.objects.exists()


@pytest.mark.parametrize("number", ["341502199001010025", "13800005678"])
def test_a_register_of_id_or_telephone_numbers_is_refused(number: str) -> None:
    with pytest.raises(BadRegister, match="不能是身份证号码或手机号"):
        make.sortition(f"id,area\n{number},x\n".encode(), size=1)


def test_more_seats_than_people_are_refused() -> None:
    with pytest.raises(BadDraw, match="1至名册总人数40"):
        make.sortition(size=41)


def test_the_same_register_does_not_wait_twice() -> None:
    made = make.sortition()

    with pytest.raises(PreparedAlready):
        make.sortition()

    assert list(Sortition.objects.all()) == [made]
    assert Register.objects.count() == 1
    made.cancel(reason="名册漏了两个社区，重新导入。", by=make.zhao_min(), at=TUESDAY)
    assert make.sortition().state == "PREPARED"


def test_only_organisers_of_a_unit_prepare_a_draw() -> None:
    clerk = people.official("周建", roles=("window_clerk",))

    with pytest.raises(NotAllowed, match="组织单位"):
        Sortition.objects.prepare(make.plan(), register=make.REGISTER, by=clerk, at=MONDAY)


def test_the_commitment_is_the_digest_of_the_seed_and_the_seed_is_not_kept() -> None:
    made = make.committed()

    made.refresh_from_db()
    assert (made.state, made.commitment, made.seed) == ("COMMITTED", commitment(SEED), "")
    assert made.committed_at == TUESDAY
    assert SEED not in str(list(Entry.objects.values_list("detail", flat=True)))
    assert Entry.objects.get(step="participation.sortition.commit").detail["commitment"] == commitment(SEED)


def test_whoever_made_the_register_does_not_hold_the_seed_nor_does_a_handler() -> None:
    made = make.sortition()
    Sortition.objects.filter(pk=made.pk).update(prepared_by=make.zhao_min())

    with pytest.raises(NotAllowed, match="另一位负责人"):
        made.commit(seed=SEED, by=make.zhao_min(), at=TUESDAY)
    with pytest.raises(NotAllowed, match="负责人"):
        made.commit(seed=SEED, by=make.chen_jing(), at=TUESDAY)

    made.refresh_from_db()
    assert (made.state, made.commitment) == ("PREPARED", "")


@pytest.mark.parametrize("seed", ["", "短", "x" * 19, " " + "x" * 20, "x" * 10 + "\n" + "x" * 10])
def test_a_seed_that_could_be_guessed_or_not_typed_again_is_refused(seed: str) -> None:
    made = make.sortition()

    with pytest.raises(Invalid) as caught:
        made.commit(seed=seed, by=make.zhao_min(), at=TUESDAY)

    assert caught.value.errors[0].pointer == "seed"


def test_the_draw_tells_the_seed_and_lists_exactly_whom_the_command_draws() -> None:
    made = make.drawn()

    done = draw(made.crowd(), seed=SEED, size=8)
    assert (made.state, made.seed, made.drawn_at) == ("DRAWN", SEED, WEDNESDAY)
    listed = {seat.number for seat in Seat.objects.filter(sortition=made, state="INVITED")}
    assert listed == {one for share in done.shares for one in share.drawn}
    rows = csv.DictReader(io.StringIO(table(done)))
    assert listed == {row["id"] for row in rows if row["role"] == "drawn"}
    waiting = Seat.objects.filter(sortition=made, stratum=["金安区", "女"], state="RESERVE").order_by("rank")
    share = next(one for one in done.shares if one.stratum == ("金安区", "女"))
    assert [seat.number for seat in waiting] == list(share.reserves)
    assert steps(made) == [f"participation.sortition.{name}" for name in ("prepare", "commit", "draw")]


def test_another_seed_than_the_committed_one_draws_nobody() -> None:
    made = make.committed()

    with pytest.raises(WrongSeed, match="逐字核对"):
        made.draw(seed=SEED + "。", by=make.zhao_min(), at=WEDNESDAY)

    made.refresh_from_db()
    assert (made.state, made.seed, made.seats.count()) == ("COMMITTED", "", 0)
    assert steps(made)[-1] == "participation.sortition.commit"


def test_nobody_draws_at_the_moment_of_the_commitment_or_without_one() -> None:
    made = make.committed()

    with pytest.raises(Conflict, match="先公布"):
        made.draw(seed=SEED, by=make.zhao_min(), at=TUESDAY)
    with pytest.raises(StepRefused):
        make.sortition(title="另一次抽选").draw(seed=SEED, by=make.zhao_min(), at=WEDNESDAY)


def test_an_announced_public_number_joins_the_seed_and_cannot_be_left_out_or_added_later() -> None:
    made = make.committed(beacon_source="双色球2026年3月8日开奖号码")

    with pytest.raises(Invalid, match="请填写公布承诺时说明的公开随机数"):
        made.draw(seed=SEED, by=make.zhao_min(), at=WEDNESDAY)
    with pytest.raises(Invalid, match="不能再加"):
        make.committed().draw(seed=SEED, beacon="1", by=make.zhao_min(), at=WEDNESDAY)
    made.draw(seed=SEED, beacon="03 11 17", by=make.zhao_min(), at=WEDNESDAY)

    done = draw(made.crowd(), seed=SEED, size=8, beacon="03 11 17")
    assert {seat.number for seat in made.seats.taken()} == {one for share in done.shares for one in share.drawn}


def test_whoever_declines_is_replaced_by_the_next_of_the_same_stratum() -> None:
    made = make.drawn()
    gone = made.seats.listed()[0]
    awaited = made.seats.filter(stratum=gone.stratum, state="RESERVE").order_by("rank")[0]

    called = gone.decline(by=make.chen_jing(), at=WEDNESDAY)

    assert called == awaited
    awaited.refresh_from_db()
    gone.refresh_from_db()
    assert (gone.state, awaited.state, awaited.replaces, awaited.invited_at) == (
        "DECLINED", "INVITED", gone, WEDNESDAY,
    )  # fmt: skip
    assert made.seats.taken().count() == 8
    told = list(Entry.objects.filter(subject=made.ledger_id()).order_by("pk"))[-2:]
    assert [entry.step for entry in told] == ["participation.seat.decline", "participation.seat.invite"]
    assert told[1].detail == {"seat": awaited.number, "instead_of": gone.number}


def test_where_a_stratum_has_nobody_left_the_lowest_lot_of_all_is_called_and_at_the_end_nobody() -> None:
    made = make.drawn(b"id,area\n1,x\n2,x\n3,y\n4,y\n5,y\n6,y\n", size=5)  # x: 2 of 2 (10/6), y: 3 of 4
    gone = made.seats.get(number="1")
    (reserve,) = made.seats.filter(state="RESERVE")

    assert gone.decline(by=make.chen_jing(), at=WEDNESDAY) == reserve
    assert reserve.stratum == ["y"]
    assert made.seats.get(number="2").decline(by=make.chen_jing(), at=WEDNESDAY) is None
    assert made.seats.taken().count() == 4


def test_a_seat_is_answered_once_by_the_unit_and_not_from_a_stale_page() -> None:
    seat = make.seat()
    with pytest.raises(NotAllowed):
        seat.accept(by=people.official("周建"), at=WEDNESDAY)
    with pytest.raises(Stale):
        seat.decline(by=make.chen_jing(), at=WEDNESDAY, seen=9)

    seat.accept(by=make.chen_jing(), at=WEDNESDAY)

    with pytest.raises(StepRefused):
        seat.accept(by=make.chen_jing(), at=WEDNESDAY)
    assert Seat.objects.exclude(pk=seat.pk).filter(state="ACCEPTED").count() == 0
    assert seat.sortition.seats.filter(replaces__isnull=False).count() == 0


def test_a_closed_draw_destroys_a_register_that_is_not_public_and_changes_no_more() -> None:
    made = make.drawn()
    seat, key = made.seats.listed()[0], made.register.key_id
    made.close(by=make.zhao_min(), at=WEDNESDAY + DAY)

    with pytest.raises(Conflict, match="名单不再变动"):
        seat.decline(by=make.chen_jing(), at=WEDNESDAY + DAY)

    with pytest.raises(Conflict, match="名册已销毁"):
        made.content()
    assert SubjectKey.objects.get(pk=key).wrapped is None
    assert made.register_sha256 == hashlib.sha256(make.REGISTER).hexdigest()
    assert made.seats.taken().count() == 8


def test_a_closed_draw_keeps_a_public_register() -> None:
    made = make.drawn(is_open=True)

    made.close(by=make.zhao_min(), at=WEDNESDAY + DAY)

    assert made.content() == make.REGISTER


def test_a_draw_is_cancelled_for_a_reason_and_stays_known_once_it_was_committed() -> None:
    known, unknown = make.committed(), make.sortition()
    with pytest.raises(Invalid):
        known.cancel(reason="", by=make.zhao_min(), at=WEDNESDAY)

    for made in (known, unknown):
        made.cancel(reason="名册漏了两个社区，重新导入。", by=make.zhao_min(), at=WEDNESDAY)

    assert list(Sortition.objects.made_known()) == [known]
    with pytest.raises(StepRefused):
        known.draw(seed=SEED, by=make.zhao_min(), at=WEDNESDAY)
    assert not Register.objects.exists()


def test_other_units_do_not_see_a_draw_auditors_see_all() -> None:
    made = make.sortition()

    assert list(Sortition.objects.visible_to(make.chen_jing())) == [made]
    assert not Sortition.objects.visible_to(people.official("周建")).exists()
    assert list(Sortition.objects.visible_to(people.official("审计", roles=("auditor",)))) == [made]
    assert not Sortition.objects.visible_to(people.resident()).exists()


@pytest.mark.parametrize("change", [{"commitment": ""}, {"seed": ""}, {"drawn_at": MONDAY}, {"state": "CANCELLED"}])
def test_the_database_refuses_a_draw_without_its_commitment_or_seed(change: dict[str, object]) -> None:
    made = make.drawn()

    with pytest.raises(IntegrityError), transaction.atomic():
        Sortition.objects.filter(pk=made.pk).update(**change)


def test_a_seat_that_is_changed_behind_the_programs_back_is_found() -> None:
    made = make.drawn()
    assert findings() == []
    Seat.objects.filter(pk=made.seats.listed()[0].pk).update(number="Z999")

    (found,) = findings()
    assert made.ledger_id() in found


def findings() -> list[str]:
    """Return what `civic audit verify` says of the rows."""
    report = verify_ledger(at=Entry.objects.latest("id").recorded_at, progress=lambda *_: None)
    return [found.message for found in report.findings]
