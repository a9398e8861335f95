"""The box: credentials that were used, ballots on their way, and ballots that nobody can be told by."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy

from civic.audit.seal import Sealed
from civic.budgeting.models.poll import Poll
from civic.budgeting.states import Ending, Source


class Stub(Sealed):
    """A credential that was used: proof that a ballot was recorded, not of what it says. Anybody may verify it."""

    receipt = models.CharField(gettext_lazy("回执"), max_length=64, primary_key=True)
    poll = models.ForeignKey(Poll, PROTECT, related_name="stubs", db_index=False)
    message = models.BinaryField(max_length=64)
    signature = models.BinaryField(max_length=512)

    class Meta:
        verbose_name = gettext_lazy("票根")
        indexes = [models.Index(fields=["poll", "receipt"], name="stub_of_poll")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.receipt


class Envelope(models.Model):
    """A ballot on its way: sealed, all of one poll equally long, under a name drawn by lot; gone once it is moved."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(Poll, PROTECT, related_name="envelopes")
    content = models.BinaryField()

    class Meta:
        verbose_name = gettext_lazy("票封")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"envelope {self.pk}"


class Batch(Sealed):
    """Ballots that came into the box together, in an order drawn by lot."""

    poll = models.ForeignKey(Poll, PROTECT, related_name="batches")
    source = models.CharField(gettext_lazy("来源"), max_length=10, choices=Source.choices)
    size = models.PositiveIntegerField(gettext_lazy("票数"))
    moved_at = models.DateTimeField(gettext_lazy("入箱时间"))

    class Meta:
        verbose_name = gettext_lazy("入箱批次")
        constraints = [models.CheckConstraint(name="batch_holds_ballots", condition=Q(size__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.size}"


class Ballot(Sealed):
    """One anonymous ballot. Its id was drawn by lot and sealed into the envelope: the same one cannot come in twice."""

    ROOT = "batch"

    id = models.UUIDField(primary_key=True, editable=False)
    batch = models.ForeignKey(Batch, PROTECT, related_name="ballots")
    projects = ArrayField(models.CharField(max_length=80), verbose_name=gettext_lazy("项目"))
    points = ArrayField(models.PositiveIntegerField(), default=list, verbose_name=gettext_lazy("分数"))

    class Meta:
        verbose_name = gettext_lazy("选票")

    class Personal:
        none = True

    def __str__(self) -> str:
        return str(self.pk)


class Opening(Sealed):
    """The end of a vote: how many were on the register, how many ballots are in the box, and the root over them."""

    poll = models.OneToOneField(Poll, PROTECT, related_name="opening")
    ending = models.CharField(gettext_lazy("结果"), max_length=8, choices=Ending.choices)
    marks = models.PositiveIntegerField(gettext_lazy("登记人数"))
    online = models.PositiveIntegerField(gettext_lazy("网上票数"))
    paper = models.PositiveIntegerField(gettext_lazy("纸质票数"))
    spoiled = models.PositiveIntegerField(gettext_lazy("纸质无效票数"))
    root = models.CharField(gettext_lazy("选票的默克尔根"), max_length=64, blank=True)
    opened_at = models.DateTimeField(gettext_lazy("开箱时间"))

    class Meta:
        verbose_name = gettext_lazy("开箱")
        constraints = [
            models.CheckConstraint(
                name="opening_no_more_ballots_than_marks",
                condition=Q(marks__gte=models.F("online") + models.F("paper")),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.poll_id} {self.ending}"
