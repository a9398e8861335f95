"""Seals say the same before and after a row is stored, and another thing after any change."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F

from civic.audit import keys
from civic.audit.seal import digest, plain
from civic.audit.services.seals import sealed_models
from civic.audit.signing import FileSigner, public_keys

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HANDLE = UUID("25ca189e-21be-4a00-a658-51f828a82755")


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        (models.CharField(), "王芳", "王芳"),
        (models.CharField(), 5, "5"),
        (models.IntegerField(), "5", 5),
        (models.BooleanField(), True, True),
        (models.DecimalField(max_digits=8, decimal_places=2), "12.5", Decimal("12.50")),
        (models.DecimalField(max_digits=8, decimal_places=2), 12, Decimal("12.00")),
        (models.DateTimeField(), NINE.astimezone(timezone(timedelta(hours=8))), NINE),
        (models.DateField(), "2026-03-02", date(2026, 3, 2)),
        (models.DurationField(), timedelta(hours=1), timedelta(seconds=3600)),
        (models.UUIDField(), "25ca189e21be4a00a65851f828a82755", HANDLE),
        (models.BinaryField(), b"ab", memoryview(b"ab")),
        (models.JSONField(), {"a": (1, 2.0), "n": 1e20}, {"n": 100000000000000000000, "a": [1, 2]}),
        (ArrayField(models.CharField()), ("x", "y"), ["x", "y"]),
        (ArrayField(models.DateField()), [date(2026, 3, 2)], [date(2026, 3, 2)]),
    ],
)
def test_a_value_is_sealed_as_it_will_be_stored(field: models.Field, given: object, stored: object) -> None:  # type: ignore[type-arg]
    assert digest({"v": plain(field, given)}, b"s") == digest({"v": plain(field, stored)}, b"s")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (models.IntegerField(null=True), 0, None),
        (models.CharField(null=True), "", None),
        (models.DecimalField(max_digits=8, decimal_places=2), Decimal("12.50"), Decimal("12.51")),
        (models.DateTimeField(), NINE, NINE + timedelta(microseconds=1)),
        (models.JSONField(), {"a": 1}, {"a": "1"}),
        (models.JSONField(), [1, 2], [2, 1]),
        (models.BooleanField(), True, False),
    ],
)
def test_different_values_have_different_seals(field: models.Field, one: object, other: object) -> None:  # type: ignore[type-arg]
    assert digest({"v": plain(field, one)}, b"s") != digest({"v": plain(field, other)}, b"s")


def test_an_expression_cannot_be_sealed() -> None:
    with pytest.raises(TypeError, match="refresh the row"):
        plain(models.IntegerField(name="count"), F("count") + 1)


@pytest.mark.django_db
def test_every_sealed_noun_can_be_walked_for_verification() -> None:
    for model in sealed_models():
        assert list(model.sealed_rows().order_by("pk")[:1]) == []


# Keys


def test_a_key_is_made_once_and_readable_by_its_owner_alone(settings: object) -> None:
    first = keys.secret("ledger")
    keys.secret.cache_clear()
    path = settings.VAR / "secrets" / "ledger.key"  # type: ignore[attr-defined]

    assert keys.secret("ledger") == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ledger.key"]


def test_a_key_of_the_wrong_length_is_refused_with_what_to_write(settings: object) -> None:
    settings.SEAL_KEY = "c2hvcnQ="  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="CIVIC_SEAL_KEY: write 32 bytes in base64"):
        keys.secret("seal")


def test_marks_of_a_former_key_still_count(settings: object) -> None:
    import base64

    mark = keys.mac(b"entry")
    former = base64.b64encode(keys.secret("seal")).decode()
    settings.SEAL_KEY = base64.b64encode(b"n" * 32).decode()  # type: ignore[attr-defined]
    keys.secret.cache_clear()
    assert not keys.is_marked(b"entry", mark)

    settings.FORMER_SEAL_KEYS = [former]  # type: ignore[attr-defined]

    assert keys.is_marked(b"entry", mark)


def test_a_public_role_knows_the_public_keys_without_having_a_secret(settings: object, tmp_path: object) -> None:
    import base64

    signer = FileSigner()
    settings.LEDGER_PUBLIC_KEYS = [base64.b64encode(signer.public.raw).decode()]  # type: ignore[attr-defined]
    settings.VAR = tmp_path / "elsewhere"  # type: ignore[operator,attr-defined]
    keys.secret.cache_clear()

    assert list(public_keys()) == [signer.key_id]
    assert public_keys()[signer.key_id].verifies(b"note", signer.sign(b"note"))
    assert not (tmp_path / "elsewhere").exists()  # type: ignore[operator]
