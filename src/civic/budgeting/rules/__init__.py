"""The law of counting: pure functions, exact integers and fractions, ties by a rule that is frozen before the vote."""

from civic.budgeting.rules.counting import RULES, count
from civic.budgeting.rules.election import Choice, Election, Project, Ties
from civic.budgeting.rules.outcome import Award, Outcome, Shortfall

__all__ = ["RULES", "Award", "Choice", "Election", "Outcome", "Project", "Shortfall", "Ties", "count"]
