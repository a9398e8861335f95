"""Suggestions inside a web process: numpy and the model are loaded at the first one, and anew when it was retrained."""

import importlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from civic.hotline.text.model import Model, Suggestion


def suggest(title: str, detail: str, *, model: Path) -> "Suggestion | None":
    """Return what the city's model suggests for a message; None while the city has trained none.

    Raises: BadModel, if the file is there and cannot be read.
    """
    return current.suggest(title, detail) if (current := trained(model)) is not None else None


def trained(model: Path) -> "Model | None":
    """Return the model of a file, kept in memory until the file changes; None where there is no file."""
    try:
        changed = model.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _load(model, changed)


@lru_cache(maxsize=1)
def _load(model: Path, changed: int) -> "Model":  # `changed` is there to be a key
    return cast("Model", importlib.import_module("civic.hotline.text.model").load(model))
