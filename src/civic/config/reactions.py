"""Upward wires: a step of a lower room that a higher room answers to, by the name of its job."""

REACTIONS: dict[str, list[str]] = {}
