"""The nouns of budgeting."""

from civic.budgeting.models.box import Ballot, Batch, Opening
from civic.budgeting.models.casting import Envelope, Stub
from civic.budgeting.models.paper import Pad, PaperForm, Reading, Urn
from civic.budgeting.models.poll import Poll
from civic.budgeting.models.register import Mark

__all__ = [
    "Ballot",
    "Batch",
    "Envelope",
    "Mark",
    "Opening",
    "Pad",
    "PaperForm",
    "Poll",
    "Reading",
    "Stub",
    "Urn",
]
