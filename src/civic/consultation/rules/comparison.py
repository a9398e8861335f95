"""What became of every clause from one version of a draft to the next, word by word, and where its opinions go."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from civic.consultation.rules.draft import Clause, Draft, Kind
from civic.consultation.rules.wording import Piece, put_side, words_apart

# Two clauses are one if they are so alike (share of characters kept, in order: 2 * kept / both lengths). Of the 3,532
# paragraphs and items of 27 real laws, 34 in 100 have another one in the same law that is 0.5 alike, 4 in 100 one that
# is 0.8 alike: less is enough only within an article that is itself known again.
WITHIN_ARTICLE = 0.5
ELSEWHERE = 0.8
ARTICLES = 0.5  # whole articles: the same threshold, for they are longer
Words = tuple[Mapping[str, str], Mapping[str, str]]  # by anchor: of the old version, of the new one


class Fate(StrEnum):
    """What became of a clause."""

    UNCHANGED = "unchanged"  # same number, same words
    MOVED = "moved"  # same words, other number
    CHANGED = "changed"  # other words; its number may have changed too
    ADDED = "added"
    REMOVED = "removed"


class Outcome(StrEnum):
    """Where an opinion on a clause goes."""

    EXACT = "exact"  # to the clause with the same words
    SIMILAR = "similar"  # to the clause that is most alike; the page says how much
    LOST = "lost"  # nowhere: it stays with the version it was given on, and says so


@dataclass(frozen=True)
class Change:
    """What became of one clause. `old` and `new` are anchors, None where there is none.

    `similarity` lies between 0 and 1. `words` are the pieces kept, cut and put; none for an article, whose paragraphs
    have changes of their own.
    """

    fate: Fate
    kind: Kind
    old: str | None
    new: str | None
    similarity: float
    words: tuple[Piece, ...]


@dataclass(frozen=True)
class Carried:
    """Where an opinion goes: the anchor in the new version, and how alike the clauses are."""

    outcome: Outcome
    to: str | None
    similarity: float


@dataclass(frozen=True)
class Comparison:
    """Every clause of both versions once, in the order of the new one; removed ones after what stood before them."""

    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing has changed."""
        return all(change.fate is Fate.UNCHANGED for change in self.changes)

    def of(self, *fates: Fate) -> list[Change]:
        """Return the changes of some kinds."""
        return [change for change in self.changes if change.fate in fates]

    def carry(self, anchor: str) -> Carried:
        """Return where an opinion on a clause of the old version goes. Raises: KeyError, if there is no such clause."""
        change = next((change for change in self.changes if change.old == anchor), None)
        if change is None:
            raise KeyError(anchor)
        if change.new is None:
            return Carried(Outcome.LOST, None, 0.0)
        outcome = Outcome.SIMILAR if change.fate is Fate.CHANGED else Outcome.EXACT
        return Carried(outcome, change.new, change.similarity)


def compare(old: Draft, new: Draft) -> Comparison:
    """Return what became of every clause: articles are matched first, then what stands in them, then what is left.

    An equal text goes before a similar one, an equal number before another; the same drafts give the same comparison.
    """
    matched: dict[str, tuple[str, float]] = {}
    _match(old.of(Kind.ARTICLE), new.of(Kind.ARTICLE), ARTICLES, matched, (_bodies(old), _bodies(new)))
    words = _words(old), _words(new)
    for article, (to, _similarity) in list(matched.items()):
        _match(_inside(old, article), _inside(new, to), WITHIN_ARTICLE, matched, words)
    _match(_not_articles(old), _not_articles(new), ELSEWHERE, matched, words)
    return Comparison(tuple(_changes(old, new, matched)))


def apply(old: Draft, changes: Iterable[Change]) -> list[tuple[str, str]]:
    """Return anchor and words of every clause of the new version, from the old one and what changed."""
    words = {clause.anchor: clause.words for clause in old.clauses}
    return [
        (change.new, put_side(change.words) if change.words or change.old is None else words[change.old])
        for change in changes
        if change.new is not None
    ]


def _bodies(draft: Draft) -> dict[str, str]:
    """Return the whole text of each article, its paragraphs and items."""
    parts: dict[str, list[str]] = {}
    article_of: dict[str, str] = {}
    for clause in draft.clauses:
        if clause.kind is Kind.ARTICLE:
            article_of[clause.anchor], parts[clause.anchor] = clause.anchor, []
        elif clause.parent in article_of:
            article_of[clause.anchor] = article_of[clause.parent]
            parts[article_of[clause.anchor]].append(f"{clause.kind}\t{clause.words}")
    return {anchor: "\n".join(lines) for anchor, lines in parts.items()}


def _words(draft: Draft) -> dict[str, str]:
    return {clause.anchor: clause.words for clause in _not_articles(draft)}


def _inside(draft: Draft, article: str) -> list[Clause]:
    return draft.below(article)[1:]


def _not_articles(draft: Draft) -> list[Clause]:
    return [clause for clause in draft.clauses if clause.kind is not Kind.ARTICLE]


def _match(
    olds: Sequence[Clause], news: Sequence[Clause], least: float, matched: dict[str, tuple[str, float]], words: Words
) -> None:
    """Match what is not matched yet: first equal words, then the most alike; only clauses of one kind."""
    taken = {to for to, _similarity in matched.values()}
    left = [clause for clause in olds if clause.anchor not in matched]
    free = [clause for clause in news if clause.anchor not in taken]
    for one, to in _equal(left, free, words):
        matched[one.anchor] = (to.anchor, 1.0)
        taken.add(to.anchor)
    left = [clause for clause in left if clause.anchor not in matched]
    free = [clause for clause in free if clause.anchor not in taken]
    for one, to, similarity in _alike(left, free, least, words):
        matched[one.anchor] = (to.anchor, similarity)


def _equal(olds: Sequence[Clause], news: Sequence[Clause], words: Words) -> Iterator[tuple[Clause, Clause]]:
    """Yield clauses with equal words: those with the same number first, the others in the order they stand in."""
    own, other = words
    waiting: dict[tuple[Kind, str], deque[Clause]] = defaultdict(deque)
    stays = {(clause.anchor, clause.kind, other[clause.anchor]): clause for clause in news}
    same = {clause.anchor for clause in olds if (clause.anchor, clause.kind, own[clause.anchor]) in stays}
    for clause in news:
        if clause.anchor not in same:
            waiting[clause.kind, other[clause.anchor]].append(clause)
    for clause in olds:
        if clause.anchor in same:
            yield clause, stays[clause.anchor, clause.kind, own[clause.anchor]]
        elif found := waiting.get((clause.kind, own[clause.anchor])):
            yield clause, found.popleft()


def _alike(
    olds: Sequence[Clause], news: Sequence[Clause], least: float, words: Words
) -> Iterator[tuple[Clause, Clause, float]]:
    """Yield the most alike pairs of what is left, each clause once; equally alike ones by number, then by place."""
    own, other = words
    if not olds or not news:
        return
    scores = cdist(
        [own[clause.anchor] for clause in olds], [other[clause.anchor] for clause in news],
        scorer=Indel.normalized_similarity, score_cutoff=least,
    )  # fmt: skip
    pairs = sorted(
        (-float(score), one.anchor != to.anchor, abs(row - column), row, column)
        for row, one in enumerate(olds)
        for column, to in enumerate(news)
        if one.kind is to.kind and (score := scores[row][column]) > 0 and score >= least
    )
    rows, columns = set[int](), set[int]()
    for score, _other_number, _apart, row, column in pairs:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield olds[row], news[column], -score


def _changes(old: Draft, new: Draft, matched: Mapping[str, tuple[str, float]]) -> Iterator[Change]:
    before = {clause.anchor: clause for clause in old.clauses}
    origin = {to: (anchor, similarity) for anchor, (to, similarity) in matched.items()}
    removed = _removed_after(old, matched)
    yield from removed[None]
    for clause in new.clauses:
        if clause.anchor in origin:
            anchor, similarity = origin[clause.anchor]
            yield _change(before[anchor], clause, similarity)
        else:
            yield Change(Fate.ADDED, clause.kind, None, clause.anchor, 0.0, _whole("put", clause))
        yield from removed[clause.anchor]


def _removed_after(old: Draft, matched: Mapping[str, tuple[str, float]]) -> dict[str | None, list[Change]]:
    """Return the removed clauses by the new anchor of what stood before them in the old version."""
    found: dict[str | None, list[Change]] = defaultdict(list)
    after: str | None = None
    for clause in old.clauses:
        if clause.anchor in matched:
            after = matched[clause.anchor][0]
        else:
            found[after].append(Change(Fate.REMOVED, clause.kind, clause.anchor, None, 0.0, _whole("cut", clause)))
    return found


def _change(old: Clause, new: Clause, similarity: float) -> Change:
    if similarity == 1.0 and old.words == new.words:
        fate = Fate.UNCHANGED if old.anchor == new.anchor else Fate.MOVED
        return Change(fate, new.kind, old.anchor, new.anchor, 1.0, ())
    words = words_apart(old.words, new.words) if new.kind is not Kind.ARTICLE else ()
    return Change(Fate.CHANGED, new.kind, old.anchor, new.anchor, round(similarity, 4), words)


def _whole(what: str, clause: Clause) -> tuple[Piece, ...]:
    return (Piece(what, clause.words),) if clause.words else ()
