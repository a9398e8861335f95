"""What every figure finds ready: the seeded database, the people in it, a folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Stage:
    """The scratch installation under measurement."""

    database: str
    people: dict[str, Any]
    folder: Path
    full: bool = False
