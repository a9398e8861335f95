"""The report of a consultation in one JSON object: what was suggested, what stands highest, how many took part.

The counterpart of the article's `PolicyConsultation`: likes are people, one each; the rate is of people, not of
suggestions; nobody's name is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from civic.consultation.rules.standing import Eligible, Heard, participation, top


@dataclass(frozen=True)
class Suggestion:
    """What one verified resident suggests, who likes it, and to how many people it was shown."""

    author: str
    words: str
    at: datetime
    likes: frozenset[str] = frozenset()
    seen: int = 0


def liked(suggestion: Suggestion, *, by: str) -> Suggestion:
    """Return the suggestion with one more who likes it; who likes it already, or made it, changes nothing."""
    likes = suggestion.likes | ({by} - {suggestion.author})
    return Suggestion(suggestion.author, suggestion.words, suggestion.at, likes, suggestion.seen)


def report(policy: str, suggestions: Sequence[Suggestion], *, eligible: Eligible, count: int = 3) -> dict[str, Any]:
    """Return the report; every value is one that JSON has. `count`: how many suggestions it lists.

    Units: the rate in per cent, to six decimals; instants in ISO 8601. For the city's own eyes: what is published
    beside a table of areas and ages takes its number of people from `standing.Release`.
    Raises: WrongDenominator.
    """
    people = {suggestion.author for suggestion in suggestions}.union(*(one.likes for one in suggestions))
    took_part = participation(people, eligible)
    listed = top((Heard(str(at), len(one.likes), one.seen) for at, one in enumerate(suggestions)), count=count)
    return {
        "policy_id": policy,
        "total_suggestions": len(suggestions),
        "total_likes": sum(len(one.likes) for one in suggestions),
        "top_suggestions": [
            {
                "suggestion": suggestions[int(one.key)].words,
                "timestamp": suggestions[int(one.key)].at.isoformat(),
                "likes": one.supports,
                "seen": one.seen,
                "share_low": round(one.low, 4),
                "share_high": round(one.high, 4),
            }
            for one in listed
        ],
        "participation_rate": took_part.percent,
        "participants": took_part.people,
        "eligible": eligible.people,
        "eligible_source": eligible.source,
        "eligible_on": eligible.on.isoformat(),
    }
