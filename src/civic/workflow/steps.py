"""The table that alone says which step leads from which state to which. No Django."""

from collections.abc import Iterator, Mapping


class Steps:
    """A table `step -> {state before: state after}`.

    A step that is missing for a state is refused; nothing else decides who may follow whom.
    """

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._table = {step: dict(moves) for step, moves in table.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def target(self, step: str, state: str) -> str | None:
        """Return the state after `step` from `state`, or None where the table has no such step."""
        return self._table[step].get(state)

    def allowed(self, state: str) -> tuple[str, ...]:
        """Return the steps that the table has from `state`, in the table's order."""
        return tuple(step for step, moves in self._table.items() if state in moves)

    def moves(self) -> Iterator[tuple[str, str, str]]:
        """Yield every (step, state before, state after)."""
        for step, moves in self._table.items():
            for before, after in moves.items():
                yield step, before, after


def diagram(steps: Steps, labels: Mapping[str, str] | None = None) -> str:
    """Return a Mermaid state diagram of the table; `labels` maps a state to what people call it."""
    labels = labels or {}
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {label}" for state, label in labels.items()]
    lines += [f"    {before} --> {after}: {step}" for step, before, after in steps.moves()]
    return "\n".join(lines) + "\n"
