"""Numbers that people read out: check characters after ISO 7064 MOD 37,36."""

import itertools
from datetime import date

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SEQUENCE_WIDTH = 9


def check_character(body: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of `body` (characters of ALPHABET).

    Catches every single wrong character and all but 36 in 22,680 swaps of neighbours;
    `is_swap_safe` finds the rest, and numbers that fail it are never issued.
    Raises: ValueError, if a character is not of the alphabet.
    """
    value = 36
    for character in body:
        value = (value + ALPHABET.index(character)) % 36 or 36
        value = value * 2 % 37
    return ALPHABET[(37 - value) % 36]


def has_valid_check(number: str) -> bool:
    """Whether the last character of `number` is the check character of the rest."""
    if len(number) < 2 or any(character not in ALPHABET for character in number):
        return False
    return check_character(number[:-1]) == number[-1]


def is_swap_safe(number: str) -> bool:
    """Whether no swap of two neighbouring, different characters of valid `number` yields a number that may be issued.

    From any value on, the rest of a number leads different values to different ends: so a swap goes unnoticed
    exactly where it leads to the value that the check had there before. A swap inside prefix and day, or over their
    border with the sequence, does not count: each sequence is issued on one day only, so what comes out is a sequence
    on a day that is not its own, nobody's number. (If it counted, on one day in fifteen no number would be safe.)
    """
    values = [ALPHABET.index(character) for character in number]
    before = list(itertools.accumulate(values, _step, initial=36))
    first = max(0, len(number) - SEQUENCE_WIDTH - 1)  # where the sequence begins
    return all(
        a == b or _step(_step(before[i], b), a) != before[i + 2]
        for i, (a, b) in enumerate(itertools.pairwise(values))
        if i >= first
    )


def _step(value: int, character: int) -> int:
    """Return the value of the check after `character`; for one character a one-to-one map of 1…36."""
    return ((value + character) % 36 or 36) * 2 % 37


def case_number(*, prefix: str, day: date, sequence: int) -> str:
    """Return `prefix` + date + sequence + check character, e.g. LA202603020000000017.

    `sequence` comes from one database sequence and is never used twice, so numbers cannot collide at any rate.
    The caller draws the next sequence number while `is_swap_safe` says no.
    """
    body = f"{prefix}{day:%Y%m%d}{sequence:0{SEQUENCE_WIDTH}d}"
    return body + check_character(body)


def normalise_number(text: str) -> str:
    """Return a number as typed by a person, without spaces and dashes, full-width folded, in capitals."""
    folded = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return "".join(c for c in folded.upper() if not c.isspace() and c not in "-－—–·")
