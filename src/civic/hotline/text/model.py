"""A trained classifier: suggests a class with a measured confidence and says why. Needs numpy and nothing else."""

import hashlib
import io
import json
import zipfile
import zlib
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
NUMBERS: Final = ("title_rarity", "whole_rarity", "weights", "intercept", "scale", "bias", "seen_confidence")
DAMAGE: Final = (
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, NotImplementedError, MemoryError,
    zipfile.BadZipFile, zlib.error,
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
    digest: str = ""  # SHA-256 of the file it was read from: names exactly this model

    def suggest(self, title: str, detail: str) -> Suggestion:
        """Return the likeliest class of a message, the three likeliest, and the words that counted most."""
        columns, values = self.vocabulary.weigh(title, detail)
        shares = probabilities(self.margins(columns, values), self.scale, self.bias, shape_of(title, detail))
        order = np.lexsort((np.arange(len(shares)), -shares))
        top3 = tuple((self.labels[place], _down(float(shares[place]))) for place in order[:3])
        return Suggestion(top3[0][0], top3[0][1], top3, self.reasons(title, detail, label=top3[0][0]))

    def reasons(self, title: str, detail: str, *, label: str) -> tuple[str, ...]:
        """Return the words of a message that spoke most for `label`, the strongest first; none where none is known."""
        return reasons(self.vocabulary, self.weights, whole(title, detail), best=self.labels.index(label))

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
        packed = source.read_bytes()
        with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            header = json.loads(bytes(stored["header"]))
            found = {name: stored[name] for name in ARRAYS}
        return _assemble(header, found, hashlib.sha256(packed).hexdigest())
    except FileNotFoundError as error:
        raise BadModel(f"没有找到模型文件 {source}。请先运行 civic hotline train 训练一个。") from error
    except DAMAGE as error:
        raise BadModel(f"{source} 不是可用的模型文件，或已损坏。请重新运行 civic hotline train。") from error


def _assemble(header: dict[str, Any], found: dict[str, Any], digest: str) -> Model:
    """Return the model, if its parts fit together. Raises: BadModel, and what a part of the wrong kind raises."""
    if header.pop("format") != FORMAT:
        raise BadModel("模型文件的格式与本版本不符。请重新运行 civic hotline train。")
    labels = tuple(str(label) for label in header.pop("labels"))
    vocabulary = Vocabulary(
        title=Block(found["title_ids"], found["title_rarity"]), whole=Block(found["whole_ids"], found["whole_rarity"])
    )
    seen = Seen(found["seen_confidence"], found["seen_right"], found["seen_shape"])
    wanted = {
        "weights": (len(vocabulary), len(labels)), "intercept": (len(labels),), "scale": (len(SHAPES),),
        "bias": (len(SHAPES), len(labels)), "title_rarity": found["title_ids"].shape,
        "whole_rarity": found["whole_ids"].shape, "seen_right": seen.confidence.shape,
        "seen_shape": seen.confidence.shape,
    }  # fmt: skip
    if not labels or any(found[name].shape != shape for name, shape in wanted.items()):
        raise BadModel("模型文件前后不一致，已损坏。请重新运行 civic hotline train。")
    if not all(np.isfinite(found[name]).all() for name in NUMBERS):
        raise BadModel("模型文件里有不是数的值，已损坏。请重新运行 civic hotline train。")
    parts = {name: found[name] for name in ("weights", "intercept", "scale", "bias")}
    return Model(labels=labels, vocabulary=vocabulary, seen=seen, facts=header, digest=digest, **parts)


def _down(share: float) -> float:
    """Return a share to four digits, rounded down: no confidence reaches a threshold by rounding."""
    return int(share * 10_000) / 10_000


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
