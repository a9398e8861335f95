"""What the ledger's tests stand on: keys and witness of their own, and two sealed nouns that exist only here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from civic.audit import keys


@pytest.fixture(autouse=True)
def _own_secrets(tmp_path: Path, settings: object) -> Iterator[None]:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    settings.LEDGER_WITNESS = tmp_path / "witness"  # type: ignore[attr-defined]
    settings.LEDGER_KEY = settings.SEAL_KEY = ""  # type: ignore[attr-defined]
    settings.LEDGER_PUBLIC_KEYS, settings.FORMER_SEAL_KEYS = [], []  # type: ignore[attr-defined]
    keys.secret.cache_clear()
    yield
    keys.secret.cache_clear()
    translation.deactivate()  # an English page must not colour the next test
