"""Opinions that speak of one matter, found by their words: a proposal that people name, join and divide.

TF-IDF of the characters and pairs of characters, joined by average linkage (scikit-learn). Needs scikit-learn: a
worker's job imports it, no web process does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_COMPARED = 2000  # opinions compared each with each; what comes after goes to the nearest group
ALIKE = 0.12  # mean likeness (cosine) from which on two groups speak of one matter
MOST_ALONE = 12  # so many opinions that are like no other get a theme each; more of them one theme together
TITLE = 24  # characters of a proposed title
PHRASE = re.compile(r"^(?:建议|希望|请|应当|应该|能否|可以|要求|我认为|我觉得|最好)+")
END = re.compile(r"[。！？；;!?\n，,：:]")


@dataclass(frozen=True)
class Proposed:
    """A group of opinions (their places in the list that was given) and what it might be called; "": the rest."""

    title: str
    members: tuple[int, ...]


def proposed_themes(texts: Sequence[str]) -> list[Proposed]:
    """Return groups of opinions, every opinion in exactly one, the largest first.

    `texts`: the most supported first: a group is called after its most central opinion, equals by that order. What is
    like no other stands alone, or, where more than twelve are, in a last group without a title.
    """
    groups = _groups(texts)
    alone = [group for group in groups if len(group) == 1]
    rest = [at for (at,) in alone] if len(alone) > MOST_ALONE else []
    kept = [group for group in groups if not rest or len(group) > 1]
    found = [Proposed(_title(texts, group), tuple(group)) for group in kept]
    ordered = sorted(found, key=lambda one: (-len(one.members), one.members))
    return [*ordered, Proposed("", tuple(rest))] if rest else ordered


def _groups(texts: Sequence[str]) -> list[list[int]]:
    if len(texts) < 2:
        return [[at] for at in range(len(texts))]
    table = _weighed(texts)
    compared = min(len(texts), MOST_COMPARED)
    of = _joined(table[:compared])
    if compared < len(texts):
        of = np.concatenate([of, _nearest(table, of, compared)])
    groups: dict[int, list[int]] = {}
    for at, group in enumerate(of):
        groups.setdefault(int(group), []).append(at)
    return list(groups.values())


def _weighed(texts: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 (a second to load)

    plain = [re.sub(r"\W+", " ", PHRASE.sub("", text.strip())).lower() or "-" for text in texts]
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, token_pattern=None).fit_transform(
        plain
    )


def _joined(table: Any) -> Any:
    """Return the group of each row."""
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 (a second to load)

    apart = 1 - (table @ table.T).toarray()
    np.clip(apart, 0, None, out=apart)
    joining = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=1 - ALIKE)
    return joining.fit_predict(apart)


def _nearest(table: Any, of: Any, compared: int) -> Any:
    """Return the group of each row from `compared` on: the nearest middle, or a group of its own."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (comes with scikit-learn)

    member = csr_matrix((np.ones(compared), (of, np.arange(compared))))
    middles = (member @ table[:compared]).multiply(1 / np.bincount(of)[:, None]).tocsr()
    likeness = (table[compared:] @ middles.T).toarray()
    own = np.arange(len(likeness)) + len(np.bincount(of))
    return np.where(likeness.max(axis=1) >= ALIKE, likeness.argmax(axis=1), own)


def _title(texts: Sequence[str], group: Sequence[int]) -> str:
    """Return the beginning of the most central opinion of a group."""
    central = group[0]
    if len(group) > 2:
        table = _weighed([texts[at] for at in group])
        central = group[int(np.asarray((table @ table.T).sum(axis=1)).ravel().argmax())]
    words = PHRASE.sub("", texts[central].strip()) or texts[central].strip()
    first = END.split(words)[0] or words
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"
