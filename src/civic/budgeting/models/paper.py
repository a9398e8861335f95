"""Paper: forms that bear a code and no name, urns, and what two people read on each ballot independently."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy

from civic.audit.seal import Sealed
from civic.budgeting.models.poll import Poll
from civic.budgeting.querysets import UrnQuerySet
from civic.budgeting.states import URN_STEPS, UrnState
from civic.documents.models import Document
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class Pad(Sealed):
    """A pad of paper ballots printed for one vote; who is given one of them is not written down anywhere."""

    poll = models.ForeignKey(Poll, PROTECT, related_name="pads")
    size = models.PositiveSmallIntegerField(gettext_lazy("张数"))
    printed_at = models.DateTimeField(gettext_lazy("印制时间"))

    class Meta:
        verbose_name = gettext_lazy("一本纸质选票")
        constraints = [models.CheckConstraint(name="pad_has_forms", condition=Q(size__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.size}"


class PaperForm(Sealed):
    """One paper ballot of a pad, blank. Its code keeps copies out of the count."""

    ROOT = "pad"

    pad = models.ForeignKey(Pad, PROTECT, related_name="forms")
    code = models.CharField(gettext_lazy("选票编码"), max_length=12, unique=True)

    class Meta:
        verbose_name = gettext_lazy("纸质选票")

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.code


class Urn(Stateful):
    """An urn of paper ballots: how many papers were in it when it was opened, and what was read on them."""

    STEPS = URN_STEPS

    poll = models.ForeignKey(Poll, PROTECT, related_name="urns")
    number = models.CharField(gettext_lazy("票箱编号"), max_length=40)
    place = models.CharField(gettext_lazy("投票点"), max_length=80)
    papers = models.PositiveSmallIntegerField(gettext_lazy("清点张数"))
    scan = models.ForeignKey(Document, PROTECT, related_name="+", null=True, verbose_name=gettext_lazy("扫描件"))
    state = models.CharField(gettext_lazy("状态"), max_length=8, choices=UrnState.choices, default=UrnState.READING)
    opened_at = models.DateTimeField(gettext_lazy("启封时间"))
    closed_at = models.DateTimeField(gettext_lazy("入箱时间"), null=True)
    spoiled = models.PositiveSmallIntegerField(gettext_lazy("无效票"), null=True)

    objects: ClassVar[models.Manager["Urn"]] = UrnQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("纸质票箱")
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="urn_one_number_a_poll"),
            models.CheckConstraint(
                name="urn_closed_with_scan_and_totals",
                condition=Q(state=UrnState.READING, closed_at__isnull=True, spoiled__isnull=True)
                | Q(state=UrnState.CLOSED, closed_at__isnull=False, spoiled__isnull=False, scan__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.number


class Reading(Sealed):
    """What one person read on one paper ballot; a first, a second, and where these differ a third look."""

    ROOT = "urn"

    urn = models.ForeignKey(Urn, PROTECT, related_name="readings")
    form = models.ForeignKey(PaperForm, PROTECT, related_name="readings")
    look = models.PositiveSmallIntegerField(gettext_lazy("第几次录入"))
    projects = ArrayField(models.CharField(max_length=80), verbose_name=gettext_lazy("项目"))
    points = ArrayField(models.PositiveIntegerField(), default=list, verbose_name=gettext_lazy("分数"))
    is_spoiled = models.BooleanField(gettext_lazy("无效票"), default=False)
    read_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = gettext_lazy("纸质选票录入")
        constraints = [
            models.UniqueConstraint(fields=["form", "look"], name="reading_one_look_of_a_kind"),
            models.UniqueConstraint(fields=["form", "read_by"], name="reading_by_different_people"),
            models.CheckConstraint(name="reading_three_looks_at_most", condition=Q(look__gte=1, look__lte=3)),
            models.CheckConstraint(
                name="reading_of_spoiled_says_nothing", condition=Q(is_spoiled=False) | Q(projects=[])
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.form_id}/{self.look}"
