"""The nouns of the hotline."""

from civic.hotline.models.exclusion import Exclusion, ExclusionGround
from civic.hotline.models.lists import Category, Duty, Ground, Profile
from civic.hotline.models.parts import Contact, Dispatch, Extension, Objection, Reply, Revisit, Supplement
from civic.hotline.models.ticket import Ticket, Voice

__all__ = [
    "Category",
    "Contact",
    "Dispatch",
    "Duty",
    "Exclusion",
    "ExclusionGround",
    "Extension",
    "Ground",
    "Objection",
    "Profile",
    "Reply",
    "Revisit",
    "Supplement",
    "Ticket",
    "Voice",
]
