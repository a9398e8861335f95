"""Where the shared real data are; tests on them are skipped where they are absent."""

import os
from pathlib import Path

import pytest
from django.conf import settings

PLACES = [Path(os.environ.get("CIVIC_SHARED_DATA", "-")), settings.ROOT.parent / "shared" / "data"]
DATA = next((place for place in PLACES if place.is_dir()), PLACES[0])
HAS_DATA = DATA.is_dir() or os.environ.get("CI") == "true"  # CI has them: a test that lacks them there fails
needs_data = pytest.mark.skipif(not HAS_DATA, reason="the shared real data are not here: set CIVIC_SHARED_DATA")
