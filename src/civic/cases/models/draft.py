"""Draft: what a person has typed so far, kept safe until it is sent."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction

from civic.cases import rules
from civic.cases.querysets import DraftQuerySet
from civic.documents.services import hold_documents
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.catalogue.models import Version

KEPT_FOR = timedelta(days=30)  # after its last change, as the start page promises


class Draft(Masked, models.Model):
    """An unfinished application of one account for one service; saved with every page and while typing."""

    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    service_version = models.ForeignKey("catalogue.Version", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey("masking.SubjectKey", on_delete=models.PROTECT, related_name="+")
    content_sealed = models.BinaryField(null=True)
    documents = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-updated_at"], name="draft_of_owner")]

    class Personal:
        fields = {"content_sealed": "text"}

    def __str__(self) -> str:
        return str(self.token)

    # Verbs

    def keep(self, answers: Mapping[str, Any], *, at: datetime) -> None:
        """Save the answers typed so far; what is not among them stays as it was, also on another device."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Draft.objects.select_for_update(of=("self",)).select_related("key"))
            merged = {**self.answers, **answers}
            self.set_personal("content", json.dumps(merged, ensure_ascii=False))
            self.updated_at = at
            self.save(update_fields=["content_sealed", "updated_at"])
            self._hold_documents(at)

    def replace_documents(self, documents: Mapping[str, Sequence[str]], *, at: datetime) -> None:
        """Set which documents stand for which material."""
        with transaction.atomic():
            self.documents = {material: list(tokens) for material, tokens in documents.items()}
            self.updated_at = at
            self.save(update_fields=["documents", "updated_at"])
            self._hold_documents(at)

    def move_to(self, version: "Version", *, at: datetime) -> None:
        """Go on under the version now in force, with everything that it asks too."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Draft.objects.select_for_update(of=("self",)).select_related("key"))
            before = self.service_version
            kept = rules.carried_answers(before.form or {}, version.form or {}, self.answers)
            made = rules.carried_commitments(before.materials, version.materials, kept.get("_commitments", []))
            self.set_personal("content", json.dumps({**kept, "_commitments": made}, ensure_ascii=False))
            self.documents = rules.carried_documents(version.materials, self.documents)
            self.service_version, self.updated_at = version, at
            self.save(update_fields=["service_version", "content_sealed", "documents", "updated_at"])

    # Questions

    @property
    def answers(self) -> dict[str, Any]:
        """What was typed so far, by field."""
        loaded: dict[str, Any] = json.loads(self.clear("content") or "{}")
        return loaded

    # Inside

    def _hold_documents(self, at: datetime) -> None:
        """Keep the files for as long as the draft, and the day until its sweep comes round."""
        tokens = [token for tokens in self.documents.values() for token in tokens]
        hold_documents(owner=self.owner, tokens=tokens, until=at + KEPT_FOR + timedelta(days=1))
