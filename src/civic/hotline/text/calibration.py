"""Calibration: margins become probabilities that hold what they say, fitted on rows the classifier had not seen."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from civic.hotline.text.features import Floats
from civic.hotline.text.model import FEW, SHAPES, probabilities

Classes = npt.NDArray[np.int64]
PENALTY = 1e-3  # keeps a class that hardly occurs from running away


class Calibration(NamedTuple):
    """Per shape of message: one scale for all margins, one bias per class."""

    scale: Floats
    bias: Floats


def calibrate(margins: Floats, truth: Classes, shapes: Classes) -> Calibration:
    """Return the calibration with the least surprise (negative log-likelihood) per shape of message.

    A shape with too few rows takes what holds for all.
    """
    common = _fit(margins, truth)
    fitted = []
    for shape in range(len(SHAPES)):
        mine = shapes == shape
        fitted.append(_fit(margins[mine], truth[mine]) if int(mine.sum()) >= FEW else common)
    return Calibration(
        np.array([one[0] for one in fitted], dtype=np.float32), np.array([one[1:] for one in fitted], dtype=np.float32)
    )


def cross_fitted(margins: Floats, truth: Classes, shapes: Classes, folds: Classes) -> npt.NDArray[np.float64]:
    """Return probabilities [rows, labels], each row's by a calibration that has not seen its fold."""
    found = np.zeros(margins.shape, dtype=np.float64)
    for fold in np.unique(folds):
        rest = folds != fold
        scale, bias = calibrate(margins[rest], truth[rest], shapes[rest])
        for at, shape in enumerate(SHAPES):
            mine = (folds == fold) & (shapes == at)
            found[mine] = probabilities(margins[mine], scale, bias, shape)
    return found


def _fit(margins: Floats, truth: Classes) -> npt.NDArray[np.float64]:
    start = np.concatenate([[2.0], np.zeros(margins.shape[1])])
    wanted = np.eye(margins.shape[1])[truth]

    def surprise(point: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        raised = margins * point[0] + point[1:]
        raised = raised - raised.max(axis=1, keepdims=True)
        total = np.exp(raised).sum(axis=1, keepdims=True)
        gap = np.exp(raised) / total - wanted
        value = float((np.log(total)[:, 0] - (raised * wanted).sum(axis=1)).mean() + PENALTY * (point[1:] ** 2).sum())
        slope = np.concatenate([[(gap * margins).sum(axis=1).mean()], gap.mean(axis=0) + 2 * PENALTY * point[1:]])
        return value, slope

    return np.asarray(
        minimize(
            surprise, start, jac=True, method="L-BFGS-B", bounds=[(1e-3, None)] + [(None, None)] * margins.shape[1]
        ).x
    )
