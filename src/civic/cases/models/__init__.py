"""The nouns of a case."""

from civic.cases.models.case import Case
from civic.cases.models.commitment import Commitment
from civic.cases.models.credit import CreditMark
from civic.cases.models.draft import Draft
from civic.cases.models.hearing import Hearing
from civic.cases.models.look_up import LookUp
from civic.cases.models.parts import Correction, Decision, Extension, Submission
from civic.cases.models.saved_filter import SavedFilter
from civic.cases.models.task import Task

__all__ = [
    "Case",
    "Commitment",
    "Correction",
    "CreditMark",
    "Decision",
    "Draft",
    "Extension",
    "Hearing",
    "LookUp",
    "SavedFilter",
    "Submission",
    "Task",
]
