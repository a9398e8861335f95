"""The files of a draw that others check it with."""

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic.participation.models import Sortition


def register_name(sortition: "Sortition") -> str:
    return f"sortition-{sortition.pk}-register.csv"


def outcome_csv(sortition: "Sortition") -> str:
    """Return the list of a draw as it came out of the lot: the columns of strata, role, rank, id.

    What people have answered since is not in it. Of the reserves it has as many as the city keeps.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*sortition.by, "role", "rank", "id"])
    taken: dict[tuple[str, ...], int] = {tuple(one["of"]): one["quota"] for one in sortition.strata}
    for seat in sortition.seats.order_by("stratum", "rank"):
        rank = seat.rank if seat.is_drawn else seat.rank - taken[tuple(seat.stratum)]
        writer.writerow([*seat.stratum, "drawn" if seat.is_drawn else "reserve", rank, seat.number])
    return out.getvalue()
