"""The nouns of participation."""

from civic.participation.models.eligibility import Eligibility
from civic.participation.models.motion import Motion, PanelVote
from civic.participation.models.panel import Interest, Panel, PanelMember
from civic.participation.models.phase import Extension, Phase
from civic.participation.models.sheet import PaperEntry, Sheet
from civic.participation.models.sortition import Register, Seat, Sortition

__all__ = [
    "Eligibility",
    "Extension",
    "Interest",
    "Motion",
    "Panel",
    "PanelMember",
    "PanelVote",
    "PaperEntry",
    "Phase",
    "Register",
    "Seat",
    "Sheet",
    "Sortition",
]
