"""The nouns of the hotline."""

from civic.hotline.models.deputies import Reception, Station
from civic.hotline.models.lists import Category, Duty, Ground, Profile
from civic.hotline.models.parts import (
    Contact,
    Dispatch,
    Extension,
    Objection,
    Reconsideration,
    Reply,
    Revisit,
    Supplement,
)
from civic.hotline.models.ticket import Ticket, Voice

__all__ = [
    "Category",
    "Contact",
    "Dispatch",
    "Duty",
    "Extension",
    "Ground",
    "Objection",
    "Profile",
    "Reception",
    "Reconsideration",
    "Reply",
    "Revisit",
    "Station",
    "Supplement",
    "Ticket",
    "Voice",
]
