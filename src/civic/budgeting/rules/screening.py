"""What a screening comes to: a proposal is judged by criteria that were published before it was made. No Django."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

ADMIT, REPAIR, REFUSE = "admit", "ask_repair", "refuse"
LEAST_REASON = 6  # characters: "no" is no reason


@dataclass(frozen=True)
class Finding:
    """Whether one published criterion is met; why not, and what would make it so."""

    key: str
    is_met: bool
    reason: str = ""
    remedy: str = ""


def why_incomplete(findings: Sequence[Finding], published: Collection[str]) -> tuple[str, str] | None:
    """Return (key of the criterion, what is wrong with what was said of it); None if each is judged once, with reason.

    What is wrong: "unjudged", "unknown", "reason" (a criterion that is not met needs reason and remedy).
    """
    said = [one.key for one in findings]
    for key in published:
        if said.count(key) != 1:
            return key, "unjudged"
    for one in findings:
        if one.key not in published:
            return one.key, "unknown"
        if not one.is_met and min(len(one.reason.strip()), len(one.remedy.strip())) < LEAST_REASON:
            return one.key, "reason"
    return None


def verdict(findings: Sequence[Finding], *, is_second: bool) -> str:
    """Return the step that findings bring: everything met: in; else mended once; after the second time refused."""
    if all(one.is_met for one in findings):
        return ADMIT
    return REFUSE if is_second else REPAIR
