"""A clause as people cite it: 第十二条第二款第三项. No Django."""

from civic.consultation.rules.draft import CHINESE, Draft, Kind
from civic.consultation.rules.numerals import numeral

COUNTED = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)


def citation(draft: Draft, anchor: str) -> str:
    """Return how a clause is cited, from the article down; "" if the draft has no such clause.

    An article of one paragraph is cited without it; chapters are not named, since articles are numbered through.
    """
    known = {clause.anchor: clause for clause in draft.clauses}
    parts: list[str] = []
    at: str | None = anchor
    while at is not None and at in known:
        clause = known[at]
        only = clause.kind is Kind.PARAGRAPH and sum(one.parent == clause.parent for one in draft.clauses) == 1
        if clause.kind in COUNTED and not only:
            parts.append(f"第{numeral(clause.number)}{CHINESE[clause.kind]}")
        elif clause.kind not in COUNTED and (clause.kind is Kind.ARTICLE or not parts):
            parts.append(clause.label)
        at = clause.parent
    return "".join(reversed(parts))


def wording(draft: Draft, anchor: str) -> str:
    """Return the words of a clause with all that stands below it, a line each; "" if the draft has no such clause."""
    return "\n".join(clause.words for clause in draft.below(anchor) if clause.words)
