"""Training: a linear classifier over n-grams, cross-validated by families, with calibrated confidence.

Method: TF-IDF of character 1- to 3-grams, of the title alone and of title and detail together; one linear support
vector machine per class against the rest, its features scaled by the square root of their log-count ratio
(Wang and Manning 2012, NB-SVM); calibration by scale and bias on the rows left out.
Deterministic: the same rows in the same order give the same file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import sklearn
from scipy.sparse import csr_matrix, diags_array, hstack
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from civic.core.errors import Refusal
from civic.core.plain import plain
from civic.hotline.text.calibration import Classes, calibrate, cross_fitted
from civic.hotline.text.examples import Example, digest, distinct
from civic.hotline.text.families import families
from civic.hotline.text.features import Block, Floats, Vocabulary, whole
from civic.hotline.text.figures import calibration_error, figure
from civic.hotline.text.grams import Ids, counted
from civic.hotline.text.model import SHAPES, Model, Seen, shape_of

FOLDS = 5
SEED = 20
LEAST_TITLE, LEAST_WHOLE = 2, 3  # rows an n-gram must stand in
STRICTNESS = 0.6  # C of the support vector machines
SMOOTHING = 0.1  # of the log-count ratios
RATIO_POWER = 0.5
Tell = Callable[[str], None]


class TooFewExamples(Refusal):
    """Nothing can be learned from so little."""

    status = 400
    code = "too-few-examples"


@dataclass(frozen=True)
class Part:
    """One part of all messages: which n-grams occur, and 1 + ln(count) of each in each row."""

    ids: Ids
    table: csr_matrix
    least: int


@dataclass(frozen=True)
class Fitted:
    """What one fit has learned."""

    vocabulary: Vocabulary
    weights: Floats
    intercept: Floats
    matrix: csr_matrix  # of all rows, in this vocabulary


def train(rows: Iterable[Example], *, on: date, least_writers: int = 1, tell: Tell = lambda _: None) -> Model:
    """Return a classifier of these rows; `model.facts` holds how well it does on rows it had not seen.

    `least_writers`: an n-gram is kept only if it stands in messages of so many different writers about as many
    different matters: what one person writes, however often, leaves no trace in the model.
    Raises: TooFewExamples, if fewer than two classes have five messages.
    """
    kept, family = _enough(distinct(rows), tell)
    labels = tuple(sorted({row.label for row in kept}))
    truth = np.array([labels.index(row.label) for row in kept], dtype=np.int64)
    shapes = np.array([SHAPES.index(shape_of(row.title, row.detail)) for row in kept], dtype=np.int64)
    apart = (family, _writers(kept)) if least_writers > 1 else ()
    parts = (
        _part([plain(row.title) for row in kept], LEAST_TITLE, apart, least_writers),
        _part([whole(row.title, row.detail) for row in kept], LEAST_WHOLE, apart, least_writers),
    )
    if not all(len(part.ids) for part in parts):
        raise TooFewExamples(
            f"可用于训练的留言太少：没有{max(least_writers, LEAST_WHOLE)}个不同的人都用过的说法。"
            "请积累更多已分类的留言。"
        )
    folds, margins = _left_out(parts, truth, family, tell)
    shares = cross_fitted(margins, truth, shapes, folds)
    fitted = fit(parts, truth, np.arange(len(kept)))
    tell("已用全部留言训练完毕。")
    scale, bias = calibrate(margins, truth, shapes)
    found = shares.argmax(axis=1)
    seen = Seen(shares.max(axis=1).astype(np.float32), found == truth, shapes.astype(np.uint8))
    facts = _facts(kept, labels, on, least_writers) | _figures(kept, family, truth, found, shapes, seen)
    return Model(labels, fitted.vocabulary, fitted.weights, fitted.intercept, scale, bias, seen, facts)


def fit(parts: Sequence[Part], truth: Classes, rows: npt.NDArray[np.int64]) -> Fitted:
    """Learn from some rows; nothing of the others is looked at."""
    blocks, tables = zip(*(_block(part, rows) for part in parts), strict=True)
    matrix = hstack(tables).tocsr()
    seen = matrix[rows]
    columns = [_one_against_rest(seen, truth[rows] == label) for label in range(int(truth.max()) + 1)]
    weights = np.stack([weight for weight, _ in columns], axis=1).astype(np.float32)
    intercept = np.array([cut for _, cut in columns], dtype=np.float32)
    return Fitted(Vocabulary(*blocks), weights, intercept, matrix)


def _enough(rows: Sequence[Example], tell: Tell) -> tuple[list[Example], Classes]:
    """Return the rows of the classes with enough different matters, and the family of each row."""
    tell(f"共 {len(rows)} 条不同的留言；正在找出同一件事的重复留言……")
    family = families(rows)
    many = Counter(label for label, _ in {(row.label, one) for row, one in zip(rows, family.tolist(), strict=True)})
    rare = sorted(label for label, count in many.items() if count < FOLDS)
    if rare:
        tell(f"以下类别不足 {FOLDS} 件不同的事，没有参加训练：{'、'.join(rare)}")
    kept = [at for at, row in enumerate(rows) if many[row.label] >= FOLDS]
    if len({rows[at].label for at in kept}) < 2:
        raise TooFewExamples(
            f"可用于训练的留言太少：至少要有两个类别，每类至少 {FOLDS} 件不同的事。请提供更多已分类的留言。"
        )
    return [rows[at] for at in kept], family[kept]


def _part(texts: Sequence[str], least: int, apart: Sequence[Classes], least_apart: int) -> Part:
    """Return the n-grams of one part that stand in `least` rows, and in `least_apart` groups of each of `apart`."""
    found = [counted(text) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids, _ in found])])
    ids, columns = np.unique(np.concatenate([ids for ids, _ in found]), return_inverse=True)
    often = np.bincount(columns, minlength=len(ids)) >= least
    values = (1 + np.log(np.concatenate([times for _, times in found]))).astype(np.float32)
    table = csr_matrix((values, columns, starts), shape=(len(texts), len(ids)))
    for groups in apart:
        often &= _standing(table, groups) >= least_apart
    return Part(ids[often], table[:, often].tocsr(), least)


def _standing(table: csr_matrix, groups: Classes) -> npt.NDArray[np.int64]:
    """Return in how many groups of rows each n-gram stands."""
    _, group = np.unique(groups, return_inverse=True)
    gathered = csr_matrix((np.ones(len(group), np.float32), (group, np.arange(len(group))))) @ table
    return np.bincount(gathered.indices, minlength=table.shape[1])


def _writers(rows: Sequence[Example]) -> Classes:
    """Return the number of each row's writer; a row whose writer is not known has one of its own."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(row.writer or f"\n{at}", len(known)) for at, row in enumerate(rows)])


def _block(part: Part, rows: npt.NDArray[np.int64]) -> tuple[Block, csr_matrix]:
    """Return the n-grams that occur often enough in `rows`, and the weights of all rows in them."""
    standing = np.bincount(part.table[rows].indices, minlength=len(part.ids))
    often = standing >= part.least
    rarity = (np.log((1 + len(rows)) / (1 + standing[often])) + 1).astype(np.float32)
    table = (part.table[:, often] @ diags_array(rarity)).tocsr()
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    even = diags_array((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ table
    return Block(part.ids[often], rarity), even.tocsr()


def _one_against_rest(matrix: csr_matrix, mine: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.float64], float]:
    """Return weights and intercept of one class against all others."""
    ours = np.asarray(matrix[mine].sum(axis=0)).ravel() + SMOOTHING
    others = np.asarray(matrix[~mine].sum(axis=0)).ravel() + SMOOTHING
    ratio = np.abs(np.log(ours / ours.sum() / (others / others.sum()))) ** RATIO_POWER
    machine = LinearSVC(C=STRICTNESS, dual=True, random_state=SEED, max_iter=5_000)
    machine.fit((matrix @ diags_array(ratio.astype(np.float32))).tocsr(), mine)
    return machine.coef_[0] * ratio, float(machine.intercept_[0])


def _left_out(parts: Sequence[Part], truth: Classes, family: Classes, tell: Tell) -> tuple[Classes, Floats]:
    """Return the fold of each row and its margins by a classifier that has seen no row of its family."""
    folds = np.zeros(len(truth), dtype=np.int64)
    margins = np.zeros((len(truth), int(truth.max()) + 1), dtype=np.float32)
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth, family)
    for fold, (seen, left) in enumerate(split):
        fitted = fit(parts, truth, np.sort(seen))
        margins[left] = fitted.matrix[left] @ fitted.weights + fitted.intercept
        folds[left] = fold
        tell(f"交叉验证 {fold + 1}/{FOLDS} 完成。")
    return folds, margins


def _facts(rows: Sequence[Example], labels: Sequence[str], on: date, least_writers: int) -> dict[str, Any]:
    return {
        "least_writers": least_writers,
        "trained_on": on.isoformat(),
        "training_digest": digest(rows),
        "rows": len(rows),
        "per_label": {label: sum(row.label == label for row in rows) for label in labels},
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    }


def _figures(
    rows: Sequence[Example], family: Classes, truth: Classes, found: Classes, shapes: Classes, seen: Seen
) -> dict[str, Any]:
    """Return macro-F1 with its interval over all rows, per file and per shape, and the error of calibration."""
    sources = np.array([row.source for row in rows])
    labels = int(truth.max()) + 1

    def of(mine: npt.NDArray[np.bool_]) -> dict[str, Any]:
        facts = figure(truth[mine], found[mine], family[mine], labels=labels, seed=SEED).as_facts()
        return facts | {"calibration_error": calibration_error(seen.confidence[mine], seen.right[mine])}

    return {
        "families": len(np.unique(family)),
        "all": of(np.ones(len(rows), dtype=bool)),
        "per_file": {source: of(sources == source) for source in sorted(set(sources.tolist()))},
        "per_shape": {shape: of(shapes == at) for at, shape in enumerate(SHAPES) if (shapes == at).any()},
    }
