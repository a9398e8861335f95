"""Seals: a salted digest of what a noun's rows hold, so that any later change of a row is found."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.files import FieldFile

Row = TypeVar("Row", bound=models.Model)


class Sealed(models.Model):
    """A noun whose every change is an entry of the ledger, with a digest of its rows.

    A noun that is a part of an aggregate names the foreign key to its owner in ROOT: its rows are then in the
    owner's seal, and its steps are entries of the owner.
    """

    ROOT: ClassVar[str] = ""

    class Meta:
        abstract = True

    def ledger_id(self) -> str:
        """Return the subject under which the ledger knows this noun: label and primary key."""
        return f"{self._meta.label_lower}:{self.pk}"

    def ledger_root(self) -> "Sealed":
        """Return the noun whose seal covers this row: itself, or the owner of the aggregate it is a part of."""
        return cast(Sealed, getattr(self, self.ROOT)).ledger_root() if self.ROOT else self

    def sealed_content(self) -> dict[str, object]:
        """Return what the seal covers: this row and the rows of its parts.

        An aggregate on a hot path may say the same with fewer queries; it must leave nothing out.
        """
        content = row_content(self)
        for part in parts(type(self)):
            rows = part._base_manager.filter(**{part.ROOT: self})
            content[f"parts.{part._meta.label_lower}"] = [row.sealed_content() for row in _by_key(rows)]
        return content

    def earlier_contents(self) -> "Iterator[dict[str, object]]":
        """Yield what earlier versions of the program sealed of these very rows.

        A noun that has got columns or parts since says here how its content was told without them; it yields nothing
        where one of them holds something, because then no earlier program can have sealed it. So a row that was sealed
        before and has not been touched stays true, and whatever is put into a new column is found.
        """
        return iter(())

    def is_newborn(self) -> bool:
        """Whether this row may be as it is although no entry is about it: its making is an entry of its owner."""
        return False

    @classmethod
    def sealed_rows(cls) -> "models.QuerySet[Self]":
        """Return all rows, for verification; prefetch here what `sealed_content()` reads."""
        return cls._base_manager.all()


def parts(model: type[models.Model]) -> list[type[Sealed]]:
    """Return the models whose rows are parts of `model`, in the order of their labels."""
    relations = [(relation.related_model, relation.field.name) for relation in model._meta.related_objects]
    found = [part for part, name in relations if issubclass(part, Sealed) and name == part.ROOT]
    return sorted(found, key=lambda part: part._meta.label_lower)


def row_content(row: models.Model) -> dict[str, object]:
    """Return every concrete column of `row` by name, in a form that survives a round trip through the database."""
    held = row.__dict__  # what is loaded; a deferred column is asked for
    return {
        name: value
        if (value := held[name] if name in held else getattr(row, name)) is None or type(value) is same
        else convert(field, value)
        for name, field, same, convert in _sealed_columns(type(row))
    }


def rows_content(rows: Iterable[models.Model]) -> list[dict[str, object]]:
    """Return the content of several rows, ordered by primary key."""
    return [row_content(row) for row in _by_key(rows)]


def without(content: Mapping[str, object], empty: Mapping[str, object]) -> dict[str, object] | None:
    """Return `content` without the columns of `empty`; None if one of them holds anything but what `empty` says."""
    if any(content[name] != value for name, value in empty.items()):
        return None
    return {name: value for name, value in content.items() if name not in empty}


def is_sealed_by(row: Sealed, salt: bytes, sealed: bytes) -> bool:
    """Whether the digest `sealed` was taken of `row` as it is now stored, by this program or by an earlier one."""
    if digest(row.sealed_content(), salt) == sealed:
        return True
    return any(digest(content, salt) == sealed for content in row.earlier_contents())


def plain(field: "models.Field[Any, Any]", value: object) -> object:
    """Return `value` as JSON can hold it, the same before and after it is stored.

    Raises: TypeError, if the value is not known yet (an expression): refresh the row before it is recorded.
    """
    if value is None:
        return value
    if isinstance(field, ArrayField):
        return [plain(field.base_field, item) for item in cast(Iterable[object], value)]
    if isinstance(field, models.JSONField):
        return _json(value)
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    return _scalar(field, value)


def digest(content: dict[str, object], salt: bytes) -> bytes:
    """Return SHA-256 over `salt` and the canonical JSON of `content`."""
    return hashlib.sha256(salt + _canonical(content).encode()).digest()


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
# per column: its name, its field, the type whose values need no conversion, and what converts the others
_Column = tuple[str, "models.Field[Any, Any]", type, Callable[["models.Field[Any, Any]", Any], object]]


@cache
def _sealed_columns(model: type[models.Model]) -> tuple[_Column, ...]:
    """Return the columns of `model` that the application writes: what the database generates follows from them."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return tuple((field.attname, field, *_conversion(field)) for field in fields)


def _conversion(field: "models.Field[Any, Any]") -> tuple[type, Callable[["models.Field[Any, Any]", Any], object]]:
    """Return the type whose values stay as they are in this column, and the conversion of all others."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.IntegerField):
        return int, plain
    if isinstance(field, models.CharField | models.TextField):
        return str, _text
    if isinstance(field, models.DateTimeField):
        return type(None), _instant
    return type(None), plain


def _text(field: "models.Field[Any, Any]", value: object) -> object:
    return value if isinstance(value, str) else plain(field, value)


def _instant(field: "models.Field[Any, Any]", value: object) -> object:
    return f"{value.timestamp():.6f}" if type(value) is datetime else plain(field, value)


def _by_key(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(row.pk))


def _scalar(field: "models.Field[Any, Any]", value: object) -> object:
    """Return one value of a plain column, first as the column's own type: "5" in a number's column is 5."""
    if isinstance(value, FieldFile):
        return value.name
    if hasattr(value, "resolve_expression"):
        raise TypeError(f"{field} holds an expression: refresh the row from the database before it is recorded.")
    if isinstance(field, models.ForeignKey):
        return plain(field.target_field, value)
    value = value if isinstance(value, datetime) else field.to_python(value)
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal(1).scaleb(-(getattr(field, "decimal_places", None) or 0))))
    if isinstance(value, timedelta):
        return str(value // timedelta(microseconds=1))
    if isinstance(value, date | time | UUID):
        return str(value)
    if isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{field}: {type(value).__name__} cannot be sealed; name it in plain().")


def _json(value: object) -> object:
    """Return a JSON value as PostgreSQL gives it back: 2.0 and 2 are one number, tuples are lists."""
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
