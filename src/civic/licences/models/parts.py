"""The parts of a licence: Move (each change of state) and Rendering (each signed form of it)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.licences.rules import Moved
from civic.licences.states import Form, LicenceState
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.licences.models.licence import Licence


class Move(Masked, Sealed):
    """One change of a licence's state: since when it counts, why, who made it, after which decision.

    Written by the verbs of Licence only, and never changed: past uses are judged by these rows.
    """

    ROOT = "licence"

    licence = models.ForeignKey("licences.Licence", on_delete=models.PROTECT, related_name="moves")
    step = models.CharField("步骤", max_length=12)
    state = models.CharField(_("状态"), max_length=10, choices=LicenceState.choices)
    effective_at = models.DateTimeField("生效时间")
    moved_at = models.DateTimeField("办理时间")
    reason_sealed = models.BinaryField("原因", null=True)
    decision = models.CharField("决定文号", max_length=80, blank=True)
    actor = models.CharField("办理人", max_length=80)

    class Meta:
        verbose_name = "证照状态变更"
        indexes = [models.Index(fields=["licence", "id"], name="licences_moves_in_order")]
        constraints = [
            models.CheckConstraint(
                name="licences_no_move_from_the_future", condition=models.Q(effective_at__lte=models.F("moved_at"))
            )
        ]

    class Personal:
        fields = {"reason_sealed": "text"}
        key = "licence.key"

    def __str__(self) -> str:
        return f"{self.licence_id} {self.step}"

    @property
    def reason(self) -> str:
        """Why, in the clear, for those who may see the licence."""
        return self.clear("reason")

    def as_rule(self) -> Moved:
        return Moved(self.state, self.effective_at)


class RenderingManager(models.Manager["Rendering"]):
    """Keeps signed forms."""

    def keep(
        self, *, licence: "Licence", contents: dict[str, bytes], key_id: str, by: object, at: datetime
    ) -> "list[Rendering]":
        """Store the signed forms of a licence, each once: what is there already stays. Returns what is stored now."""
        with transaction.atomic():
            current = type(licence)._default_manager.select_for_update().get(pk=licence.pk)
            there = {kept.form for kept in self.filter(licence=licence)}
            fresh = [
                Rendering(
                    licence=licence,
                    form=form,
                    signed_at=at,
                    key_id=key_id,
                    content_sealed=licence.key.seal_bytes(content, field=Rendering.place(form)),
                )
                for form, content in contents.items()
                if form not in there
            ]
            self.bulk_create(fresh)
            if fresh:
                names = {"forms": ",".join(sorted(kept.form for kept in fresh))}
                record(at=at, actor=by, step="licences.licence.sign", subject=current, detail=names)
        return list(self.filter(licence=licence).order_by("form"))


class Rendering(Masked, Sealed):
    """One signed form of a licence, sealed under its holder's key."""

    ROOT = "licence"

    licence = models.ForeignKey("licences.Licence", on_delete=models.PROTECT, related_name="renderings")
    form = models.CharField(_("格式"), max_length=8, choices=Form.choices)
    content_sealed = models.BinaryField("内容")
    signed_at = models.DateTimeField("签章时间")
    key_id = models.CharField("签章证书", max_length=64)

    objects = RenderingManager()

    class Meta:
        verbose_name = "证照签章文件"
        constraints = [models.UniqueConstraint(fields=["licence", "form"], name="licences_each_form_once")]

    class Personal:
        fields = {"content_sealed": "text"}
        key = "licence.key"

    def __str__(self) -> str:
        return f"{self.licence_id} {self.form}"

    @property
    def content(self) -> bytes:
        """The signed bytes, for those who may see the licence."""
        return self.subject_key().open_bytes(self.content_sealed, field=self.place(self.form))

    @staticmethod
    def place(form: str) -> str:
        """What the sealed bytes are bound to."""
        return f"licences.rendering.content:{form}"
