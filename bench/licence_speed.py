"""How fast licences are issued, signed, set as PDF and verified; the database is the caller's.

Every function returns (how many, in how many seconds).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from civic.adapters.signing.client import trusted
from civic.licences import services
from civic.licences.formats.verdict import read_any
from civic.licences.models import Licence
from tests.factories.accounts import LIU_GUIYING, person
from tests.factories.licences import licence, licence_type

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
Figure = tuple[int, float]


def timed(count: int, act: Callable[[int], object]) -> Figure:
    start = time.perf_counter()
    for number in range(count):
        act(number)
    return count, time.perf_counter() - start


def issue(count: int) -> Figure:
    """Issue licences one after the other, each in its own transaction."""
    holder, _type = person("刘桂英", id_number=LIU_GUIYING["id_number"]), licence_type()
    return timed(count, lambda number: licence(holder=holder, case=f"SPEED{time.time_ns()}-{number}"[:40]))


def sign(made: list[Licence]) -> Figure:
    """Sign the data file and the credential of each."""
    return timed(len(made), lambda number: services.sign_licence(licence=made[number], by="test", at=AT))


def render(made: list[Licence]) -> Figure:
    """Set each as PDF and sign that."""
    return timed(len(made), lambda number: services.render_licence(licence=made[number], by="test", at=AT))


def verify(content: bytes, count: int) -> Figure:
    """Verify one file again and again, without the register."""
    believed = trusted(at=AT)
    return timed(count, lambda _number: read_any(content, believed))


def verify_with_register(content: bytes, count: int) -> Figure:
    """Verify one file against the register."""
    return timed(count, lambda _number: services.verify_file(content, at=AT))
