"""The nouns of the catalogue."""

from civic.catalogue.models.place import Place, Theme
from civic.catalogue.models.service import Service
from civic.catalogue.models.version import Version

__all__ = ["Place", "Service", "Theme", "Version"]
