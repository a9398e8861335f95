"""The nouns of the hotline."""

from civic.hotline.models.hotspot import Hotspot
from civic.hotline.models.lists import Category, Duty, Ground, Profile, Watch
from civic.hotline.models.parts import Contact, Dispatch, Extension, Objection, Reply, Revisit, Supplement
from civic.hotline.models.surge import Surge
from civic.hotline.models.ticket import Ticket, Voice

__all__ = [
    "Category",
    "Contact",
    "Dispatch",
    "Duty",
    "Extension",
    "Ground",
    "Hotspot",
    "Objection",
    "Profile",
    "Reply",
    "Revisit",
    "Supplement",
    "Surge",
    "Ticket",
    "Voice",
    "Watch",
]
