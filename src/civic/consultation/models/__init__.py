"""The nouns of consultation, one file each family."""

from civic.consultation.models.consultation import Attachment, Consultation, DraftVersion
from civic.consultation.models.opinion import Opinion, Ruling
from civic.consultation.models.participant import Participant
from civic.consultation.models.stance import Reception, Sight, Stance

__all__ = [
    "Attachment",
    "Consultation",
    "DraftVersion",
    "Opinion",
    "Participant",
    "Reception",
    "Ruling",
    "Sight",
    "Stance",
]
