"""The pure law of a round: pots of money, exact shares, the lot of a seed, what a screening comes to."""

import hashlib
from decimal import Decimal

import pytest

from civic.budgeting.rules.lots import lot_order
from civic.budgeting.rules.money import percent, pots
from civic.budgeting.rules.screening import Finding, verdict, why_incomplete

YES, NO = (
    Finding("a", is_met=True),
    Finding("b", is_met=False, reason="没有业主同意的证明。", remedy="请附业主的签名。"),
)


def test_sections_with_money_of_their_own_are_pots_and_the_others_share_the_rest() -> None:
    assert pots(Decimal(100), {"1": Decimal("30.50"), "2": None}) == {"1": Decimal("30.50"), "": Decimal("69.50")}
    assert pots(Decimal(100), {"1": Decimal(100)}) == {"1": Decimal(100)}
    with pytest.raises(ValueError, match="more money of their own"):
        pots(Decimal(100), {"1": Decimal("100.01")})


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (230, 250, "92"),
        (5, 8, "62.5"),
        (2, 3, "≈66.6"),
        (0, 7, "0"),
        (1, 12000, "<0.1"),
        (12, 12000, "0.1"),
        (7, 7, "100"),
    ],
)
def test_shares_are_exact_or_marked(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


def test_the_lot_is_what_anybody_works_out_from_the_seed() -> None:
    expected = sorted(["1", "2", "3"], key=lambda one: hashlib.sha256(f"种子|{one}".encode()).hexdigest())

    assert lot_order(["3", "1", "2"], "种子") == tuple(expected)
    assert lot_order(["1", "2", "3"], "另一个种子") != tuple(expected)


def test_a_screening_admits_asks_to_mend_once_and_then_refuses() -> None:
    assert verdict([YES], is_second=False) == "admit"
    assert verdict([YES, NO], is_second=False) == "ask_repair"
    assert verdict([YES, NO], is_second=True) == "refuse"


def test_what_a_screening_lacks_is_named() -> None:
    assert why_incomplete([YES, NO], ["a", "b"]) is None
    assert why_incomplete([YES], ["a", "b"]) == ("b", "unjudged")
    assert why_incomplete([YES, YES], ["a"]) == ("a", "unjudged")
    assert why_incomplete([YES, NO], ["a"]) == ("b", "unknown")
    assert why_incomplete([Finding("a", is_met=False, reason="没有证明材料。", remedy="改")], ["a"]) == ("a", "reason")
