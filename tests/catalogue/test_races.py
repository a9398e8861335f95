"""Two officials at once: one draft, one publication."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.catalogue.models import Service, Version
from civic.catalogue.services import publish_version
from civic.core.errors import Refusal
from tests.factories import catalogue as factory
from tests.factories.catalogue import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], object], threads: int = 8) -> list[str]:
    """Run `act` in several threads that start together; return "done" or the name of the refusal of each."""
    gate, results = threading.Barrier(threads), list[str]()

    def run() -> None:
        gate.wait()
        try:
            act()
            results.append("done")
        except Refusal as refusal:
            results.append(type(refusal).__name__)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(results)


def test_eight_clerks_start_a_draft_and_one_gets_it() -> None:
    service = factory.published_service(code="LA-RS-001")

    results = at_once(lambda: Service.objects.get(pk=service.pk).start_draft(by="operator", at=MONDAY))

    assert results == ["DraftExists"] * 7 + ["done"]
    assert list(Version.objects.order_by("number").values_list("number", "state")) == [(1, "PUBLISHED"), (2, "DRAFT")]


def test_eight_publishers_publish_one_draft_and_one_succeeds() -> None:
    draft = factory.draft(code="LA-RS-009")

    results = at_once(lambda: publish_version(Version.objects.get(pk=draft.pk), by="operator", at=MONDAY))

    assert results == ["StepRefused"] * 7 + ["done"]
    assert Entry.objects.filter(step="catalogue.version.publish").count() == 1
