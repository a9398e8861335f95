"""A city whose sources are played."""

import pytest

from tests.factories import exchange as make


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> make.Sources:
    return make.sources(monkeypatch)


@pytest.fixture
def city(db: None) -> None:
    make.city()
