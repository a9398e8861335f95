"""The API answers anything with what its own schema says and never with a 5xx, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from civic.config.api import api
from tests.chaos.world import World
from tests.factories import accounts as people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors_open")]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
WHO = ("anonymous", "resident", "clerk", "leader")


@pytest.fixture
def world() -> World:
    world = World()
    world.accepted  # noqa: B018 (a case that the roles can find)
    world.voice  # noqa: B018 (and a ticket, with the hotline's lists)
    return world


def headers_of(world: World, who: str) -> dict[str, str]:
    found = {"resident": world.wang, "clerk": world.staff["clerk"], "leader": world.staff["leader"]}
    return {"Authorization": f"Bearer {people.token(found[who])}"} if who in found else {}


def platform(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The platform as a WSGI application that leaves the test's database connection open."""
    response = ClientHandler(enforce_csrf_checks=True)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


def operations() -> list[str]:
    """Return the names of all operations of the API."""
    paths = api.get_openapi_schema()["paths"]
    return sorted(operation["operationId"] for methods in paths.values() for operation in methods.values())


def fuzz(world: World, who: str, examples: int, only: str = "") -> None:
    """Send generated requests to every operation (or one) and check each answer."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", platform)
    headers = headers_of(world, who)
    for result in schema.get_all_operations():
        operation = result.ok()
        if only and operation.definition.raw.get("operationId") != only:
            continue

        @settings(max_examples=examples, deadline=None, suppress_health_check=CALM, database=None, derandomize=not only)
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            if "number" in (case.path_parameters or {}):
                of_ticket = case.operation.path.startswith("/api/tickets/")
                case.path_parameters["number"] = (world.voice if of_ticket else world.accepted).number
            case.validate_response(case.call(headers=headers), checks=CHECKS)

        check()


@pytest.mark.parametrize("who", WHO)
def test_generated_requests_meet_no_error_and_no_violation_of_the_schema(world: World, who: str) -> None:
    fuzz(world, who, examples=15)


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("operation", operations())
def test_very_many_generated_requests(world: World, who: str, operation: str) -> None:
    fuzz(world, who, examples=200, only=operation)
