"""Why a class was suggested: the stretches of the message that spoke most for it."""

import numpy as np

from civic.hotline.text.features import Floats, Vocabulary
from civic.hotline.text.grams import find, grams

MANY = 5  # reasons shown
STRONG = 16  # n-grams that make the stretches
LONGEST = 8  # characters of a stretch


def reasons(vocabulary: Vocabulary, weights: Floats, text: str, *, best: int) -> tuple[str, ...]:
    """Return up to five stretches of the plain text that spoke for class `best`, the strongest first."""
    ids, places, lengths = grams(text)
    columns, known = find(ids, vocabulary.whole.ids)
    spoken = known & (lengths > 1)
    rows = columns[spoken] + len(vocabulary.title.ids)
    says = weights[rows]
    force = (says[:, best] - says.mean(axis=1)) * vocabulary.whole.rarity[columns[spoken]]
    strong = np.argsort(-force, kind="stable")[:STRONG]
    strength = np.zeros(len(text))
    for at in strong[force[strong] > 0]:
        place, length = int(places[spoken][at]), int(lengths[spoken][at])
        strength[place : place + length] += float(force[at]) / length
    return _stretches(text, strength)


def _stretches(text: str, strength: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[str, ...]:
    found: dict[str, float] = {}
    start = None
    for place in range(len(text) + 1):
        inside = place < len(text) and strength[place] > 0
        if start is not None and (not inside or place - start >= LONGEST):
            word = text[start:place]
            found[word] = max(found.get(word, 0.0), float(strength[start:place].sum()))
            start = None
        if inside and start is None:
            start = place
    words = [word for word in sorted(found, key=lambda word: -found[word]) if len(word) > 1]
    return tuple(word for at, word in enumerate(words) if not any(word in other for other in words[:at]))[:MANY]
