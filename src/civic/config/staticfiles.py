"""Static files under names that carry their hash, compressed ahead of time; the front-end packages' files we use."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FILES = {
    "govuk/govuk.css": "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "blindrsa/blindrsa.js": "@cloudflare/blindrsa-ts/lib/src/blindrsa.js",
    "blindrsa/util.js": "@cloudflare/blindrsa-ts/lib/src/util.js",
    "blindrsa/sjcl/index.js": "@cloudflare/blindrsa-ts/lib/src/sjcl/index.js",
}


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes what the pages name; before files are collected (tests), the plain name serves."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name


class FrontEnd(BaseFinder):
    """Finds the few files we take from npm packages, without their fonts and emblems."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "front-end")
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(self._prepared(path))] if path in FILES and self._source(path).exists() else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in FILES:
            self._prepared(path)
            yield path, self.storage

    def _source(self, path: str) -> Path:
        return Path(settings.FRONT_END) / FILES[path]

    def _prepared(self, path: str) -> Path:
        """Write our version of the file when it is missing or older than the package's, and return where it is."""
        source, target = self._source(path), Path(self.storage.path(path))
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            text = source.read_text(encoding="utf-8")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = without_emblems(text) if path.endswith(".css") else without_source_map(text)
            target.write_text(text, encoding="utf-8")
        return target


def without_emblems(css: str) -> str:
    """Return govuk-frontend's sheet without its font, crest and source map; its texts take the font of our sheet.

    The font and the crest are licensed for one government's sites only.
    """
    css = re.sub(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", css)
    css = re.sub(r"@font-face\{.*?\}", "", css)
    css = css.replace("font-family:GDS Transport,arial,sans-serif", "font-family:var(--font,sans-serif)")
    css = re.sub(r"url\(/assets/[^)]*\)", "none", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def without_source_map(script: str) -> str:
    """Return a script without the address of its source map, which is not served."""
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)
