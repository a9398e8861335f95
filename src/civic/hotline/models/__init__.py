"""The nouns of the hotline."""

from civic.hotline.models.automatic import AutomaticDispatch
from civic.hotline.models.deputies import Reception, Station
from civic.hotline.models.exclusion import Exclusion, ExclusionGround
from civic.hotline.models.hotspot import Hotspot
from civic.hotline.models.lists import AnswerTemplate, Category, Duty, Ground, Profile, Tolerance, Watch
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
from civic.hotline.models.surge import Surge
from civic.hotline.models.ticket import Ticket, Voice

__all__ = [
    "AnswerTemplate",
    "AutomaticDispatch",
    "Category",
    "Contact",
    "Dispatch",
    "Duty",
    "Exclusion",
    "ExclusionGround",
    "Extension",
    "Ground",
    "Hotspot",
    "Objection",
    "Profile",
    "Reception",
    "Reconsideration",
    "Reply",
    "Revisit",
    "Station",
    "Supplement",
    "Surge",
    "Ticket",
    "Tolerance",
    "Voice",
    "Watch",
]
