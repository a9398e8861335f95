"""Masked: what a model that holds sealed columns gains from declaring them in `class Personal`."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.masking import keys
from civic.masking.models import Shredded
from civic.masking.rules import mask

if TYPE_CHECKING:
    from civic.masking.models import SubjectKey

SEALED = "_sealed"
INDEX = "_index"
GONE = gettext_noop("(已删除)")


class Masked:
    """Seals, opens and masks the fields that the model's `class Personal` declares.

    class Person(Masked, Sealed):
        key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT)
        name_sealed = models.BinaryField()
        phone_sealed = models.BinaryField(null=True)
        phone_index = models.CharField(max_length=64, null=True, unique=True)

        class Personal:
            fields = {"name_sealed": "name", "phone_sealed": "phone"}     # column -> kind of masking.rules
            key = "key"            # the way to the subject's key, e.g. "person.key"; this is the default

    List pages name the key in `for_list()` (`select_related("key")`), so that opening rows asks the database nothing.
    """

    def set_personal(self, name: str, value: str) -> None:
        """Seal `value` into `<name>_sealed` and, where there is such a column, its look-up into `<name>_index`.

        Values are stored as given: normalise them first. Nothing ("") empties both columns.
        """
        sealed = self.subject_key().seal(value, field=self._place(name)) if value else None
        setattr(self, name + SEALED, sealed)
        if hasattr(self, name + INDEX):
            setattr(self, name + INDEX, keys.index(value, personal_fields(type(self))[name]) if value else None)

    def clear(self, name: str) -> str:
        """Return the value itself, for the steps that need it; people get it by `masking.services.reveal`.

        Raises: Shredded, if the subject was deleted.
        """
        sealed = getattr(self, name + SEALED)
        return self.subject_key().open(sealed, field=self._place(name)) if sealed is not None else ""

    def masked(self, name: str, profile: str = "") -> str:
        """Return what `profile` (none named: the city's) shows of `name`; of a deleted subject, that it is gone."""
        try:
            value = self.clear(name)
        except Shredded:
            return _(GONE)
        return mask(personal_fields(type(self))[name], value, profile or settings.MASKING_PROFILE)

    def subject_key(self) -> "SubjectKey":
        """Return the key of the subject that this row is about."""
        found: Any = self
        for step in getattr(type(self).Personal, "key", "key").split("."):  # type: ignore[attr-defined]
            found = getattr(found, step)
        key: SubjectKey = found
        return key

    def _place(self, name: str) -> str:
        return f"{self._meta.label_lower}.{name}"  # type: ignore[attr-defined]


def personal_fields(model: type) -> dict[str, str]:
    """Return the personal fields of `model` by name with their kind: {"name": "name", "phone": "phone"}."""
    declared: dict[str, str] = getattr(getattr(model, "Personal", None), "fields", {})
    return {column.removesuffix(SEALED): kind for column, kind in declared.items() if column.endswith(SEALED)}
