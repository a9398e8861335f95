"""What the architecture tests read: the platform's modules, models and floors."""

import ast
import subprocess
from configparser import ConfigParser
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
CIVIC = ROOT / "src" / "civic"


@cache
def tracked() -> list[Path]:
    """Return every file of the repository that is not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


@cache
def modules() -> dict[Path, ast.Module]:
    """Return the syntax tree of every module of the platform, migrations left out."""
    paths = [path for path in sorted(CIVIC.rglob("*.py")) if "migrations" not in path.parts]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def our_models() -> list[type[models.Model]]:
    """Return every concrete model of our rooms."""
    return [model for model in apps.get_models() if model.__module__.startswith("civic.")]


def floors() -> dict[str, int]:
    """Return the height of each room, from the contract: config is highest."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    lines = contract["importlinter:contract:floors"]["layers"].split("\n")
    rooms = [line.replace("(", "").replace(")", "").split("|") for line in lines if line.strip()]
    return {room.strip(): len(rooms) - height for height, floor in enumerate(rooms) for room in floor}


def room_of(module: str) -> str:
    """Return the room of a dotted module name."""
    return module.split(".")[1]
