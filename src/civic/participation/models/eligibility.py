"""Eligibility: who may take part in something, laid down once and open to everybody."""

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Person
from civic.accounts.rules import Level
from civic.areas.models import Area
from civic.audit.seal import Sealed
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, NotAllowed
from civic.participation.models.once import store_once
from civic.participation.rules import eligibility
from civic.participation.states import Residence


class LaidDownAlready(Conflict):
    """Who may take part is not changed once it is published."""

    code = "laid-down-already"


class NotEligible(NotAllowed):
    """This person may not take part; the words say why and what they can do."""

    code = "not-eligible"


class EligibilityManager(models.Manager["Eligibility"]):
    """Lays down who may take part."""

    def lay_down(
        self, subject: object, *, area: Area, residence: str, minimum_age: int, level: int, by: object, at: datetime
    ) -> "Eligibility":
        """Say who may take part in `subject` (a noun or its ledger id). Raises: LaidDownAlready."""
        made = Eligibility(
            subject=ledger_id(subject), area=area, residence=residence, minimum_age=minimum_age, level=level
        )
        with transaction.atomic():
            store_once(made, LaidDownAlready(_("参与条件已经公布，不能更改。")))
            record(at=at, actor=by, step="participation.eligibility.lay_down", subject=made)
        return made

    def why_not(self, subject: object, facts: eligibility.Facts, *, at: datetime) -> str | None:
        """Say why somebody of whom the city knows `facts` may not take part; where nothing is laid down, nobody may."""
        found = self.select_related("area").filter(subject=ledger_id(subject)).first()
        if found is None:
            return _("还没有公布谁可以参与。")
        return eligibility.why_not(facts, found.conditions(), on=localdate(at))


class Eligibility(Sealed):
    """Who may take part: tied to which area and how, from which age, known how surely."""

    subject = models.CharField(gettext_lazy("对象"), max_length=80, unique=True)
    area = models.ForeignKey(Area, PROTECT, related_name="+", verbose_name=gettext_lazy("区域"))
    residence = models.CharField(gettext_lazy("与区域的关系"), max_length=10, choices=Residence.choices)
    minimum_age = models.PositiveSmallIntegerField(gettext_lazy("最低年龄"))
    level = models.PositiveSmallIntegerField(gettext_lazy("核验等级"), choices=Person.Level.choices)

    objects: ClassVar[EligibilityManager] = EligibilityManager()

    class Meta:
        verbose_name = gettext_lazy("参与条件")
        constraints = [
            models.CheckConstraint(
                name="eligibility_by_age_needs_a_real_name", condition=Q(minimum_age=0) | Q(level__gte=Level.REAL_NAME)
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.subject

    def conditions(self) -> eligibility.Conditions:
        return eligibility.Conditions(
            area=self.area.code,
            area_name=self.area.label,
            residence=self.residence,
            minimum_age=self.minimum_age,
            level=self.level,
        )
