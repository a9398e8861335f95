"""The city's own words for the site, read once from the city pack's city.yaml."""

from dataclasses import dataclass

import yaml
from django.conf import settings

from civic.core.text import local


@dataclass(frozen=True)
class Site:
    """What the frame of every page says about the city."""

    title: str = "政务服务"
    title_en: str = "Government Services"
    place: str = "本市"
    place_en: str = "the city"
    mark: str = "政"
    hotline: str = "12345"
    stuck_phone: str = "12345"
    stuck_place: str = ""
    stuck_place_en: str = ""

    @property
    def name(self) -> str:
        """The site's name in the reader's language."""
        return local(self, "title")

    @property
    def city(self) -> str:
        """The city's name in the reader's language."""
        return local(self, "place")


def load() -> Site:
    """Return the site of the city pack; the neutral one when the pack has no city.yaml."""
    path = settings.CITY_PACK / "city.yaml"
    if not path.exists():
        return Site()
    return Site(**{name: str(value) for name, value in yaml.safe_load(path.read_text(encoding="utf-8")).items()})
