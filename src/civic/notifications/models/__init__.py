"""The nouns of notifications."""

from civic.notifications.models.delivery import Delivery
from civic.notifications.models.notice import Notice
from civic.notifications.models.template import Template

__all__ = ["Delivery", "Notice", "Template"]
