"""Document: one file, made harmless and sealed. Grant: a department that may read it. Hold: somebody needs it still."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models, transaction

from civic.accounts.models import Account, Department
from civic.audit.seal import row_content, rows_content
from civic.audit.services import record
from civic.core.errors import require
from civic.documents import policies, states
from civic.documents.querysets import DocumentQuerySet
from civic.documents.rules import JPEG, PDF, PNG
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful


class DocumentManager(models.Manager.from_queryset(DocumentQuerySet)):  # type: ignore[misc]
    """Takes documents in."""

    def keep(self, *, draft: "Document", name: str, by: Account, at: datetime) -> "Document":
        """Store the row of `draft`, whose bytes already lie sealed in the object store."""
        with transaction.atomic():
            draft.stored_at = at
            draft.set_personal("name", name)
            draft.save(force_insert=True)
            record(at=at, actor=by, step="documents.document.store", subject=draft, detail={"purpose": draft.purpose})
        return draft


class Document(Masked, Stateful):
    """One file that an account handed in. Its bytes lie in the object store, sealed under the owner's key."""

    class Type(models.TextChoices):
        JPEG = JPEG, "JPG 图片"
        PNG = PNG, "PNG 图片"
        PDF = PDF, "PDF 文件"

    STEPS = states.STEPS
    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="documents", verbose_name="上传人")
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField("文件名")
    content_type = models.CharField("格式", max_length=20, choices=Type.choices)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("上传时的摘要", max_length=64)
    purpose = models.CharField("用途", max_length=60, blank=True)
    stored_at = models.DateTimeField("上传时间")
    state = models.CharField("状态", max_length=10, choices=states.State.choices, default=states.State.STORED)

    objects: ClassVar[DocumentManager] = DocumentManager()

    class Meta:
        verbose_name = "材料文件"
        constraints = [
            models.UniqueConstraint(
                name="documents_same_file_once_an_owner_and_purpose",
                fields=["owner", "sha256", "purpose"],
                condition=models.Q(state=states.State.STORED),
            )
        ]
        indexes = [models.Index(fields=["owner", "stored_at"], name="documents_owner_stored_at")]

    class Personal:
        fields = {"name_sealed": "text"}

    def __str__(self) -> str:
        return f"document {self.token}"

    # Verbs

    def grant(self, department: Department, *, by: object, at: datetime) -> None:
        """Let the officials of `department` who handle content read this file. A second time changes nothing."""
        with transaction.atomic():
            Document.objects.select_for_update().get(pk=self.pk)
            _, is_new = Grant.objects.get_or_create(document=self, department=department, defaults={"granted_at": at})
            if is_new:
                detail = {"department": department.code}
                record(at=at, actor=by, step="documents.document.grant", subject=self, detail=detail)

    def discard(self, *, by: Account, at: datetime) -> None:
        """Give the file up. Raises: NotAllowed, if it is not the owner's or somebody already relies on it."""
        with self.step("discard", by=by, at=at):
            require(policies.why_not_discard(by, self))

    def purge(self, *, by: object, at: datetime) -> bool:
        """Take the row away if nobody needs the file any more; return whether it was. The bytes are the caller's."""
        with transaction.atomic():
            if not Document.objects.select_for_update().unneeded(at=at).filter(pk=self.pk).exists():
                return False
            record(at=at, actor=by, step="documents.document.purge", subject=self.ledger_id())
            if self.owner.person is None or self.owner.person.key_id != self.key_id:
                self.key.shred(by=by, at=at)  # the file's own key: copies of the store cannot be read either
            self.delete()
        return True

    # Questions

    @property
    def name(self) -> str:
        """What the file is called, in the clear, for those who may see it."""
        return self.clear("name")

    @property
    def object_name(self) -> str:
        """The name of its bytes in the object store."""
        return self.token.hex

    @property
    def content_place(self) -> str:
        """What the sealed bytes are bound to: they open as this document and no other."""
        return f"documents.document.content:{self.token.hex}"

    def sealed_content(self) -> dict[str, object]:
        return {**row_content(self), "grants": rows_content(self.grants.all()) if self.pk else []}


class Grant(models.Model):
    """A department whose officials may read a document. Written by `Document.grant` only, sealed with the document."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="grants")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField("授权时间")

    class Meta:
        verbose_name = "材料查阅授权"
        constraints = [
            models.UniqueConstraint(fields=["document", "department"], name="documents_one_grant_a_department")
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.document_id} → {self.department_id}"


class HoldManager(models.Manager["Hold"]):
    """Takes holds."""

    def extend(self, documents: Collection["Document"], *, until: datetime) -> None:
        """Keep the documents until then at least; a longer hold stays as it is."""
        self.bulk_create([Hold(document=document, until=until) for document in documents], ignore_conflicts=True)
        self.filter(document__in=documents, until__lt=until).update(until=until)


class Hold(models.Model):
    """Until when a document is needed that no department may read yet: a draft refers to it, or it came in again.

    A convenience of retention, not a fact about the file: it is outside the document's seal.
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="hold")
    until = models.DateTimeField("保留至")

    objects: ClassVar[HoldManager] = HoldManager()

    class Meta:
        verbose_name = "材料保留"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.document_id} until {self.until:%Y-%m-%d}"
