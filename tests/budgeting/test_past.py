"""Rounds as files: a past round comes in from Pabulib and goes out byte for byte; so does a counted one."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from civic.audit.models import Entry
from civic.audit.services.sequence import sequence
from civic.audit.services.verify import verify_ledger
from civic.budgeting.models import Proposal, Result, Round
from civic.budgeting.pabulib import BadFile
from civic.budgeting.past import About, ImportedAlready, NotYetCounted, export_round, import_round
from civic.config.cli import main
from civic.core.errors import Invalid
from tests.budgeting.published import SHARED, folder
from tests.budgeting.test_pabulib import GOOD, changed
from tests.factories import areas
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db


def about(title: str = "") -> About:
    return About(areas.town(), shared.bureau(), title)


def test_a_file_becomes_a_finished_round_and_comes_out_as_it_went_in() -> None:
    found = import_round(GOOD.encode(), about("平安小区2023年"), by="operator", at=MONDAY)

    assert (found.title, found.state, found.budget) == ("平安小区2023年", "CLOSED", Decimal("1000.5"))
    assert export_round(found) == {f"round-{found.pk}.pb": GOOD.encode()}
    kept = Result.objects.get()
    assert (kept.voters, kept.funded, kept.rules["greedy"]["winners"]) == (4, ["1", "2"], ["1", "2"])
    assert list(Proposal.objects.values_list("code", "state")) == [
        ("1", "FUNDED"), ("2", "FUNDED"), ("3", "PASSED_OVER"),
    ]  # fmt: skip


def test_the_same_file_comes_in_once_and_a_bad_one_not_at_all() -> None:
    import_round(GOOD.encode(), about(), by="operator", at=MONDAY)

    with pytest.raises(ImportedAlready):
        import_round(GOOD.encode(), about(), by="operator", at=MONDAY)
    with pytest.raises(BadFile):
        import_round(b"META\nkey;value\n", about(), by="operator", at=MONDAY)
    with pytest.raises(Invalid):
        import_round(changed(("budget;1000,50", "budget;1000,505")), about(), by="operator", at=MONDAY)

    assert (Round.objects.count(), Proposal.objects.count()) == (1, 3)


def test_a_counted_round_goes_out_and_comes_in_again_with_the_same_result() -> None:
    held = make.counted()
    (content,) = export_round(held).values()

    again = import_round(content, about(), by="operator", at=MONDAY)

    first, second = held.results.get(), again.results.get()
    assert (first.rules, first.funded, first.represented) == (second.rules, second.funded, second.represented)
    assert export_round(again)[f"round-{again.pk}.pb"] == content


def test_before_the_count_there_is_nothing_to_give_out() -> None:
    with pytest.raises(NotYetCounted):
        export_round(make.opened())


def test_the_command_takes_a_file_in_and_gives_it_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    areas.town()
    shared.bureau()
    file = tmp_path / "平安.pb"
    file.write_text(GOOD, encoding="utf-8")

    assert main(["budget", "import", str(file), "--area", "341502001", "--unit", "nobody"]) == 2
    assert main(["budget", "import", str(file), "--area", "341502001", "--unit", "czj"]) == 0
    pk = Round.objects.get().pk
    assert main(["budget", "export", str(pk), "--out", str(tmp_path)]) == 0
    assert main(["budget", "export", str(pk + 1)]) == 2

    assert (tmp_path / f"round-{pk}.pb").read_text(encoding="utf-8") == GOOD
    assert f"/budget/rounds/{pk}/" in capsys.readouterr().out


@pytest.mark.real_data
@pytest.mark.skipif(SHARED is None, reason="real data are not here")
@pytest.mark.parametrize("name", ["Poland_Swiecie_2023.pb", "Poland_Krakow_2025_Grzegorzki.pb"])
def test_a_real_election_comes_in_and_goes_out_byte_for_byte(name: str) -> None:
    content = (folder() / name).read_bytes()

    found = import_round(content, about(), by="operator", at=MONDAY)

    assert next(iter(export_round(found).values())) == content
    chosen = set(found.proposals.filter(state="FUNDED").values_list("code", flat=True))
    assert chosen == set(found.results.get().funded)


def test_the_ledger_agrees_with_a_round_that_was_held_and_one_that_came_in() -> None:
    make.delivered()
    import_round(GOOD.encode(), about(), by="operator", at=MONDAY)
    sequence(at=MONDAY + timedelta(days=400))

    report = verify_ledger(at=Entry.objects.latest("id").recorded_at, progress=lambda *_: None)

    assert report.findings == []
    assert Entry.objects.filter(step="budgeting.proposal.import").count() == 3
