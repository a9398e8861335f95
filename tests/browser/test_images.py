"""The READMEs' pictures: made anew when CIVIC_UPDATE_IMAGES=1, else only known to be there and small."""

import os
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.timezone import now
from PIL import Image

from civic.accounts.demonstration import create_demonstration_accounts
from civic.accounts.models import Account
from civic.cases.demonstration import create_demonstration_cases
from civic.cases.models import Case
from tests.browser.conftest import ROOT, View

IMAGES = ROOT / "docs" / "images"
NAMES = ("front", "service", "receipt", "worklist", "case")
MOST_BYTES = 120_000
UPDATING = os.environ.get("CIVIC_UPDATE_IMAGES") == "1"


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readmes_show_pictures_that_are_there_and_small(readme):
    shown = re.findall(r"docs/images/([a-z]+)\.png", (ROOT / readme).read_text(encoding="utf-8"))

    assert sorted(set(shown)) == sorted(NAMES)
    for name in NAMES:
        assert (IMAGES / f"{name}.png").stat().st_size <= MOST_BYTES


@pytest.mark.browser
@pytest.mark.skipif(not UPDATING, reason="set CIVIC_UPDATE_IMAGES=1 to take the pictures anew")
@pytest.mark.django_db(transaction=True)
def test_take_the_pictures(visit, logged_in, settings):
    settings.CITY_COMMANDS = []
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=now() - timedelta(days=30))
    create_demonstration_cases(at=now())
    home = Case.objects.filter(service__code="LA-ZR-001", state="IN_REVIEW").latest("submitted_at")
    wang = logged_in(home.applicant)
    zhang = logged_in(Account.objects.get(username="zrzy.zhangmin"))

    take(visit("/", View("standard", 360)), "front", 760)
    take(visit("/services/LA-ZR-001/", View("standard", 360)), "service", 760)
    take(visit(f"/my/cases/{home.number}/receipt/", View("standard", 360), wang), "receipt", 760)
    take(visit("/office/cases/?view=all", View("standard", 1280), zhang), "worklist", 620)
    take(visit(f"/office/cases/{home.number}/", View("standard", 1280), zhang), "case", 820)


def take(page, name: str, height: int) -> Path:
    """Save the top of the page with fewer colours: small enough for a README."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(160, dither=Image.Dither.NONE)
    IMAGES.mkdir(parents=True, exist_ok=True)
    target = IMAGES / f"{name}.png"
    shot.save(target, optimize=True)
    return target
