"""Suggestions inside a web process: numpy and the model are loaded at the first one, and anew when it was retrained."""

import importlib
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from civic.core.errors import Refusal

if TYPE_CHECKING:
    from civic.hotline.text.model import Model, Suggestion

logger = logging.getLogger(__name__)
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class Kept:
    """The city's model as it can be used now: None while the city has trained none, or where `fault` says why not."""

    model: "Model | None" = None
    fault: str = ""


def suggest(title: str, detail: str, *, model: Path) -> "Suggestion | None":
    """Return what the city's model suggests for a message; None while the city has trained none.

    Raises: BadModel, if the file is there and cannot be read.
    """
    return current.suggest(title, detail) if (current := trained(model)) is not None else None


def trained(model: Path) -> "Model | None":
    """Return the model of a file, kept in memory until the file changes; None where there is no file.

    Raises: BadModel, if the file is there and cannot be read.
    """
    mark = _mark(model)
    if mark is None:
        return None
    found = _load(model, mark)
    if isinstance(found, Refusal):
        raise found.with_traceback(None)
    return found


def usable(model: Path) -> Kept:
    """Return the model of a file, or why it cannot be used: whoever suggests goes on without it, and says so."""
    try:
        return Kept(trained(model))
    except Refusal as fault:
        return Kept(fault=fault.message)


def _mark(model: Path) -> Mark | None:
    """Return what tells one state of a file from the next; None where there is no file."""
    try:
        found = model.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return 0, 0, 0  # it may be there: reading it says what is wrong
    return found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=1)
def _load(model: Path, mark: Mark) -> "Model | Refusal":  # `mark` is there to be a key; what is damaged is read once
    module = importlib.import_module("civic.hotline.text.model")
    try:
        return cast("Model", module.load(model))
    except module.BadModel as fault:
        logger.error("The model of the hotline cannot be used; words of the list suggest instead: %s", fault)
        return cast(Refusal, fault)
