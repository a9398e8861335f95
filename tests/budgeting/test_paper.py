"""Paper ballots: handed out after the register, read by two people, settled by a third, and by nobody's name."""

import pytest
from django.db import IntegrityError, transaction

from civic.budgeting.models import Ballot, Batch, Opening, Reading, Urn
from civic.budgeting.models.casting import BadBallot
from civic.budgeting.models.paper import NoSuchForm, ReadAlready, UrnAlready, UrnDoesNotAddUp
from civic.budgeting.models.poll import VoteRuns
from civic.core.errors import Invalid, NotAllowed
from tests.factories import accounts as people
from tests.factories import budgeting as make
from tests.factories import participation as shared
from tests.factories.accounts import MONDAY
from tests.factories.budgeting import AFTER
from tests.factories.documents import document

pytestmark = pytest.mark.django_db


def sun_lei():
    return people.official("孙蕾", department=shared.bureau(), roles=("unit_handler",))


def held(count: int = 3):
    """So many people got a paper ballot; the urn of 望城社区 is unsealed with as many."""
    poll = make.poll()
    codes = [form.code for form in make.pad(poll).forms.order_by("?")[:count]]
    for nth in range(count):
        make.mark(poll, make.neighbour(nth))
    return poll, make.urn(poll, count), codes


def read(urn, code, *projects, by, **more):
    return urn.read(code=code, projects=projects, by=by, at=AFTER, **more)


def scan(urn, by) -> None:
    urn.keep_scan(document(by, name="票箱1.jpg", purpose="urn", at=AFTER), by=by, at=AFTER)


def test_two_people_read_each_paper_and_what_they_agree_on_goes_into_the_box() -> None:
    _poll, urn, codes = held()
    chen, sun = shared.chen_jing(), sun_lei()
    for code in codes:
        read(urn, code, "P1", "P2", by=chen)
        read(urn, f" {code[:4].lower()}-{code[4:]}", "P2", "P1", by=sun)
    scan(urn, chen)

    urn.close(by=chen, at=AFTER)

    assert (urn.state, urn.spoiled) == ("CLOSED", 0)
    assert [one.projects for one in Ballot.objects.all()] == [["P1", "P2"]] * 3
    assert [(one.source, one.size) for one in Batch.objects.all()] == [("URN", 3)]


def test_what_two_read_differently_is_settled_by_a_third_who_has_looked_again() -> None:
    _poll, urn, codes = held(1)
    chen, sun, zhao = shared.chen_jing(), sun_lei(), shared.zhao_min()
    read(urn, codes[0], "P1", by=chen)
    read(urn, codes[0], "P2", by=sun)
    scan(urn, chen)

    with pytest.raises(UrnDoesNotAddUp, match="其中1张还没有两人一致"):
        urn.close(by=chen, at=AFTER)
    with pytest.raises(ReadAlready, match="您已经录入过"):
        read(urn, codes[0], "P2", by=chen)
    with pytest.raises(ReadAlready, match="与前两次录入都不同"):
        read(urn, codes[0], "P3", by=zhao)
    read(urn, codes[0], "P2", by=zhao)
    urn.close(by=chen, at=AFTER)

    assert Ballot.objects.get().projects == ["P2"]


def test_the_database_itself_refuses_two_readings_by_one_person() -> None:
    _poll, urn, codes = held(1)
    first = read(urn, codes[0], "P1", by=shared.chen_jing())

    with pytest.raises(IntegrityError, match="reading_by_different_people"), transaction.atomic():
        Reading.objects.create(urn=urn, form=first.form, look=2, projects=["P1"], read_by=shared.chen_jing())


def test_a_spoiled_paper_is_in_the_totals_and_in_no_count() -> None:
    poll, urn, codes = held(2)
    chen, sun = shared.chen_jing(), sun_lei()
    with pytest.raises(BadBallot, match="最多选3个"):
        read(urn, codes[0], "P1", "P2", "P3", "P4", by=chen)
    for who in (chen, sun):
        read(urn, codes[0], by=who, is_spoiled=True)
        read(urn, codes[1], "P4", by=who)
    scan(urn, chen)
    urn.close(by=chen, at=AFTER)

    assert (urn.spoiled, Ballot.objects.get().projects) == (1, ["P4"])
    opening = Opening.objects.open_box(poll, by=shared.zhao_min(), at=AFTER)
    assert (opening.paper, opening.spoiled, opening.marks, opening.ending) == (1, 1, 2, "TOO_FEW")


def test_copies_strangers_and_papers_of_another_urn_are_not_read() -> None:
    poll, urn, codes = held(2)
    second = make.urn(poll, 1, number="2")
    chen = shared.chen_jing()
    read(urn, codes[0], "P1", by=chen)

    for code in ("", "AAAAAAAAA", codes[1][:-1] + "0", make.paper_form(make.poll()).code):
        with pytest.raises(NoSuchForm):
            read(urn, code, "P1", by=chen)
    with pytest.raises(ReadAlready, match="已在1号票箱录入"):
        read(second, codes[0], "P1", by=sun_lei())
    with pytest.raises(ReadAlready):
        read(urn, codes[0], "P1", by=chen)

    assert Reading.objects.count() == 1


def test_more_papers_than_were_counted_or_handed_out_are_not_put_in() -> None:
    poll, urn, codes = held(2)
    spare = make.pad(poll, 3).forms.all()
    chen, sun = shared.chen_jing(), sun_lei()
    for who in (chen, sun):
        for code in codes:
            read(urn, code, "P1", by=who)
    with pytest.raises(UrnDoesNotAddUp, match="清点出2张，已经全部录入"):
        read(urn, spare[0].code, "P1", by=chen)
    scan(urn, chen)
    urn.close(by=chen, at=AFTER)
    stuffed = make.urn(poll, 1, number="2")
    for who in (chen, sun):
        read(stuffed, spare[0].code, "P1", by=who)
    scan(stuffed, chen)

    with pytest.raises(UrnDoesNotAddUp, match="已有3张，多于登记领取的2人"):
        stuffed.close(by=chen, at=AFTER)

    assert Ballot.objects.count() == 2


def test_an_urn_is_closed_only_with_all_papers_and_the_scan() -> None:
    _poll, urn, codes = held(2)
    chen, sun = shared.chen_jing(), sun_lei()
    for who in (chen, sun):
        read(urn, codes[0], "P1", by=who)

    with pytest.raises(UrnDoesNotAddUp, match="还没有上传扫描件"):
        urn.close(by=chen, at=AFTER)
    scan(urn, chen)
    with pytest.raises(UrnDoesNotAddUp, match="清点2张，已录入1张"):
        urn.close(by=chen, at=AFTER)

    assert Urn.objects.get().state == "READING"


def test_no_urn_is_unsealed_before_the_end_twice_or_by_another_unit() -> None:
    poll = make.poll()
    facts = {"number": "1", "place": "望城社区", "papers": 1, "by": shared.chen_jing()}

    with pytest.raises(VoteRuns):
        Urn.objects.unseal(poll, **facts, at=MONDAY)
    with pytest.raises(NotAllowed):
        Urn.objects.unseal(poll, **{**facts, "by": people.official("周建")}, at=AFTER)
    with pytest.raises(Invalid, match="清点出的张数"):
        Urn.objects.unseal(poll, **{**facts, "papers": 0}, at=AFTER)
    Urn.objects.unseal(poll, **facts, at=AFTER)
    with pytest.raises(UrnAlready):
        Urn.objects.unseal(poll, **facts, at=AFTER)


def test_nothing_that_is_stored_joins_a_person_with_a_paper() -> None:
    """No table that names a person, a mark or an account of a resident has a column that leads to a form, or back."""
    from civic.budgeting import models

    _poll, urn, codes = held(3)
    read(urn, codes[0], "P1", by=shared.chen_jing())
    paper = [models.Pad, models.PaperForm, models.Urn, models.Reading, models.Batch, models.Ballot]

    leads_to = {
        (model.__name__, field.related_model.__name__)
        for model in [*paper, models.Mark, models.Stub, models.Envelope]
        for field in model._meta.concrete_fields
        if field.is_relation
    }
    assert not [pair for pair in leads_to if pair[0] != "Mark" and pair[1] in ("Person", "Mark")]
    assert not [pair for pair in leads_to if pair[0] == "Mark" and pair[1] not in ("Person", "Poll")]
