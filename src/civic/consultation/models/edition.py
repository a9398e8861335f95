"""MapEdition: an opinion map as it was published; the next one waits for five more people."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation.models.consultation import Consultation
from civic.consultation.rules.renewal import may_renew, packed, unpacked
from civic.core.errors import Conflict

SALT = 16  # bytes


class TooSoon(Conflict):
    """Fewer than five people have voted since the last map: the difference would tell how they did."""

    code = "too-soon"


@dataclass(frozen=True)
class Drawn:
    """What is published of a map (`opinions.published`), its picture by language, and whose votes are in it.

    `prints` are the fingerprints of those votes (`rules.renewal`), made with `salt`.
    """

    told: dict[str, Any]
    pictures: dict[str, str]
    salt: bytes
    prints: frozenset[bytes]


class MapEditionManager(models.Manager["MapEdition"]):
    """Publishes maps."""

    def newest(self, consultation: Consultation) -> "MapEdition | None":
        """Return the map that everybody sees now."""
        return self.filter(consultation=consultation).order_by("-number").first()

    def salt_for(self, consultation: Consultation) -> bytes:
        """Return the salt that makes fingerprints comparable with the newest map's; a fresh one before the first."""
        newest = self.newest(consultation)
        return bytes(newest.salt) if newest else secrets.token_bytes(SALT)

    def publish(self, consultation: Consultation, drawn: Drawn, *, by: object, at: datetime) -> "MapEdition":
        """Put a map in the place of the last one. Raises: TooSoon.

        Two that were drawn at once are compared one after the other: the second finds the first, and is too soon.
        """
        with transaction.atomic():
            Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
            last = self.newest(consultation)
            if last is not None:
                last.refuse_too_soon(drawn)
            made = MapEdition(
                consultation=consultation, number=last.number + 1 if last else 1, told=drawn.told,
                pictures=drawn.pictures, salt=drawn.salt, prints=packed(drawn.prints), drawn_at=at,
            )  # fmt: skip
            made.save(force_insert=True)
            record(at=at, actor=by, step="consultation.mapedition.publish", subject=made)
            if last is not None:
                last.forget(by=by, at=at)
        return made


class MapEdition(Sealed):
    """One opinion map as everybody sees it: groups and shares of at least five people, no person.

    `prints` tell whether somebody's votes are others by now; only the newest map keeps them.
    """

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="map_editions", db_index=False)
    number = models.PositiveIntegerField(gettext_lazy("第几期"))
    told = models.JSONField(gettext_lazy("内容"))
    pictures = models.JSONField(gettext_lazy("图"))
    salt = models.BinaryField()
    prints = models.BinaryField()
    drawn_at = models.DateTimeField(gettext_lazy("绘制时间"))

    objects: ClassVar[MapEditionManager] = MapEditionManager()

    class Meta:
        verbose_name = gettext_lazy("意见地图")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="map_edition_once_a_number"),
            models.CheckConstraint(name="map_edition_has_a_number", condition=Q(number__gt=0)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.number}"

    # Verbs

    def forget(self, *, by: object, at: datetime) -> None:
        """Give up whose votes are in it, once a newer map stands in its place."""
        self.prints, self.salt = b"", b""
        self.save(force_update=True)
        record(at=at, actor=by, step="consultation.mapedition.forget", subject=self)

    # Questions

    def refuse_too_soon(self, drawn: Drawn) -> None:
        """Refuse a map whose difference from this one would be of fewer than five people. Raises: TooSoon."""
        if drawn.salt != bytes(self.salt) or not may_renew(drawn.prints, unpacked(bytes(self.prints))):
            raise TooSoon(_("上一期之后投票的还不到5人。为了不让人从两期的差别看出谁怎么投，暂不重画。"))

    def picture(self, language: str) -> str:
        """Return the picture in a language of the platform, as SVG that we have drawn."""
        return str(self.pictures.get(language) or self.pictures["zh-hans"])
