"""A real installation whose departments are real servers that misbehave when told to, and visitors who never stop."""

import asyncio
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.load import read_answer, request
from bench.servers import answers, free_port
from tests.chaos.installation import CLI, ROOT, Installation, until

PARTS = {"land": "zrzy", "tax": "sw", "house": "zjj"}
KNOWN = "LA2023001"  # asked about again and again: its last good answers are kept
TOKEN = "x" * 32  # against forgery: the form's is the cookie's
PAGES = (
    "/", "/services/LA-GA-001/", "/exchange/", "/my/", "/my/cases/", "/my/licences/", "/office/cases/",
    "/api/services?limit=20",
)  # fmt: skip
READERS, READ_EVERY = 3, 0.4  # visitors of the other pages, and the seconds between two looks of one of them
ASKERS, ASK_EVERY = 2, 0.6
APPLY_EVERY = 2.0


class City(Installation):
    """The demonstration city with web, worker and the departments' systems, each a process."""

    def __init__(self) -> None:
        super().__init__()
        self.departments = free_port()
        self.people: dict[str, Any] = {}

    def start(self) -> None:
        self.cluster.start()
        self.launch_departments()
        self._run([*CLI, "migrate"])
        self.people = json.loads(self._run([sys.executable, "-m", "tests.chaos.sources_seed"]))
        self.launch("web")
        self.launch("worker")
        until(self.is_ready)

    def launch_departments(self) -> None:
        command = [*CLI, "departments", "--port", str(self.departments)]
        with (self.var / "departments.log").open("ab") as log:
            self.processes["departments"] = subprocess.Popen(
                command, env=self.environment(), cwd=ROOT, stdout=log, stderr=log
            )
        until(lambda: answers(self.departments, "/control/switches"))

    def environment(self) -> dict[str, str]:
        found = {**super().environment(), "CIVIC_DEPARTMENTS_AT": f"http://127.0.0.1:{self.departments}"}
        return {name: value for name, value in found.items() if name != "CIVIC_CITY"}


@dataclass(frozen=True)
class Look:
    """One request: what it was for, when it was sent (of time.monotonic), how long it took, what was said of sources.

    `said`: by source the reasons of its fields; VALUE for one that is as the source says now.
    """

    kind: str
    at: float
    seconds: float
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)


VALUE = "value"


class Visitors:
    """People who read pages, officials who ask about property, a mother who begins to apply: until told to stop."""

    def __init__(self, city: City) -> None:
        self.city, self.looks, self.stopping = city, list[Look](), False
        self._pages = itertools.cycle(PAGES)
        self._properties = itertools.cycle(city.people["properties"])

    async def come(self) -> None:
        """Keep coming until `stopping`. Raises: AssertionError, at the first answer that is not as it must be."""
        readers = [self._again(self._read_page, READ_EVERY) for _ in range(READERS)]
        askers = [self._again(self._ask, ASK_EVERY) for _ in range(ASKERS)]
        await asyncio.gather(*readers, *askers, self._again(self._begin_to_apply, APPLY_EVERY))

    async def _again(self, visit: "Callable[[Line], Awaitable[None]]", every: float) -> None:
        """Visit at a steady pace, as those do who do not know how the server feels."""
        async with Line(self.city.port) as line:
            due = time.monotonic()
            while not self.stopping:
                await visit(line)
                due = max(due + every, time.monotonic())
                await asyncio.sleep(due - time.monotonic())

    async def _read_page(self, line: "Line") -> None:
        path = next(self._pages)
        session = self.city.people["clerk" if path.startswith("/office/") else "mother"]
        at = time.monotonic()
        status, _head, body = await line.send(request("GET", path, headers={"Cookie": f"session={session}"}))
        assert status == 200, (path, status, body[:300])
        self.looks.append(Look("page", at, time.monotonic() - at))

    async def _ask(self, line: "Line") -> None:
        number = KNOWN if len(self.looks) % 2 else next(self._properties)
        headers = {"Authorization": f"Bearer {self.city.people['token']}"}
        at = time.monotonic()
        status, _head, body = await line.send(request("GET", f"/api/property/{number}", headers=headers))
        taken = time.monotonic() - at
        assert status == 200, (number, status, body[:300])
        found = json.loads(body)
        said = {code: frozenset(_reasons(found[part])) for part, code in PARTS.items()}
        self.looks.append(Look("property", at, taken, said))

    async def _begin_to_apply(self, line: "Line") -> None:
        """Begin to register a newborn, look at what the city has filled in, and throw it away again."""
        cookie = {"Cookie": f"session={self.city.people['mother']}; csrf={TOKEN}"}
        at = time.monotonic()
        status, head, body = await line.send(_form("/apply/LA-GA-001/", cookie))
        taken = time.monotonic() - at
        place = re.search(rb"(?i)location: (/apply/drafts/[0-9a-f-]{36}/)", head)
        assert status == 302 and place, (status, body[:300])
        draft, said = place[1].decode(), {}
        for key, code, name in (("birth", "wjw", "certificate_no"), ("parents", "mzj", "other_parent_name")):
            status, _head, body = await line.send(request("GET", f"{draft}{key}/", headers=cookie))
            assert status == 200, (key, status)
            said[code] = frozenset(_origin(body.decode(), name))
        status, _head, body = await line.send(_form(f"{draft}discard/", cookie))
        assert status == 302, ("discard", status)
        self.looks.append(Look("application", at, taken, said))


class Line:
    """One kept connection to the server."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> "Line":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def send(self, whole: bytes) -> tuple[int, bytes, bytes]:
        self.writer.write(whole)
        return await asyncio.wait_for(read_answer(self.reader), 30)


def _reasons(drawn: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each field of one source says: VALUE or the code of a reason that is there in words too."""
    assert drawn["fields"], drawn
    for name, found in drawn["fields"].items():
        if found["status"] == "value" and not found["stale"]:
            yield VALUE
        else:
            assert found["code"] and found["words"], (name, found)
            yield found["code"]


def _origin(page: str, name: str) -> Iterator[str]:
    """Yield VALUE where the page shows what a source has said of `name`, else the words of the reason beside it."""
    after = page.partition(f'name="{name}"')[2]
    words = re.search(r'<p class="c-origin">([^<]*)', after)
    assert words, (name, after[:500])
    yield VALUE if words[1].startswith("来自") else words[1].strip().partition("请您填写。")[2]


def _form(path: str, cookie: Mapping[str, str]) -> bytes:
    headers = {**cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", path, headers=headers, body=urlencode({"csrfmiddlewaretoken": TOKEN}).encode())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of `values` do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]
