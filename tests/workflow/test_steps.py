"""The pure table of steps."""

from civic.workflow.steps import Steps, diagram

DOOR = Steps({"open": {"SHUT": "OPEN"}, "shut": {"OPEN": "SHUT"}, "lock": {"SHUT": "LOCKED"}})


def test_a_step_the_table_does_not_have_has_no_target() -> None:
    assert DOOR.target("open", "LOCKED") is None
    assert DOOR.target("open", "SHUT") == "OPEN"


def test_the_allowed_steps_of_a_state_are_those_of_the_table() -> None:
    assert DOOR.allowed("SHUT") == ("open", "lock")
    assert DOOR.allowed("LOCKED") == ()


def test_the_diagram_shows_every_move_once() -> None:
    assert diagram(DOOR) == (
        "stateDiagram-v2\n    SHUT --> OPEN: open\n    OPEN --> SHUT: shut\n    SHUT --> LOCKED: lock\n"
    )
