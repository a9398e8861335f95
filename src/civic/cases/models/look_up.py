"""LookUp: how often a number or an address was looked up in a window of time."""

from django.db import models


class LookUp(models.Model):
    """A counter of public look-ups; rows of past days are deleted by the queue."""

    what = models.CharField(max_length=80)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "cases_lookup"
        constraints = [models.UniqueConstraint(fields=["what", "window_start"], name="look_up_one_counter_per_window")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.what}: {self.count}"
