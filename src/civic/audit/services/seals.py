"""Verification of the seals: every row of every sealed noun against the newest entry about it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from civic.audit.models import Entry
from civic.audit.seal import Sealed, is_sealed_by
from civic.audit.services.report import Report

BATCH = 500
CLOSING = (".delete", ".purge")
Snapshot = Callable[[], AbstractContextManager[None]]
Progress = Callable[[str, int, int], None]


def check(report: Report, *, snapshot: Snapshot, progress: Progress) -> None:
    """Check that each row is as its newest entry says, and that each row the ledger knows is there."""
    nouns = {model._meta.label_lower: model for model in sealed_models()}
    for label, model in nouns.items():
        _check_rows(report, label, model, snapshot, progress)
    _check_absent(report, nouns, snapshot, progress)


def sealed_models() -> Iterator[type[Sealed]]:
    """Yield the models whose rows have a seal of their own: parts are in the seal of what they belong to."""
    for model in apps.get_models():
        if issubclass(model, Sealed) and not model.ROOT and not model._meta.proxy:
            yield model


def _check_rows(report: Report, label: str, model: type[Sealed], snapshot: Snapshot, progress: Progress) -> None:
    total, done, last = model._base_manager.count(), 0, None
    while True:
        with snapshot():
            rows = list(_after(model, last)[:BATCH])
            newest = _newest([row.ledger_id() for row in rows])
            for row in rows:
                _check_row(report, row, newest.get(row.ledger_id()))
        done += len(rows)
        if rows:
            progress(label, done, max(total, done))
            last = rows[-1].pk
        if len(rows) < BATCH:
            return


def _after(model: type[Sealed], last: object) -> "models.QuerySet[Sealed]":
    rows = model.sealed_rows().order_by("pk")
    return rows if last is None else rows.filter(pk__gt=last)


def _newest(subjects: Sequence[str]) -> dict[str, Entry]:
    found = Entry.objects.filter(subject__in=subjects).sealing().newest_of_each()
    return {entry.subject: entry for entry in found}


def _check_row(report: Report, row: Sealed, entry: Entry | None) -> None:
    report.rows += 1
    name = row.ledger_id()
    if entry is None:
        if not row.is_newborn():
            report.add("unrecorded row", f"{name} is stored, but the ledger does not know it")
    elif entry.step.endswith(CLOSING):
        report.add("row came back", f"{name} is stored, but entry {entry.pk} says it was removed")
    elif not is_sealed_by(row, bytes(entry.salt), bytes(entry.digest)):
        report.add("changed row", f"{name} is not as entry {entry.pk} ({entry.step}) left it")


def _check_absent(report: Report, nouns: dict[str, type[Sealed]], snapshot: Snapshot, progress: Progress) -> None:
    """Look for rows that the ledger knows and that are gone, though no entry says so."""
    last, done = "", 0
    while True:
        with snapshot():
            newest = list(Entry.objects.filter(subject__gt=last).sealing().newest_of_each()[:BATCH])
            expected: dict[str, dict[str, Entry]] = defaultdict(dict)
            for entry in newest:
                if not entry.step.endswith(CLOSING):
                    label, _, key = entry.subject.partition(":")
                    expected[label][key] = entry
            for label, entries in expected.items():
                _check_present(report, label, nouns.get(label), entries)
        done += len(newest)
        if newest:
            progress("recorded nouns", done, done)
            last = newest[-1].subject
        if len(newest) < BATCH:
            return


def _check_present(report: Report, label: str, model: type[Sealed] | None, entries: dict[str, Entry]) -> None:
    present = set() if model is None else _present(model, entries)
    for key, entry in entries.items():
        if key not in present:
            report.add("missing row", f"{label}:{key} is gone; entry {entry.pk} ({entry.step}) was the last about it")


def _present(model: type[Sealed], keys: dict[str, Entry]) -> set[str]:
    usable = []
    for key in keys:
        try:
            usable.append(model._meta.pk.to_python(key))
        except ValidationError:
            continue  # no such key can be stored, so the row is reported as missing
    return {str(key) for key in model._base_manager.filter(pk__in=usable).values_list("pk", flat=True)}
