"""The words of a clause with all that stands below it. No Django."""

from civic.consultation.rules.draft import Draft


def wording(draft: Draft, anchor: str) -> str:
    """Return the words of a clause with all that stands below it, a line each; "" if the draft has no such clause."""
    return "\n".join(clause.words for clause in draft.below(anchor) if clause.words)
