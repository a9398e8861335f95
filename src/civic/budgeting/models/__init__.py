"""The nouns of budgeting."""

from civic.budgeting.models.box import Ballot, Batch, Opening
from civic.budgeting.models.casting import Envelope, Stub
from civic.budgeting.models.credit import CoAuthor, Support
from civic.budgeting.models.delivery import Answer, Milestone, Photo
from civic.budgeting.models.history import Change, Screening
from civic.budgeting.models.paper import Pad, PaperForm, Reading, Urn
from civic.budgeting.models.poll import Poll
from civic.budgeting.models.proposal import Proposal
from civic.budgeting.models.register import Mark
from civic.budgeting.models.result import Result
from civic.budgeting.models.round import Round, Section

__all__ = [
    "Answer",
    "Ballot",
    "Batch",
    "Change",
    "CoAuthor",
    "Envelope",
    "Mark",
    "Milestone",
    "Opening",
    "Pad",
    "PaperForm",
    "Photo",
    "Poll",
    "Proposal",
    "Reading",
    "Result",
    "Round",
    "Screening",
    "Section",
    "Stub",
    "Support",
    "Urn",
]
