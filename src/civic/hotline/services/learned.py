"""What the city's own history says of a message: classes of the city's list, by the trained model, with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.core.plain import MANY_CHARACTERS
from civic.hotline.models import Category
from civic.hotline.rules import score_hints
from civic.hotline.text.suggesting import usable

if TYPE_CHECKING:
    from civic.hotline.text.model import Model

MOST = 3
LEAST_SHARE = 0.05  # below it a class is named by chance


@dataclass(frozen=True)
class Source:
    """Where suggestions come from: the model of a day, or (None) the words of the list; `fault`: why not the model."""

    trained_on: date | None = None
    fault: str = ""


@dataclass(frozen=True)
class Learned:
    """A class that the model names. `confidence` holds for `within`: the class itself, or one of those above it."""

    category: Category
    within: Category
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Adviser:
    """The city's model beside the city's list: which class each of its labels is. Made once for many messages."""

    source: Source
    model: "Model | None" = None
    classes: tuple[tuple[Category, tuple[Category, ...]], ...] = ()
    labels: tuple[str, ...] = ()

    def suggest(self, title: str, detail: str) -> list[Learned]:
        """Return the likeliest classes of a message, the likeliest first; none without a model or a known word."""
        if self.model is None or not (title.strip() or detail.strip()):
            return []
        found: list[Learned] = []
        for label, share in self.model.suggest(title, detail).top3:
            if share >= LEAST_SHARE and label in self.labels:
                words = self.model.reasons(title, detail, label=label)
                within, below = self.classes[self.labels.index(label)]
                found += _narrowed(within, below, share, words, f"{title}\n{detail}") if words else []
        return list({one.category.pk: one for one in reversed(found)}.values())[::-1][:MOST]

    def below(self, within: Category) -> tuple[Category, ...]:
        """Return the classes of the third level that a class of a label stands for."""
        return next(below for one, below in self.classes if one.pk == within.pk)


def adviser(path: Path, among: Sequence[Category]) -> Adviser:
    """Return the model in `path` beside the classes on offer; without a usable one an adviser that suggests nothing."""
    kept = usable(path)
    if kept.model is None:
        return Adviser(Source(fault=kept.fault))
    known = _known(among)
    labels = tuple(label for label in kept.model.labels if label in known)
    if not labels:
        return Adviser(Source(fault=_("模型里没有一个类别在本市的诉求分类表里。请用本市的分类代码或者名称重新训练。")))
    day = kept.model.facts.get("trained_on")
    try:
        source = Source(date.fromisoformat(str(day)))
    except ValueError:
        return Adviser(Source(fault=_("模型文件没有训练日期。请重新运行 civic hotline train。")))
    return Adviser(source, kept.model, tuple(known[label] for label in labels), labels)


def _known(among: Sequence[Category]) -> dict[str, tuple[Category, tuple[Category, ...]]]:
    """Return by code and by name each class of any level with those of the third level below it.

    A name that two classes have means the deeper one; two of one level that share a name have to go by their codes.
    """
    below: dict[str, list[Category]] = {}
    by_code: dict[str, Category] = {}
    for leaf in among:
        above: Category | None = leaf
        while above is not None:
            by_code[above.code] = above
            below.setdefault(above.code, []).append(leaf)
            above = above.parent
    by_name: dict[str, list[Category]] = {}
    for one in by_code.values():
        by_name.setdefault(one.name, []).append(one)
    known = {}
    for name, named in by_name.items():
        deepest = [one for one in named if one.level == max(other.level for other in named)]
        if len(deepest) == 1:
            known[name] = (deepest[0], tuple(below[deepest[0].code]))
    return known | {code: (one, tuple(below[code])) for code, one in by_code.items()}


def _narrowed(
    within: Category, below: Sequence[Category], share: float, words: tuple[str, ...], text: str
) -> list[Learned]:
    """Return the class itself; of one of a higher level those below it of which the text has words of the list."""
    if within.level == 3:
        return [Learned(within, within, share, words)]
    scored = [(*score_hints(text[:MANY_CHARACTERS], leaf.hints), leaf) for leaf in below]
    scored = sorted((one for one in scored if one[0]), key=lambda one: (-one[0], one[2].code))
    return [Learned(leaf, within, share, tuple(dict.fromkeys((*said, *words)))) for _score, said, leaf in scored]
