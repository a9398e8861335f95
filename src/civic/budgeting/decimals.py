"""Exact decimals as text."""

from fractions import Fraction


def decimal(value: Fraction) -> str:
    """Return an exact decimal without needless zeros. `value` must end: a denominator of twos and fives."""
    places = 0
    while value * 10**places % 1:
        places += 1
    whole, rest = divmod(abs(int(value * 10**places)), 10**places)
    return f"{'-' if value < 0 else ''}{whole}{f'.{rest:0{places}d}' if places else ''}"
