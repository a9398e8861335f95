"""The questions about divisions."""

from typing import TYPE_CHECKING

from django.db import models

from civic.areas.rules import short_code, significant

if TYPE_CHECKING:
    from civic.areas.models import Area


class AreaQuerySet(models.QuerySet["Area"]):
    """Divisions; ordered by code wherever order shows."""

    def by_code(self, *, code: str) -> "Area | None":
        """Return the division with `code`, in its short or twelve-digit form; None where there is none."""
        return self.filter(code=short_code(code)).first()

    def children_of(self, *, code: str) -> "AreaQuerySet":
        """The divisions directly under `code`."""
        return self.filter(parent__code=code).order_by("code")

    def under(self, *, code: str) -> "AreaQuerySet":
        """Every division below `code`, and `code` itself."""
        return self.filter(code__startswith=significant(code)).order_by("code")

    def of_level(self, *, level: str) -> "AreaQuerySet":
        return self.filter(level=level).order_by("code")

    def named(self, *, name: str) -> "AreaQuerySet":
        """Divisions whose name begins with `name`, as people say it: 金安 finds 金安区."""
        return self.filter(name__startswith=name).order_by("code")

    def for_list(self) -> "AreaQuerySet":
        """With the parent that a row shows."""
        return self.select_related("parent").order_by("code")
