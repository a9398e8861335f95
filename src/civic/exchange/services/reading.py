"""From what a source has said to results, field by field: nothing that was not granted gets past here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from civic.exchange.results import Denied, Disputed, Result, Unavailable, Value
from civic.exchange.rules import MOST_RECORDS, Field, read_value

ODD = object()  # the source gave something that the field cannot hold


@dataclass(frozen=True)
class Frame:
    """What results need besides values: the fields granted and denied, what is contested since when, the source."""

    granted: tuple[str, ...]
    denied: Mapping[str, str]
    fields: Mapping[str, Field]
    disputed: Mapping[str, datetime]
    source: str


def clean(records: Iterable[Mapping[str, Any]], frame: Frame) -> list[dict[str, Any]]:
    """Return the records with the granted fields only, each value of its field's type or ODD; the rest is dropped."""
    return [
        {name: _read(frame.fields[name].type, record[name]) for name in frame.granted if name in record}
        for record in list(records)[:MOST_RECORDS]
    ]


def passed_on(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what of clean records is passed on: this is what the digest covers and what may be kept."""
    return [{name: value for name, value in record.items() if value is not ODD} for record in records]


def results(
    records: Sequence[Mapping[str, Any]], frame: Frame, *, as_of: datetime, stale: bool
) -> list[dict[str, Result]]:
    """Return each record field by field, denied fields with their rule."""
    return [
        {
            **{name: _result(record, name, frame, as_of=as_of, stale=stale) for name in frame.granted},
            **{name: Denied(rule) for name, rule in frame.denied.items()},
        }
        for record in records
    ]


def nothing(reason: str, frame: Frame) -> dict[str, Result]:
    """Return why there is no value, for each field."""
    return {
        **{name: Unavailable(reason, frame.source) for name in frame.granted},
        **{name: Denied(rule) for name, rule in frame.denied.items()},
    }


def _read(kind: str, value: Any) -> Any:
    try:
        return read_value(kind, value)
    except ValueError:
        return ODD


def _result(record: Mapping[str, Any], name: str, frame: Frame, *, as_of: datetime, stale: bool) -> Result:
    if name not in record:
        return Unavailable("MISSING", frame.source)
    value = record[name]
    if value is ODD:
        return Unavailable("SHAPE", frame.source)
    if name in frame.disputed:
        return Disputed(value, frame.disputed[name], frame.source)
    return Value(value, as_of, frame.source, is_stale=stale)
