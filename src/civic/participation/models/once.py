"""Storing a row that may be there once: whoever comes second is told so, however close they come."""

from django.db import IntegrityError, models, transaction

from civic.core.errors import Conflict


def store_once(row: models.Model, already: Conflict) -> None:
    """Insert `row`. Raises: `already`, if a unique constraint of its table says that there is one."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "unique constraint" not in str(error):
            raise
        raise already from error
