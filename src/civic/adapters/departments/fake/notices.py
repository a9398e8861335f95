"""What the departments have been told: one notice a key, kept in a file of lines so that a restart does not forget."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

NOTICES = {
    "gaj": {"birth_registration"},
    "wjw": {"vaccination"},
    "ybj": {"enrolment"},
    "rsj": {"card", "maternity_allowance"},
    "mzj": {"old_age_allowance"},
    "scjg": {"registration"},
    "sw": {"deed_tax", "tax_registration"},
    "zrzy": {"registration"},
    "zjj": {"registration"},
}


@dataclass(frozen=True)
class Notice:
    """One notice as it was told first. `told_at`: RFC 3339."""

    department: str
    name: str
    key: str
    body: Mapping[str, Any]
    told_at: str

    @property
    def reference(self) -> str:
        """The department's own number: the same for the same key, whoever asks and however often."""
        digest = hashlib.sha256(f"{self.department}/{self.name}/{self.key}".encode()).hexdigest()
        return f"{self.department.upper()}-{digest[:12]}"


class Notices:
    """The notices of all departments. `path`: the file that keeps them; None: this process only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], Notice] = {}
        if path and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._replay(line)

    # Verbs

    def keep(self, notice: Notice) -> Notice:
        """Keep `notice` unless there is one under its key; return the one that is there."""
        place = (notice.department, notice.name, notice.key)
        with self._lock:
            if place not in self._kept:
                self._kept[place] = notice
                self._write({"told": asdict(notice)})
            return self._kept[place]

    def drop(self, department: str, name: str, key: str) -> None:
        """Forget a notice; one that is not there is no error."""
        with self._lock:
            if self._kept.pop((department, name, key), None):
                self._write({"withdrawn": [department, name, key]})

    # Questions

    def of(self, department: str, name: str, **having: str) -> list[Notice]:
        """Return a department's notices of a name whose body has all of `having`."""
        with self._lock:
            kept = list(self._kept.values())
        return [
            notice for notice in kept
            if (notice.department, notice.name) == (department, name)
            and all(notice.body.get(field) == value for field, value in having.items())
        ]  # fmt: skip

    def all(self) -> list[Notice]:
        """Return every notice, the oldest first."""
        with self._lock:
            return list(self._kept.values())

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _replay(self, line: str) -> None:
        try:
            match json.loads(line):
                case {"told": dict(told)}:
                    notice = Notice(**told)
                    self._kept[(notice.department, notice.name, notice.key)] = notice
                case {"withdrawn": [department, name, key]}:
                    self._kept.pop((department, name, key), None)
        except (ValueError, TypeError):
            return  # a line that a crash has cut off
