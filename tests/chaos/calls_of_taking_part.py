"""Valid calls of every door through which residents take part: draws, votes, rounds and consultations."""

from collections.abc import Callable
from typing import Any

from tests.chaos.calls_of_consultation import CONSULTATION
from tests.chaos.calls_of_outcome import OUTCOME
from tests.chaos.calls_of_participation import PARTICIPATION
from tests.chaos.calls_of_polls import POLLS
from tests.chaos.calls_of_rounds import ROUNDS
from tests.chaos.world import World

TAKING_PART: dict[str, Callable[[World], Callable[[], Any]]] = {
    **PARTICIPATION, **POLLS, **ROUNDS, **CONSULTATION, **OUTCOME,
}  # fmt: skip
