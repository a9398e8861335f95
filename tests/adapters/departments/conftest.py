"""The departments on a fixed day, once over HTTP for all tests and once in this process."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from civic.adapters.departments import tokens
from civic.adapters.departments.endpoint import Endpoint, endpoint_of
from civic.adapters.departments.fake import in_process
from civic.adapters.departments.fake.server import Departments, running
from civic.adapters.departments.question import Question

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="session")
def departments() -> Iterator[Departments]:
    with running(on=MONDAY) as servers:
        yield servers


@pytest.fixture
def served(departments: Departments, settings: Any) -> Iterator[Departments]:
    """The departments over HTTP, well behaved, and told of nothing yet."""
    departments.town.switches.calm()
    for notice in departments.town.notices.all():
        departments.town.notices.drop(notice.department, notice.name, notice.key)
    settings.DEPARTMENTS_AT = departments.address()
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{departments.server_port}"]
    tokens.forget_all()
    yield departments
    departments.town.switches.calm()


@pytest.fixture
def played(settings: Any) -> Iterator[None]:
    """The departments in this process."""
    settings.DEPARTMENTS_AT = "fake"
    settings.DEPARTMENTS_ON = MONDAY.isoformat()
    in_process.start_anew()
    tokens.forget_all()
    yield
    in_process.start_anew()


@pytest.fixture(params=["http", "in process"])
def anywhere(request: pytest.FixtureRequest) -> Callable[[str], Endpoint]:
    """Return the endpoint of a department, each test once over HTTP and once without."""
    request.getfixturevalue("served" if request.param == "http" else "played")
    return endpoint_of


def question(resource: str, fields: str, *, purpose: str = "新生儿落户", **subject: str) -> Question:
    """Return a question about one subject; `fields` are separated by blanks."""
    return Question(
        resource=resource, subject=subject, fields=fields.split(), call="7d3f1c1e-0000-4000-8000-000000000001",
        case="LA20260302000001", service="LA-GA-001", purpose=purpose, legal_basis="户口登记条例",
        on_behalf_of="p-1",
    )  # fmt: skip
