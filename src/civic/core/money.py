"""Money: Decimal yuan, rounded once."""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def to_fen(amount: Decimal) -> Decimal:
    """Return `amount` (yuan) rounded half up to the fen."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)
