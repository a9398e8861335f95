"""The departments played in this process, on the day of the tests."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from civic.adapters.departments.fake import in_process


@pytest.fixture(autouse=True)
def departments(settings: LazySettings) -> Iterator[None]:
    settings.DEPARTMENTS_AT, settings.DEPARTMENTS_ON = "fake", "2026-03-02"
    in_process.start_anew()
    yield
    in_process.start_anew()
