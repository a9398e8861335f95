"""One spelling of a text: what is compared, counted and learned from."""

import re
import unicodedata

NOT_A_WORD = re.compile(r"[\W_]+")
MANY_CHARACTERS = 4_000  # of a text are read; what comes later changes no class


def plain(text: str) -> str:
    """Return `text` in one width and case, everything but letters and digits turned into single spaces."""
    return NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", text[:MANY_CHARACTERS]).lower()).strip()


def letters(text: str) -> str:
    """Return the letters and digits of `text` alone, in one width and case."""
    return plain(text).replace(" ", "")
