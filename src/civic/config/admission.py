"""Who is served first when more come than can be served, and who is turned away before waiting is of no use. No Django.

Each errand waits in a line of its own; the most urgent line is served first. A line that has not been empty for a
tenth of a second stands: whoever joins it then is kept for a moment only, so that a burst is smoothed and a crowd is
told at once. Source: the controlled delay of B. Maurer, "Fail at Scale", ACM Queue 13 (8), 2015, after K. Nichols and
V. Jacobson, "Controlling Queue Delay", ACM Queue 10 (5), 2012; a line for each errand is ours.

Within a line the clients take turns, so that one who sends sixty requests at once keeps nobody else waiting; in a full
room whoever holds more than a client's share of the places gives one up to who holds fewer. A client alone has all of
them. Source: J. Nagle, RFC 970, 1985; who has most goes: P. McKenney, "Stochastic Fairness Queueing", 1990.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

HANDS, WAITING_ROOM = 8, 52  # requests of a process: served at once, and waiting
SHARE = 25  # per cent of the places that one client may hold while others find none
INTERVAL = 0.1  # seconds for which a line must have stood to be a crowd
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READY = "/readyz"
OWN_PLACES = ("/office/", "/my/", "/login/", "/hotline/write/", "/hotline/receipt/", "/static/")


class Errand(IntEnum):
    """What somebody comes for, the most urgent first."""

    SUBMISSION = 0  # a step that somebody has finished: it must not be lost
    OWN = 1  # staff and residents at their own pages, and what any page needs to be shown
    BROWSING = 2  # everybody may read it, and may read it later


class Fate(Enum):
    """What becomes of a visitor."""

    WAITING = "waiting"
    SERVED = "served"
    TURNED_AWAY = "turned-away"


@dataclass(frozen=True)
class Patience:
    """How long somebody waits, in seconds: where the line moves, and where it stands."""

    calm: float
    rushed: float


PATIENCE: Mapping[Errand, Patience] = {
    Errand.SUBMISSION: Patience(10.0, 10.0),
    Errand.OWN: Patience(2.0, 0.5),
    Errand.BROWSING: Patience(0.5, 0.02),
}


@dataclass(eq=False)
class Visitor:
    """One request: what for, until when it waits, whose, and what became of it."""

    errand: Errand
    until: float
    whose: str = ""
    fate: Fate = Fate.WAITING


class Lines:
    """The lines of one process, in a room of so many places. Instants are seconds of one clock that only goes on.

    `share`: per cent of the places beyond which a client gives one up in a full room.
    """

    def __init__(self, *, room: int, share: int = SHARE, patience: Mapping[Errand, Patience] = PATIENCE) -> None:
        self.room, self.patience = room, patience
        self.places_each = share_of(room, share)
        self._lines: dict[Errand, dict[str, deque[Visitor]]] = {errand: {} for errand in Errand}  # clients by turn
        self._calm_at = dict.fromkeys(Errand, float("-inf"))

    # Verbs

    def arrive(self, errand: Errand, at: float, whose: str = "") -> tuple[Visitor, Visitor | None]:
        """Let somebody join their line; return them, and who has to go for them where the room is full.

        Where nobody there is less urgent or holds more than their share, it is who arrives that is turned away.
        """
        self._note(at)
        is_rushed = at - self._calm_at[errand] > INTERVAL
        patience = self.patience[errand]
        visitor = Visitor(errand, at + (patience.rushed if is_rushed else patience.calm), whose)
        gone = None
        if self.waiting() >= self.room:
            gone = self._least_urgent_below(errand) or self._beyond_share(visitor)
            if gone is None:
                visitor.fate = Fate.TURNED_AWAY
                return visitor, None
            self.turn_away(gone, at)
        self._lines[errand].setdefault(whose, deque()).append(visitor)
        return visitor, gone

    def call(self, at: float) -> Visitor | None:
        """Return who is served next; who has waited too long is turned away on the way. None: nobody waits."""
        found = None
        for line in self._lines.values():
            while line and found is None:
                whose = next(iter(line))
                visitor = line[whose].popleft()
                is_served = visitor.until >= at
                visitor.fate = Fate.SERVED if is_served else Fate.TURNED_AWAY
                _leave(line, whose, takes_turn=is_served)
                found = visitor if is_served else None
        self._note(at)
        return found

    def turn_away(self, visitor: Visitor, at: float) -> bool:
        """Take somebody who still waits out of their line; return whether they did not get their turn."""
        if visitor.fate is Fate.WAITING:
            line = self._lines[visitor.errand]
            line[visitor.whose].remove(visitor)
            _leave(line, visitor.whose, takes_turn=False)
            visitor.fate = Fate.TURNED_AWAY
            self._note(at)
        return visitor.fate is Fate.TURNED_AWAY

    # Questions

    def waiting(self) -> int:
        return sum(len(own) for line in self._lines.values() for own in line.values())

    def _least_urgent_below(self, errand: Errand) -> Visitor | None:
        """Return the last of the client with most in the least urgent line, if that is less urgent than `errand`."""
        for least, line in reversed(self._lines.items()):
            if line:
                return max(line.values(), key=len)[-1] if least > errand else None
        return None

    def _beyond_share(self, visitor: Visitor) -> Visitor | None:
        """Return the last of the client with most in the line, if that is more than a share and than `visitor` has."""
        line = self._lines[visitor.errand]
        most = max(line.values(), key=len, default=deque[Visitor]())
        own = len(line.get(visitor.whose, ()))
        return most[-1] if len(most) > max(self.places_each, own + 1) else None

    def _note(self, at: float) -> None:
        """Note for which errands nobody waits now, of their own line or of one served before it."""
        for errand, line in self._lines.items():
            if line:
                return
            self._calm_at[errand] = at


def share_of(places: int, per_cent: int) -> int:
    """Return how many of so many places are a client's share: at least one, where there is any."""
    return min(places, max(1, places * per_cent // 100))


def _leave(line: dict[str, deque[Visitor]], whose: str, *, takes_turn: bool) -> None:
    """Forget a client who has nobody in the line any more; one who has been served goes behind the others."""
    own = line.pop(whose) if takes_turn or not line[whose] else None
    if own:
        line[whose] = own


def errand_of(method: str, path: str, *, is_known: bool) -> Errand:
    """Return what a request is for. `is_known`: it brings a session or a token."""
    if method in UNSAFE or path == READY:  # readiness asks the database: by hands, but before who only looks
        return Errand.SUBMISSION
    return Errand.OWN if is_known or path.startswith(OWN_PLACES) else Errand.BROWSING
