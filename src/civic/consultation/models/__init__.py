"""The nouns of consultation, one file each family."""

from civic.consultation.models.consultation import Attachment, Consultation, DraftVersion
from civic.consultation.models.edition import MapEdition
from civic.consultation.models.opinion import Opinion, Ruling
from civic.consultation.models.participant import Participant
from civic.consultation.models.report import FollowUp, Report
from civic.consultation.models.stance import Reception, Sight, Stance
from civic.consultation.models.statement import Statement, StatementVote
from civic.consultation.models.theme import Placing, Theme

__all__ = [
    "Attachment",
    "Consultation",
    "DraftVersion",
    "FollowUp",
    "MapEdition",
    "Opinion",
    "Participant",
    "Placing",
    "Reception",
    "Report",
    "Ruling",
    "Sight",
    "Stance",
    "Statement",
    "StatementVote",
    "Theme",
]
