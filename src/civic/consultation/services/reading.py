"""Reading: what was said already, what is said on each clause, and what few have seen yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from civic.accounts.models import Person
from civic.consultation.models import Consultation, DraftVersion, Opinion, Reception
from civic.consultation.models.consultation import SPEAK
from civic.consultation.rules import comparison, draft, places
from civic.consultation.rules.exposure import next_to_show
from civic.consultation.rules.places import WHOLE, Place
from civic.consultation.states import ConsultationState
from civic.core.near import bands, similarity
from civic.core.text import is_english
from civic.participation.models import Phase

CANDIDATES = 100
LEAST_WORDS = 4  # characters; fewer are near everything and nothing
NEAR = 0.3
POOL = 40  # of those that the fewest have seen, from which a reader's own order is drawn


@dataclass(frozen=True)
class Said:
    """An opinion that says nearly the same; `likeness` lies between 0 and 1."""

    opinion: Opinion
    likeness: float


@dataclass(frozen=True)
class Passage:
    """One clause as it is read: what people call it, how deep it stands, and how many opinions stand on it."""

    clause: draft.Clause
    name: str
    depth: int
    opinions: int


@dataclass(frozen=True)
class Voice:
    """One opinion as it is read: where it stands in the newest version, and what the reader has said to it."""

    opinion: Opinion
    place: Place
    label: str
    side: str = ""
    is_own: bool = False


def open_until(listed: Sequence[Consultation], *, at: datetime) -> dict[int, datetime]:
    """Return until when people may speak, by key, for those of `listed` on which they may at `at`."""
    running = {one.ledger_id(): one.pk for one in listed if one.state == ConsultationState.PUBLISHED}
    windows = Phase.objects.filter(subject__in=running, opens_at__lte=at, closes_at__gt=at, acts__contains=[SPEAK])
    return {running[one.subject]: one.closes_at for one in windows}


def near_opinions(consultation: Consultation, words: str, *, most: int = 5) -> list[Said]:
    """Return the public opinions that say nearly the same, the most alike first."""
    if len(words.strip()) < LEAST_WORDS:
        return []
    found = Opinion.objects.public().filter(consultation=consultation).near(bands(words))
    rows = found.order_by().values_list("pk", "public_words")[:CANDIDATES]
    scored = sorted(((similarity(words, text), pk) for pk, text in rows), key=lambda one: (-one[0], one[1]))
    best = {pk: score for score, pk in scored[:most] if score >= NEAR}
    opinions = Opinion.objects.for_list().in_bulk(best)
    return [Said(opinions[pk], score) for pk, score in best.items() if pk in opinions]


def passages(version: DraftVersion) -> list[Passage]:
    """Return the newest version clause by clause, with how many public opinions stand on each."""
    text = version.draft()
    counted = opinions_on_clauses(version.consultation)
    depths: dict[str, int] = {}
    for clause in text.clauses:
        depths[clause.anchor] = depths[clause.parent] + 1 if clause.parent in depths else 0
    return [
        Passage(clause, name_of(clause.anchor), depths[clause.anchor], counted.get(clause.anchor, 0))
        for clause in text.clauses
    ]


def opinions_on_clauses(consultation: Consultation) -> dict[str, int]:
    """Return how many public opinions stand on each anchor of the newest version; "": on the whole."""
    found = Opinion.objects.public().filter(consultation=consultation).order_by()
    counted = {
        (number, anchor): n for number, anchor, n in found.values_list("draft__number", "anchor").annotate(Count("pk"))
    }
    origins = places.origins(counted, consultation.moves())
    return {anchor: sum(counted[one] for one in those) for anchor, those in origins.items()}


def origins_of(consultation: Consultation, anchor: str) -> list[tuple[int, str]]:
    """Return on which (version, anchor) opinions were given that now stand on `anchor` of the newest version."""
    found = Opinion.objects.standing().filter(consultation=consultation).order_by()
    given = found.values_list("draft__number", "anchor").distinct()
    return places.origins(given, consultation.moves()).get(anchor, [])


def next_opinions(
    consultation: Consultation, *, person: Person | None, seed: str, count: int = 5, anchor: str | None = None
) -> list[int]:
    """Return the keys of the opinions that the fewest have seen, without what this reader has seen or said.

    `seed`: one a reader and visit. `anchor`: only those that stand on this clause ("": on the whole); None: all.
    """
    waiting = Reception.objects.listed(consultation)
    if anchor is not None:
        on = Opinion.objects.filter(consultation=consultation).on(origins_of(consultation, anchor))
        waiting = waiting.filter(opinion__in=on.order_by().values("pk"))
    if person is not None:
        waiting = waiting.unseen_by(person)
    pool = waiting.least_seen(lot=_start(seed), count=POOL)
    shown = {str(pk): seen for pk, seen in pool}
    return [int(one) for one in next_to_show(shown, seed=seed, count=count)]


def top_opinions(consultation: Consultation, *, count: int = 10) -> list[int]:
    """Return the keys of the opinions whose support is highest beyond doubt."""
    return list(Reception.objects.listed(consultation).top().values_list("pk", flat=True)[:count])


def listed(consultation: Consultation, *, anchor: str | None, order: str) -> QuerySet[Reception, int]:
    """Return the keys of the opinions on a clause (None: all) by `order`: "top", or "new" for the newest first."""
    found = Reception.objects.listed(consultation)
    if anchor is not None:
        on = Opinion.objects.filter(consultation=consultation).on(origins_of(consultation, anchor))
        found = found.filter(opinion__in=on.order_by().values("pk"))
    ordered = found.top() if order == "top" else found.order_by("-opinion")
    return ordered.values_list("pk", flat=True)


def voices(consultation: Consultation, keys: Sequence[int], *, person: Person | None) -> list[Voice]:
    """Return these opinions as they are read, in this order."""
    found = Opinion.objects.for_list().in_bulk(keys)
    sides, moves = _sides(keys, person), consultation.moves()
    return [_voice(found[pk], moves, sides, person) for pk in keys if pk in found]


def read_all(consultation: Consultation, opinions: Sequence[Opinion], *, person: Person | None) -> list[Voice]:
    """Return opinions that were loaded `for_list()` as they are read."""
    sides, moves = _sides([one.pk for one in opinions], person), consultation.moves()
    return [_voice(one, moves, sides, person) for one in opinions]


def difference(old: DraftVersion, new: DraftVersion) -> comparison.Comparison:
    """Return what became of every clause from one version to another."""
    return comparison.compare(old.draft(), new.draft())


def _voice(opinion: Opinion, moves: dict[int, places.Moves], sides: dict[int, str], person: Person | None) -> Voice:
    place = places.place(opinion.draft.number, opinion.anchor, moves)
    own = person is not None and opinion.author_id == person.pk
    return Voice(opinion, place, name_of(place.anchor), sides.get(opinion.pk, ""), own)


def _sides(keys: Sequence[int], person: Person | None) -> dict[int, str]:
    if person is None:
        return {}
    stances = Opinion._meta.get_field("stances").related_model
    return dict(stances._default_manager.filter(person=person, opinion__in=keys).values_list("opinion", "side"))


def _start(seed: str) -> int:
    """Return where in the ring of equally seen opinions a reader begins: as their seed says."""
    return int.from_bytes(seed.encode()[:4].ljust(4, b"0"), "big") % 2**31


def name_of(anchor: str) -> str:
    """Return what people call the place of an anchor, in the reader's language; "" for the whole."""
    if anchor == WHOLE:
        return ""
    return draft.english_name_of(anchor) if is_english() else draft.name_of(anchor)
