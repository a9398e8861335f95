"""Person: a natural person as the city knows them. Claim: on what ground the city knows."""

from datetime import date, datetime
from typing import ClassVar
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.accounts.querysets import PersonQuerySet
from civic.accounts.rules import Level, age_on
from civic.audit.seal import Sealed, row_content, rows_content
from civic.audit.services import record
from civic.core import personal
from civic.core.errors import Conflict
from civic.masking.keys import index
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked

FACTS = ("name", "id_number", "phone")
KINDS = {"name": "name", "id_number": "id_number", "phone": "mobile"}


class TakenAlready(Conflict):
    """The number belongs to somebody else."""

    code = "taken"


class PersonManager(models.Manager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Takes persons in."""

    def register(
        self,
        *,
        name: str = "",
        id_number: str = "",
        phone: str = "",
        by: object,
        at: datetime,
        demonstration: bool = False,
    ) -> "Person":
        """Store a person under a fresh key. Raises: Malformed, TakenAlready."""
        with transaction.atomic():
            person = Person(key=SubjectKey.objects.create_key(), is_demonstration=demonstration)
            person._set(name=name, id_number=id_number, phone=phone)
            person._store(step="register", by=by, at=at)
        return person


class Person(Masked, Sealed):
    """A natural person as the city knows them: every fact sealed under the person's own key."""

    class Level(models.IntegerChoices):
        NONE = Level.NONE, _("未核验")
        PHONE = Level.PHONE, _("手机号已核验")
        REAL_NAME = Level.REAL_NAME, _("已实名")
        PRESENT = Level.PRESENT, _("已刷脸或到场核验")
        CERTIFICATE = Level.CERTIFICATE, _("数字证书")

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField("姓名", null=True)
    id_number_sealed = models.BinaryField("证件号码", null=True)
    phone_sealed = models.BinaryField("手机号", null=True)
    id_number_index = models.CharField(max_length=64, null=True)
    phone_index = models.CharField(max_length=64, null=True)
    level = models.PositiveSmallIntegerField("核验等级", choices=Level.choices, default=Level.NONE)
    is_demonstration = models.BooleanField("示范数据", default=False)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = "自然人"
        constraints = [
            models.UniqueConstraint(fields=["id_number_index"], name="accounts_one_person_an_id_number"),
            models.UniqueConstraint(fields=["phone_index"], name="accounts_one_person_a_phone"),
            models.CheckConstraint(
                name="accounts_person_indexed_as_sealed",
                condition=models.Q(id_number_sealed__isnull=True, id_number_index__isnull=True)
                | models.Q(id_number_sealed__isnull=False, id_number_index__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_person_phone_indexed_as_sealed",
                condition=models.Q(phone_sealed__isnull=True, phone_index__isnull=True)
                | models.Q(phone_sealed__isnull=False, phone_index__isnull=False),
            ),
        ]

    class Personal:
        fields = {
            "name_sealed": "name",
            "id_number_sealed": "id_number",
            "phone_sealed": "phone",
            "id_number_index": "id_number",
            "phone_index": "phone",
        }

    def __str__(self) -> str:
        return f"person {self.pk}"

    # Verbs

    def correct(self, *, by: object, at: datetime, **facts: str) -> None:
        """Replace facts (name, id_number, phone); "" removes one. Raises: Malformed, TakenAlready."""
        with transaction.atomic():
            self._lock()
            self._set(**facts)
            self._store(step="correct", by=by, at=at, facts=",".join(sorted(facts)))

    def claim(self, level: int, *, source: str, by: object, at: datetime) -> None:
        """Note that `source` vouches for this person at `level`; the level shown is the highest claimed."""
        with transaction.atomic():
            self._lock()
            Claim.objects.update_or_create(person=self, source=source, defaults={"level": level, "claimed_at": at})
            self.level = max(self.claims.values_list("level", flat=True))
            self._store(step="claim", by=by, at=at, source=source, level=str(int(level)))

    # Questions

    @property
    def name(self) -> str:
        """The full name, in the clear: for the person, and for readers whose reading is recorded."""
        return self._open("name")

    @property
    def id_number(self) -> str:
        return self._open("id_number")

    @property
    def phone(self) -> str:
        return self._open("phone")

    @property
    def born_on(self) -> date | None:
        """The birth date in the ID number; None where the city knows no number."""
        return personal.born_on(self.id_number) if self.id_number_sealed else None

    def age_on(self, day: date) -> int | None:
        """The age in full years; None where the city knows no birth date."""
        return age_on(day, born_on=self.born_on) if self.born_on else None

    def sealed_content(self) -> dict[str, object]:
        return {**row_content(self), "claims": rows_content(self.claims.all()) if self.pk else []}

    # Inside

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Person.objects.select_for_update(of=("self",)))

    def _set(self, **facts: str) -> None:
        for fact, value in facts.items():
            if fact not in FACTS:
                raise TypeError(f"A person has no fact {fact!r}.")
            kept = personal.normalise(value, KINDS[fact]) if value else ""
            setattr(self, f"{fact}_sealed", self.key.seal(kept, field=f"accounts.person.{fact}") if kept else None)
            if fact != "name":
                setattr(self, f"{fact}_index", index(kept, KINDS[fact]) if kept else None)

    def _store(self, *, step: str, by: object, at: datetime, **detail: str) -> None:
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError as error:
            words = gettext("这个证件号码或手机号已登记在另一个人名下，请核对，或到综合窗口处理。")
            raise TakenAlready(words) from error
        record(at=at, actor=by, step=f"accounts.person.{step}", subject=self, detail=detail)

    def _open(self, fact: str) -> str:
        sealed = getattr(self, f"{fact}_sealed")
        return self.key.open(sealed, field=f"accounts.person.{fact}") if sealed else ""


class Claim(models.Model):
    """One source that vouches for a person, and how surely. Written by `Person.claim` only, sealed with the person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="claims")
    source = models.CharField("来源", max_length=40)
    level = models.PositiveSmallIntegerField("等级", choices=Person.Level.choices)
    claimed_at = models.DateTimeField("核验时间")

    class Meta:
        verbose_name = "核验记录"
        constraints = [models.UniqueConstraint(fields=["person", "source"], name="accounts_one_claim_a_source")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.source} L{self.level}"
