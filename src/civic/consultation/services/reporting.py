"""The report of a consultation: who took part, what was said, what became of it. Nobody's name is in it."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.timezone import localdate

from civic.consultation.models import Consultation, MapEdition, Opinion, Participant, Reception, Sight, Theme
from civic.consultation.rules.draft import name_of
from civic.consultation.rules.standing import Cell, Heard, Release, breakdown, participation, top
from civic.consultation.services.voting import areas_of
from civic.consultation.states import AgeBand

LISTED = 10  # opinions in the top list
UNKNOWN = ""  # area or age band that a participant has not told


def figures(consultation: Consultation, *, at: datetime) -> dict[str, Any]:
    """Return the report as one JSON object: every value is one that JSON has.

    Units: the rate in per cent, to six decimals; days in ISO 8601. `by_area_and_age`: a cell of fewer than five is
    null, and so are others where it could be worked out (`standing.breakdown`).
    Raises: WrongDenominator, if nobody said how many may take part, or more took part than may.
    """
    windows = list(consultation.windows())
    return {
        "consultation": {
            "id": consultation.pk,
            "title": consultation.title,
            "unit": consultation.unit.name,
            "opened_on": localdate(min(one.opens_at for one in windows)).isoformat() if windows else None,
            "closed_on": localdate(max(one.closes_at for one in windows)).isoformat() if windows else None,
            "reported_on": localdate(at).isoformat(),
        },
        "participation": _participation(consultation),
        "by_area_and_age": _cells(consultation),
        "opinions": _opinions(consultation),
        "statements": _statements(consultation),
        "themes": [_theme(one) for one in Theme.objects.of(consultation).for_list()],
    }


def _participation(consultation: Consultation) -> dict[str, Any]:
    """Count people, each once: who was shown what others said, or took part; who took part; who could have."""
    people = [str(pk) for pk in _people(consultation).values_list("person", flat=True)]
    reached = {
        str(pk)
        for pk in Sight.objects.filter(opinion__consultation=consultation).values_list("person", flat=True).distinct()
    }
    eligible = consultation.eligible()
    told: dict[str, Any] = {"reached": len(reached | set(people)), "took_part": len(set(people))}
    if eligible is None:
        return {**told, "eligible": None, "eligible_source": "", "eligible_on": None, "rate": None}
    return {
        **told,
        "eligible": eligible.people,
        "eligible_source": eligible.source,
        "eligible_on": eligible.on.isoformat(),
        "rate": participation(people, eligible).percent,
    }


def _cells(consultation: Consultation) -> list[dict[str, Any]]:
    """Return the participants by area and age band, as far as it may be told beside how many they are."""
    names = _areas(consultation)
    counts = Counter(
        (_area_of(code, names), band) for code, band in _people(consultation).values_list("area__code", "age_band")
    )
    found = breakdown(counts, cells=[(area, band) for area in names for band in _bands()])
    return [
        {"area": area, "area_name": names[area], "age_band": band, "people": found.cells[area, band]}
        for area in names
        for band in _bands()
    ]


def release_of(told: dict[str, Any]) -> Release:
    """Return the cells of a report as they were published, for sums by area and by age band."""
    cells: dict[Cell, int | None] = {(one["area"], one["age_band"]): one["people"] for one in told["by_area_and_age"]}
    return Release(cells)


def _people(consultation: Consultation) -> Any:
    return Participant.objects.filter(consultation=consultation)


def _areas(consultation: Consultation) -> dict[str, str]:
    """Return the areas of the table by code: the parts of the area that may take part, and "" for untold or other."""
    return {**{one.code: one.name for one in areas_of(consultation)}, UNKNOWN: ""}


def _area_of(code: str | None, names: dict[str, str]) -> str:
    return next((one for one in names if one and (code or "").startswith(one)), UNKNOWN)


def _bands() -> list[str]:
    return [*AgeBand.values, UNKNOWN]


def _opinions(consultation: Consultation) -> dict[str, Any]:
    standing = Opinion.objects.filter(consultation=consultation).standing()
    by_source = dict(standing.order_by("source").values_list("source").annotate(Count("pk")))
    rows = Reception.objects.listed(consultation).top().select_related("opinion__placing__theme")[:LISTED]
    received = {str(one.pk): one for one in rows}
    listed = top((Heard(key, one.supports, one.seen) for key, one in received.items()), count=LISTED)
    return {
        "count": sum(by_source.values()),
        "public": standing.public().count(),
        "by_source": by_source,
        "without_verified_author": standing.filter(author=None).count(),
        "top": [
            {
                "id": str(received[one.key].opinion.handle),
                "words": received[one.key].opinion.public_words,
                "supports": one.supports,
                "doubts": received[one.key].doubts,
                "seen": one.seen,
                "share": round(one.share, 4),
                "low": round(one.low, 4),
                "high": round(one.high, 4),
                "theme": _theme_of(received[one.key].opinion),
            }
            for one in listed
        ],
    }


def _theme_of(opinion: Opinion) -> int | None:
    return opinion.placing.theme.number if hasattr(opinion, "placing") else None


def _statements(consultation: Consultation) -> dict[str, Any]:
    """Tell what the newest map tells: how many statements people voted on, and how many people."""
    newest = MapEdition.objects.newest(consultation)
    told = newest.told if newest else None
    return {
        "count": consultation.statements.shown().count(),
        "map": {"number": newest.number, "participants": told["participants"], "groups": len(told["groups"])}
        if newest and told
        else None,
    }


def _theme(theme: Theme) -> dict[str, Any]:
    version = theme.changed_in
    return {
        "number": theme.number,
        "title": theme.title,
        "opinions": theme.opinions,
        "verdict": theme.verdict if theme.is_answered else "",
        "reason": theme.reason if theme.is_answered else "",
        "version": version.number if version and theme.is_answered else None,
        "clause": name_of(theme.anchor) if theme.is_answered else "",
        "measure": theme.measure if theme.is_answered else "",
    }
