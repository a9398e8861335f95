"""The deed tax on a home that a private person buys."""

from dataclasses import dataclass
from decimal import Decimal

from civic.core.money import to_fen

LARGE_FROM_M2 = Decimal(140)
GENERAL_RATE = Decimal("0.03")
"""The province's rate where no relief applies. Source: Deed Tax Law art. 3 (3 to 5 %); to be confirmed for Anhui."""
RATES = {
    # (homes the family owns with this one, larger than 140 m²): rate
    (1, False): Decimal("0.01"),
    (1, True): Decimal("0.015"),
    (2, False): Decimal("0.01"),
    (2, True): Decimal("0.02"),
}
BASIS = "《财政部 税务总局 住房城乡建设部公告2024年第16号》第一条；《中华人民共和国契税法》第三条"


@dataclass(frozen=True)
class DeedTax:
    """What is due. Amounts in yuan."""

    price: Decimal
    rate: Decimal
    tax: Decimal
    basis: str = BASIS


def deed_tax(*, price: Decimal, area_m2: Decimal, homes_with_this: int) -> DeedTax:
    """Return the deed tax on a home.

    Units: `price` in yuan without value-added tax, `area_m2` in square metres; `homes_with_this` counts the family's
    homes in the city with the one bought.
    Raises: ValueError, if price or area is not positive or no home is counted: a missing figure is never taken for 0.
    Source: 财政部 税务总局 住房城乡建设部公告2024年第16号, in force since 2024-12-01: first home 1 % up to 140 m²,
    1.5 % above; second home 1 % and 2 %; every further one the province's rate.
    """
    if price <= 0 or area_m2 <= 0 or homes_with_this < 1:
        raise ValueError("Price, area and number of homes must be known and positive.")
    rate = RATES.get((homes_with_this, area_m2 > LARGE_FROM_M2), GENERAL_RATE)
    return DeedTax(price, rate, to_fen(price * rate))
