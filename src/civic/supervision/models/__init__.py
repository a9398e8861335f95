"""The nouns of supervision."""

from civic.supervision.models.card import Basis, Card
from civic.supervision.models.complaint import Complaint
from civic.supervision.models.meeting import Assignment, Item, Meeting
from civic.supervision.models.order import Order

__all__ = ["Assignment", "Basis", "Card", "Complaint", "Item", "Meeting", "Order"]
