"""Hot topics: messages about one matter, named by place and problem, the ones most people share first.

Heat counts people, not clicks: the distinct authors, and those who agree (likes). Likes carry no name, so of all
messages of one author in a topic only the one with the most likes counts: writing again does not heat a topic.
Dislikes add nothing.

    people = distinct authors + sum over authors of max(likes of that author's messages)

Order: people, then messages, then the latest message. Needs scipy; the command imports it, no web process does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array, hstack

from civic.core.plain import plain
from civic.hotline.text.grams import BITS, counted
from civic.hotline.text.linkage import Pair, clusters
from civic.hotline.text.names import topic_name
from civic.hotline.text.places import shared_place

TITLE_SHARE = 0.5  # of the likeness comes from the titles, the rest from title and opening of the detail
OPENING = 600  # characters of the detail
SAME = 0.18  # mean likeness from which on two groups tell of one matter
KIN = 0.37  # likeness of the middles of two groups from which on they tell of one matter all the same
LEAST = 0.08  # likeness below which a pair is not kept
MANY = 80  # neighbours kept of each message
FADE = 90.0  # days after which likeness has lost a third of its weight for time
COMMON, FEWEST = 0.02, 40  # an n-gram in more of the messages than this tells no matter apart
CHUNK = 500
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Voice:
    """One message: who wrote what when, and how many agreed."""

    id: str
    user: str
    at: datetime
    title: str
    detail: str
    likes: int


@dataclass(frozen=True)
class Topic:
    """One matter that several people share. `start` and `end` are its first and last message."""

    name: str
    place: str
    start: datetime
    end: datetime
    people: int
    ids: tuple[str, ...]

    @property
    def messages(self) -> int:
        return len(self.ids)


def topics(voices: Sequence[Voice], *, tell: Tell = lambda _: None) -> list[Topic]:
    """Return every matter with its messages, the hottest first; a message stands in exactly one topic."""
    if not voices:
        return []
    groups = clusters(len(voices), alike(voices, tell), least=SAME, kin=KIN)
    tell(f"{len(voices)} 条留言归为 {len(groups)} 个话题，正在命名……")
    found = [_topic([voices[at] for at in group]) for group in groups]
    return sorted(found, key=lambda topic: (-topic.people, -topic.messages, -topic.end.timestamp(), topic.ids))


def people(voices: Sequence[Voice]) -> int:
    """Return how many people share a matter: distinct authors, and those who agree with each of them."""
    agree: dict[str, int] = defaultdict(int)
    for voice in voices:
        author = voice.user or voice.id
        agree[author] = max(agree[author], voice.likes)
    return len(agree) + sum(agree.values())


def alike(voices: Sequence[Voice], tell: Tell) -> Iterator[Pair]:
    """Yield pairs of messages with their likeness, for each message its nearest ones."""
    titles = _weighed([plain(voice.title) or plain(voice.detail[:40]) for voice in voices])
    wholes = _weighed([f"{plain(voice.title)} {plain(voice.detail[:OPENING])}" for voice in voices])
    table = hstack([titles * np.sqrt(TITLE_SHARE), wholes * np.sqrt(1 - TITLE_SHARE)]).tocsr()
    across = table.T.tocsr()
    days = np.array([voice.at.timestamp() / 86400 for voice in voices])
    for start in range(0, len(voices), CHUNK):
        yield from _nearest((table[start : start + CHUNK] @ across).tocsr(), start, days)
        if start and start % (CHUNK * 4) == 0:
            tell(f"已比较 {start}/{len(voices)} 条留言……")


def _nearest(likeness: csr_matrix, start: int, days: npt.NDArray[np.float64]) -> Iterator[Pair]:
    for row in range(likeness.shape[0]):
        part = slice(likeness.indptr[row], likeness.indptr[row + 1])
        others, values = likeness.indices[part], likeness.data[part]
        values = values * (2 + np.exp(-np.abs(days[others] - days[start + row]) / FADE)) / 3
        kept = np.flatnonzero((values >= LEAST) & (others != start + row))
        kept = kept[np.argsort(-values[kept], kind="stable")[:MANY]]
        yield from ((start + row, int(others[at]), float(values[at])) for at in kept)


def _weighed(texts: Sequence[str]) -> csr_matrix:
    """Return TF-IDF of the n-grams of two and three characters that are neither unique nor common."""
    found = [counted(text)[0] for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids in found])])
    ids, columns = np.unique(np.concatenate(found), return_inverse=True)
    standing = np.bincount(columns, minlength=len(ids))
    most = max(FEWEST, COMMON * len(texts))
    telling = (standing >= 2) & (standing <= most) & (ids >> np.uint64(BITS) > 0)
    table = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(texts), len(ids)))
    rarity = np.log(len(texts) / np.maximum(standing[telling], 1)).astype(np.float32)
    table = (table[:, telling] @ diags_array(rarity)).tocsr()
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (diags_array((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ table).tocsr()


def _topic(voices: Sequence[Voice]) -> Topic:
    ordered = sorted(voices, key=lambda voice: (voice.at, voice.id))
    titles = [voice.title or voice.detail[:40] for voice in ordered]
    place = shared_place(titles, [f"{voice.title}，{voice.detail[:OPENING]}" for voice in ordered])
    name = topic_name(titles, place)
    ids = tuple(voice.id for voice in ordered)
    return Topic(name, place, ordered[0].at, ordered[-1].at, people(ordered), ids)
