"""What of an opinion map may leave the house: groups and shares, no people, no group and no cell of fewer than five."""

from collections.abc import Iterable, Mapping
from typing import Any

from civic.consultation.opinions.opinion_map import OpinionMap
from civic.consultation.rules.counting import Tally
from civic.consultation.rules.standing import SMALLEST_CELL

LETTERS = "ABCDE"  # the names of the groups, the largest first


def published(found: OpinionMap, tallies: Mapping[str, Tally], bodies: Mapping[str, str]) -> dict[str, Any]:
    """Return the map as one JSON object: counts, groups, statements by consensus, what is typical of each group.

    `tallies` counts everybody's votes under the rule in force. Shares are smoothed. Where fewer than five people of a
    group, but not none, answered a statement, the shares of all groups are withheld for it, so that none can be
    worked out from the whole; with a group of fewer than five that is every statement, and its size is withheld too.
    With the shares goes what is made of them: the consensus is their product, which with the counts of all gives the
    small group's answers away, and the kind tells its side. Such statements come last, in the order of their keys.
    """
    return {
        "participants": found.participants,
        "placed": len(found.votes.voters),
        "one_sided": found.one_sided if not 0 < found.one_sided < SMALLEST_CELL else None,
        "explained": [round(share, 4) for share in found.plane.explained],
        "silhouettes": {str(k): round(score, 4) for k, score in found.groups.silhouettes.items()},
        "stability": _stability(found),
        "groups": _groups(found),
        "statements": _statements(found, tallies, bodies),
    }


def small_groups(found: OpinionMap) -> set[int]:
    """Return the groups that are too small to be shown."""
    return {at for at, size in enumerate(found.groups.sizes) if size < SMALLEST_CELL}


def shares_shown(found: OpinionMap, at: int) -> bool:
    """Return whether the groups' shares of a statement (its column) may be shown."""
    return not any(0 < seen < SMALLEST_CELL for seen in found.counts.seen[:, at]) and not small_groups(found)


def _stability(found: OpinionMap) -> dict[str, Any] | None:
    if found.stability is None:
        return None
    return {
        "draws": found.stability.draws,
        "agreement": round(found.stability.agreement, 4),
        "stable": found.is_stable,
    }


def _groups(found: OpinionMap) -> list[dict[str, Any]]:
    small = small_groups(found)
    columns = {statement: at for at, statement in enumerate(found.votes.statements)}
    return [
        {
            "name": LETTERS[at],
            "people": None if small else size,
            "typical": [
                {"statement": one.statement, "side": one.side, "share": round(one.share, 2)}
                for one in found.typical[at]
                if shares_shown(found, columns[one.statement])
            ],
        }
        for at, size in enumerate(found.groups.sizes)
        if at not in small
    ]


def _statements(found: OpinionMap, tallies: Mapping[str, Tally], bodies: Mapping[str, str]) -> list[dict[str, Any]]:
    shown = [shares_shown(found, at) for at in range(len(found.votes.statements))]
    order = sorted(range(len(shown)), key=lambda at: (-found.consensus[at] if shown[at] else 1, at))
    agree, disagree, steady = found.counts.agree_share, found.counts.disagree_share, found.stability
    rows = []
    for at in order:
        statement = found.votes.statements[at]
        tally, has_shares = tallies.get(statement, Tally()), shown[at]
        rows.append(
            {
                "statement": statement,
                "text": bodies.get(statement, ""),
                "agrees": tally.agrees,
                "disagrees": tally.disagrees,
                "passes": tally.passes,
                "kind": str(found.kinds[at]) if has_shares else None,
                "consensus": round(float(found.consensus[at]), 2) if has_shares else None,
                "interval": _rounded((steady.low[at], steady.high[at])) if steady and has_shares else None,
                "agree_by_group": _rounded(agree[:, at]) if has_shares else None,
                "disagree_by_group": _rounded(disagree[:, at]) if has_shares else None,
            }
        )
    return rows


def _rounded(shares: Iterable[float]) -> list[float]:
    return [round(float(share), 2) for share in shares]
