"""How a question finds services: shared pieces of words, meanings, pinyin, initials, and forgiven typing errors."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin, load_phrases_dict
from rapidfuzz import fuzz

from civic.home.rules.words import Meanings, plain

# Readings that single characters get wrong; the whole phrase dictionary costs 40 MB in each process.
READINGS = """
银行 yín háng|行业 háng yè|重建 chóng jiàn|参加 cān jiā|长者 zhǎng zhě|校长 xiào zhǎng|重新 chóng xīn|六安 lù ān
""".strip()
load_phrases_dict({said: [[sound] for sound in sounds] for said, *sounds in map(str.split, READINGS.split("|"))})

SINGLE, PAIR = 0.7, 2.0  # two characters side by side tell more than the two alone; two English words do not
ENOUGH = 30.0  # below this a hit is noise
SOUNDS, TYPED = 0.85, 0.8  # worth of a hit by sound, by likeness against one by words
WHOLE = 4  # characters of a term that counts when it stands in the question as a whole
ELSEWHERE = 0.9  # a service imported from another city's list stands after the city's own
OTHER_KINDS = {"name": 1.0, "alias": 0.99, "english": 0.97, "theme": 0.62, "department": 0.6}


@dataclass(frozen=True)
class Entry:
    """What search knows of a service; `own`: the city's own, not imported from another list."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    english: str = ""
    theme: str = ""
    department: str = ""
    life_events: tuple[str, ...] = ()
    own: bool = True


@dataclass(frozen=True)
class Hit:
    """A service found: how well (0 to 100) and by which of its words.

    `how`: name | alias | english | theme | department; `way`: words | meaning | pinyin | initials | sound | typing.
    """

    code: str
    score: float
    how: str
    term: str
    way: str


@dataclass(frozen=True)
class _Term:
    code: str
    how: str
    text: str
    plain: str
    syllables: tuple[str, ...]
    own: bool

    @property
    def pinyin(self) -> str:
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        return "".join(syllable[0] for syllable in self.syllables)


class Grams:
    """An inverted index of sequences by their single pieces and neighbouring pairs, weighted by rarity."""

    def __init__(self, sequences: Sequence[Sequence[str]]) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        self._size = len(sequences)
        for place, sequence in enumerate(sequences):
            for gram in set(grams(sequence)):
                self._places[gram].append(place)
        self._weights = [sum(map(self.weight, set(grams(sequence)))) for sequence in sequences]

    def weight(self, gram: str) -> float:
        """Return how much a gram tells: rare ones more, pairs more than singles, unknown ones most."""
        rarity = math.log1p(self._size / (1 + len(self._places.get(gram, ()))))
        if " " not in gram:
            return rarity * SINGLE
        return rarity * (SINGLE if gram.isascii() else PAIR)

    def scores(self, sequence: Sequence[str]) -> dict[int, float]:
        """Return place -> 0 to 100: how much of the question is in the term, and of the term in the question."""
        asked = set(grams(sequence))
        total = sum(map(self.weight, asked))
        shared: dict[int, float] = defaultdict(float)
        for gram in asked:
            weight = self.weight(gram)
            for place in self._places.get(gram, ()):
                shared[place] += weight
        return {
            place: 100 * (0.68 * weight / total + 0.32 * weight / self._weights[place])
            for place, weight in shared.items()
        }


class Index:
    """All services, ready to be asked; built once for a state of the catalogue."""

    def __init__(self, entries: Iterable[Entry], meanings: Meanings | None = None) -> None:
        self._meanings = meanings or Meanings()
        self._terms = [term for entry in entries for term in _terms(entry)]
        self._letters = Grams([_pieces(term.plain) for term in self._terms])
        self._sounds = Grams([term.syllables for term in self._terms])

    def find(self, query: str, limit: int = 20) -> list[Hit]:
        """Return the services that answer the query, best first, each once."""
        said = plain(query)[:60]
        if not said:
            return []
        hits = self._by_words(said)
        if re.fullmatch(r"[a-z ]+", said):
            hits += self._by_letters(said.replace(" ", ""))
        elif not hits or max(hit.score for hit in hits) < 75:
            hits += self._by_sound(said) + self._by_likeness(said)
        best: dict[str, Hit] = {}
        for hit in hits:
            if hit.score >= ENOUGH and (hit.code not in best or hit.score > best[hit.code].score):
                best[hit.code] = hit
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.code))
        return [hit for hit in ranked if hit.score >= 0.45 * ranked[0].score][:limit]

    def _by_words(self, said: str) -> list[Hit]:
        hits = []
        for number, (reading, worth) in enumerate(self._meanings.readings(said)):
            way = "words" if number < 2 and worth == 1 else "meaning"
            for place, score in self._letters.scores(_pieces(reading)).items():
                if score * worth >= ENOUGH:
                    hits.append(self._hit(place, score * worth, way))
        return hits + self._contained(said)

    def _contained(self, said: str) -> list[Hit]:
        """Return the terms that stand in the question as a whole."""
        return [
            self._hit(place, 80 + 20 * len(term.plain) / len(said), "words")
            for place, term in enumerate(self._terms)
            if len(term.plain) >= WHOLE and term.how in ("name", "alias") and term.plain in said
        ]

    def _by_letters(self, typed: str) -> list[Hit]:
        hits = []
        for place, term in enumerate(self._terms):
            if term.how == "english" or len(typed) < 2:
                continue
            if typed in term.pinyin:
                hits.append(self._hit(place, 70 + 30 * len(typed) / len(term.pinyin), "pinyin"))
            elif typed in term.initials:
                hits.append(self._hit(place, 60 + 35 * len(typed) / len(term.initials), "initials"))
            elif len(typed) >= 5 and (like := fuzz.partial_ratio(typed, term.pinyin)) >= 82:
                closeness = fuzz.ratio(typed, term.pinyin)
                hits.append(self._hit(place, TYPED * (0.6 * like + 0.4 * closeness), "pinyin"))
        return hits

    def _by_sound(self, said: str) -> list[Hit]:
        scores: list[Hit] = []
        for reading, worth in self._meanings.readings(said)[:4]:
            found = self._sounds.scores(sounds(reading)).items()
            scores += [self._hit(place, score * worth * SOUNDS, "sound") for place, score in found]
        return scores

    def _by_likeness(self, said: str) -> list[Hit]:
        hits = []
        for place, term in enumerate(self._terms):
            like = fuzz.ratio(said, term.plain)
            if like >= 60:
                hits.append(self._hit(place, like * TYPED, "typing"))
        return hits

    def _hit(self, place: int, score: float, way: str) -> Hit:
        term = self._terms[place]
        worth = OTHER_KINDS[term.how] * (1.0 if term.own else ELSEWHERE)
        return Hit(term.code, score * worth, term.how, term.text, way)


def grams(sequence: Sequence[str]) -> list[str]:
    """Return the single pieces and the neighbouring pairs ("社 保")."""
    return [*sequence, *(f"{left} {right}" for left, right in pairwise(sequence))]


@lru_cache(maxsize=20_000)
def sounds(text: str) -> tuple[str, ...]:
    """Return the syllables of a text without tones; letters stay together."""
    return tuple(syllable for syllable in lazy_pinyin(text) if syllable.strip())


def _pieces(text: str) -> list[str]:
    """Return Chinese characters one by one, and words and numbers in one piece."""
    return re.findall(r"[\u3400-\u9fff]|[a-z]+|\d+", text)


def _terms(entry: Entry) -> list[_Term]:
    pairs = [("name", entry.name), *(("alias", alias) for alias in entry.aliases), ("english", entry.english)]
    pairs += [("theme", entry.theme), ("department", entry.department), *(("theme", e) for e in entry.life_events)]
    return [_Term(entry.code, how, text, plain(text), sounds(plain(text)), entry.own) for how, text in pairs if text]
