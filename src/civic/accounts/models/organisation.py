"""Organisation: a firm or another legal person, known by its unified social credit code."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from civic.accounts.models.person import Person, TakenAlready
from civic.accounts.querysets import OrganisationQuerySet
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core import personal


class OrganisationManager(models.Manager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    """Takes organisations in."""

    def register(
        self, *, uscc: str, name: str, representative: Person, by: object, at: datetime, demonstration: bool = False
    ) -> "Organisation":
        """Store an organisation with its legal representative. Raises: Malformed, TakenAlready."""
        organisation = Organisation(
            uscc=personal.social_credit_code(uscc),
            name=name.strip(),
            representative=representative,
            is_demonstration=demonstration,
        )
        with transaction.atomic():
            organisation._insert()
            record(at=at, actor=by, step="accounts.organisation.register", subject=organisation)
        return organisation


class Organisation(Sealed):
    """A legal person. Code and name are published by law; who represents it is a person of this house."""

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=120)
    representative = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="represents", verbose_name="法定代表人"
    )
    is_demonstration = models.BooleanField("示范数据", default=False)

    objects: ClassVar[OrganisationManager] = OrganisationManager()

    class Meta:
        verbose_name = "单位"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    def _insert(self) -> None:
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError as error:
            raise TakenAlready(_("这个统一社会信用代码已经登记。")) from error
