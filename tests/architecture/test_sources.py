"""What a reader may count on in every file."""

import ast
import re
from pathlib import Path

from tests.architecture.sources import CIVIC, ROOT, modules, our_models, tracked

LONGEST = 400
BINARY = {".png", ".jpg", ".pdf", ".woff2", ".ico", ".gz"}
GENERATED = {"package-lock.json", "openapi.json"}
# Names of package registries and mirrors, in pieces so that this file does not name one.
REGISTRIES = re.compile(
    "|".join([r"pypi\.(?:org|python)", r"files\.python" + "hosted", r"registry\.npm" + r"js\.org", r"npm" + r"mirror",
              r"deb\.deb" + r"ian\.org", r"--(?:extra-)?index" + "-url http", '"resol' + 'ved":'])
)  # fmt: skip


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and "migrations" not in path.parts
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }

    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path.relative_to(ROOT)) for path, tree in modules().items() if _needs_words(path, tree)]

    assert silent == []


def _needs_words(path: Path, tree: ast.Module) -> bool:
    return bool(tree.body) and not ast.get_docstring(tree)


def test_no_model_overrides_save_or_delete() -> None:
    overriding = [
        f"{model._meta.label}.{name}" for model in our_models() for name in ("save", "delete") if name in vars(model)
    ]

    assert overriding == []


def test_no_module_listens_to_signals() -> None:
    listening = [
        str(path.relative_to(CIVIC))
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("django.dispatch", "django.db.models.signals")
    ]

    assert listening == []


def test_no_file_names_a_package_registry() -> None:
    naming = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if path.suffix not in BINARY and (found := REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore")))
    ]

    assert naming == []


def test_doors_are_imported_by_their_own_room_only() -> None:
    doors = {"portal", "office", "api", "ingest", "tasks", "admin"}
    strangers = [
        f"{path.relative_to(CIVIC)} imports {module}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("civic.")
        for module in [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        if len(parts := module.split(".")) == 3 and parts[2] in doors
        if path.relative_to(CIVIC).parts[0] not in ("config", parts[1])
    ]

    assert strangers == []
