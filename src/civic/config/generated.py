"""Files that are written from the code: writes them, or says which no longer fit."""

from collections.abc import Mapping
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser


class GeneratedFiles(BaseCommand):
    """A command that writes `files()`; with --check it changes nothing and fails where they differ."""

    folder: Path | None = None  # a folder that holds nothing else

    def files(self) -> Mapping[Path, str]:
        """Return the text of every file."""
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail where a file is out of date")

    def handle(self, *_arguments: object, check: bool, **_options: object) -> None:
        """Write or compare."""
        wanted = self.files()
        kept = {path: path.read_text(encoding="utf-8") for path in wanted if path.exists()}
        different = [path for path, text in wanted.items() if kept.get(path) != text]
        stray = sorted(set(self.folder.glob("*")) - set(wanted)) if self.folder else []
        if check and (different or stray):
            names = ", ".join(str(path) for path in (*different, *stray))
            raise CommandError(f"out of date: {names}. Run `make fix`.")
        for path in different:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        for path in stray:
            path.unlink()
        self.stdout.write(f"{len(wanted)} files, {len(different) + len(stray)} changed")
