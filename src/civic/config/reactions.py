"""Upward wires: a step of a lower room that a higher room answers to, by the name of its job."""

REACTIONS: dict[str, list[str]] = {
    # nobody answered an application in time: it counts as accepted since its receipt
    "deadlines.clock.rung:case.acceptance:red": ["civic.cases.tasks.accept_silent"],
    # a correction was not answered in time: the case ends, applying again is free
    "deadlines.clock.rung:case.correction:red": ["civic.cases.tasks.lapse_unanswered"],
}
