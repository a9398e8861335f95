"""The nouns of instant approval."""

from civic.instant.models.check import Check
from civic.instant.models.offer import Offer
from civic.instant.models.onward import Onward
from civic.instant.models.recheck import Recheck
from civic.instant.models.ruling import Ruling

__all__ = ["Check", "Offer", "Onward", "Recheck", "Ruling"]
