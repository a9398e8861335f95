"""How a review group decides: who is recused, what a majority is. No Django."""

from collections.abc import Collection, Mapping

FOR = "FOR"
ADOPT, REJECT, LAPSE = "adopt", "reject", "lapse"


def touches(interests: Collection[str], concerns: Collection[str]) -> bool:
    """Whether a declared interest is in anything that a motion concerns (both are ledger ids or codes)."""
    return not set(interests).isdisjoint(concerns)


def outcome(votes: Mapping[int, str], *, entitled: Collection[int], quorum: int, every_seat_heard: bool) -> str | None:
    """Return the step that a vote brings: adopt, reject or lapse; None while it is open how it ends.

    `entitled`: the members who are not recused; `votes`: what members said, those of recused members do not count;
    `every_seat_heard`: nobody else will vote (all have, or the chair closes the vote).
    Adopted when more than half of those entitled are for it, abstentions and absences count as not for it.
    Lapsed when fewer than `quorum` of those entitled have voted.
    """
    counted = {member: voice for member, voice in votes.items() if member in entitled}
    if not every_seat_heard and len(counted) < len(entitled):
        return None
    if len(counted) < quorum:
        return LAPSE
    favour = sum(voice == FOR for voice in counted.values())
    return ADOPT if favour * 2 > len(entitled) else REJECT
