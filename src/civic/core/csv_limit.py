"""The longest cell of a CSV file. Python keeps this limit for the whole process: every room reads by the same one."""

import csv

LONGEST_CELL = 1_000_000  # characters


def set_longest_cell() -> None:
    """Refuse longer cells. Call before reading: otherwise what is refused depends on who read before."""
    csv.field_size_limit(LONGEST_CELL)
