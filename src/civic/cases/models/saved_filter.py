"""SavedFilter: a worklist as an official likes to see it, under a name."""

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A named query string of the worklist; belongs to one official."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_one_per_name")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name
