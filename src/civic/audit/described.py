"""Described: what a city says of itself, taken in from its pack; a second time changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from civic.audit.seal import Sealed
from civic.audit.services import record

Noun = TypeVar("Noun", bound=Sealed)


class Described(models.Manager[Noun]):
    """Takes in what a city says of itself: a second time changes nothing."""

    def describe(
        self, key: Mapping[str, Any], *, by: object, at: datetime, facts: Mapping[str, Any]
    ) -> tuple[Noun, bool]:
        """Add the noun that `key` names, or bring `facts` up to date. Returns it and whether anything was written."""
        with transaction.atomic():
            noun = self.select_for_update(of=("self",)).filter(**key).first() or self.model(**key)
            fresh = noun.pk is None
            if not fresh and all(getattr(noun, name) == value for name, value in facts.items()):
                return noun, False
            for name, value in facts.items():
                setattr(noun, name, value)
            if hasattr(noun, "version") and not fresh:
                noun.version += 1
            noun.save()
            label = f"{noun._meta.label_lower}.{'add' if fresh else 'change'}"
            record(at=at, actor=by, step=label, subject=noun)
        return noun, True
