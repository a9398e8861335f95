"""A trained classifier: suggests a class with a measured confidence and says why. Needs numpy and nothing else."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from civic.core.errors import Refusal
from civic.hotline.text.features import Block, Floats, Vocabulary, whole
from civic.hotline.text.reasons import reasons
from civic.hotline.text.wilson import upper_bound

FORMAT: Final = 1
SHAPES: Final = ("both", "title", "detail")  # which parts of a message are there
FEW: Final = 200  # fewer rows of a shape than this say nothing about it alone
ARRAYS: Final = (
    "title_ids", "title_rarity", "whole_ids", "whole_rarity", "weights", "intercept", "scale", "bias",
    "seen_confidence", "seen_right", "seen_shape",
)  # fmt: skip


class BadModel(Refusal):
    """The file is not a model, or not one that this version can read."""

    status = 400
    code = "bad-model"


@dataclass(frozen=True)
class Suggestion:
    """The likeliest class of a message. `confidence` is the measured share of right ones among such suggestions."""

    label: str
    confidence: float
    top3: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What came of training rows that the model had not seen: confidence, right or wrong, shape of the message."""

    confidence: Floats
    right: npt.NDArray[np.bool_]
    shape: npt.NDArray[np.uint8]

    def of(self, shape: str) -> "Seen":
        """Return the rows of one shape; all of them where that shape has too few."""
        mine = self.shape == SHAPES.index(shape)
        if int(mine.sum()) < FEW:
            return self
        return Seen(self.confidence[mine], self.right[mine], self.shape[mine])


@dataclass(frozen=True)
class Model:
    """Linear classifier over n-grams, its margins turned into probabilities per shape of message."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats  # [n-grams, labels]
    intercept: Floats  # [labels]
    scale: Floats  # [shapes]
    bias: Floats  # [shapes, labels]
    seen: Seen
    facts: Mapping[str, Any] = field(default_factory=dict)  # versions, digest of the training rows, figures, date

    def suggest(self, title: str, detail: str) -> Suggestion:
        """Return the likeliest class of a message, the three likeliest, and the words that counted most."""
        columns, values = self.vocabulary.weigh(title, detail)
        shares = probabilities(self.margins(columns, values), self.scale, self.bias, shape_of(title, detail))
        order = np.lexsort((np.arange(len(shares)), -shares))
        top3 = tuple((self.labels[place], round(float(shares[place]), 4)) for place in order[:3])
        why = reasons(self.vocabulary, self.weights, whole(title, detail), best=int(order[0]))
        return Suggestion(top3[0][0], top3[0][1], top3, why)

    def margins(self, columns: npt.NDArray[np.int64], values: Floats) -> Floats:
        """Return how much speaks for each class, before it is turned into probabilities."""
        return np.asarray(values @ self.weights[columns] + self.intercept, dtype=np.float32)

    def threshold_for(self, error_rate: float, *, shape: str = "both") -> float | None:
        """Return the least confidence from which on the error rate is at most `error_rate`; None if none is safe.

        The promise holds for the upper end of Wilson's 95 % interval of the error rate, counted on training rows of
        this shape that the model had not seen. Dispatch without a person only from this confidence on.
        """
        seen = self.seen.of(shape)
        order = np.argsort(-seen.confidence, kind="stable")
        confidence, errors = seen.confidence[order], np.cumsum(~seen.right[order])
        last = np.flatnonzero(np.append(confidence[1:] < confidence[:-1], True))  # ties stand or fall together
        safe = [at for at in last if upper_bound(int(errors[at]), int(at) + 1) <= error_rate]
        return float(confidence[safe[-1]]) if safe else None

    def save(self, target: Path) -> None:
        """Write the model to `target`, whole or not at all."""
        header = {"format": FORMAT, "labels": self.labels, **self.facts}
        first, second = self.vocabulary.title, self.vocabulary.whole
        arrays = (
            first.ids, first.rarity, second.ids, second.rarity, self.weights, self.intercept, self.scale, self.bias,
            self.seen.confidence, self.seen.right, self.seen.shape,
        )  # fmt: skip
        packed = io.BytesIO()
        header_text = np.frombuffer(json.dumps(header, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
        stored: dict[str, Any] = {"header": header_text, **dict(zip(ARRAYS, arrays, strict=True))}
        np.savez(packed, allow_pickle=False, **stored)
        partial = target.with_name(target.name + ".partial")
        partial.write_bytes(packed.getvalue())
        partial.replace(target)


def load(source: Path) -> Model:
    """Read a model. Raises: BadModel, if the file is missing, damaged or of another version."""
    try:
        with np.load(source, allow_pickle=False) as stored:
            header = json.loads(bytes(stored["header"]))
            found = {name: stored[name] for name in ARRAYS}
    except FileNotFoundError as error:
        raise BadModel(f"没有找到模型文件 {source}。请先运行 civic hotline train 训练一个。") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadModel(f"{source} 不是可用的模型文件，或已损坏。请重新运行 civic hotline train。") from error
    if header.get("format") != FORMAT:
        raise BadModel(f"模型文件 {source} 的格式与本版本不符。请重新运行 civic hotline train。")
    return _assemble(header, found)


def _assemble(header: dict[str, Any], found: dict[str, Any]) -> Model:
    labels = tuple(header.pop("labels"))
    vocabulary = Vocabulary(
        title=Block(found["title_ids"], found["title_rarity"]), whole=Block(found["whole_ids"], found["whole_rarity"])
    )
    if found["weights"].shape != (len(vocabulary), len(labels)):
        raise BadModel("模型文件前后不一致，已损坏。请重新运行 civic hotline train。")
    seen = Seen(found["seen_confidence"], found["seen_right"], found["seen_shape"])
    parts = {name: found[name] for name in ("weights", "intercept", "scale", "bias")}
    return Model(labels=labels, vocabulary=vocabulary, seen=seen, facts=header, **parts)


def shape_of(title: str, detail: str) -> str:
    """Return which parts of a message are there."""
    if title.strip() and detail.strip():
        return "both"
    return "title" if title.strip() else "detail"


def probabilities(margins: Floats, scale: Floats, bias: Floats, shape: str) -> npt.NDArray[np.float64]:
    """Return margins ([labels] or [rows, labels]) as probabilities by the calibration of one shape of message."""
    at = SHAPES.index(shape)
    raised = margins.astype(np.float64) * float(scale[at]) + bias[at]
    raised -= raised.max(axis=-1, keepdims=True)
    powers = np.exp(raised)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
