"""Notice: one letter to one account, kept on the site; its words are sealed with the reader's key."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, cast
from uuid import uuid4

from django.db import models, transaction
from django.utils.translation import get_language

from civic.accounts.models import Account
from civic.audit.seal import Sealed, row_content, rows_content
from civic.audit.services import record
from civic.core.errors import require
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked
from civic.notifications import policies
from civic.notifications.models.delivery import Delivery
from civic.notifications.models.template import Template
from civic.notifications.querysets import NoticeQuerySet
from civic.notifications.states import Channel

WORDS = ("title", "body", "title_en", "body_en", "sms")


class NoticeManager(models.Manager.from_queryset(NoticeQuerySet)):  # type: ignore[misc]
    """Writes letters."""

    def write(
        self,
        *,
        recipient: Account,
        template: Template,
        subject: str,
        variables: Mapping[str, str],
        by_sms: bool,
        by: object,
        at: datetime,
    ) -> "Notice":
        """Write a letter once: the same template about the same subject again is the letter already written.

        `by_sms` sends it as a text message too, if the template has one. Raises: VariablesMissing.
        """
        words = template.write(variables)
        with transaction.atomic():
            Account.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
            if subject:
                known = self.filter(recipient=recipient, code=template.code, subject=subject).first()
                if known is not None:
                    return cast(Notice, known)
            notice = Notice(recipient=recipient, template=template, code=template.code, subject=subject, written_at=at)
            notice.key = self._key_of(recipient)
            for name in WORDS:
                notice.set_personal(name, words[name])
            notice.save(force_insert=True)
            Delivery.objects.put_on_site(notice, at=at)
            if by_sms and words["sms"]:
                Delivery.objects.queue_sms(notice, at=at)
            record(at=at, actor=by, step="notifications.notice.write", subject=notice, detail={"letter": str(template)})
        return notice

    def _key_of(self, recipient: Account) -> SubjectKey:
        """Return the reader's own key; an official has none as a person, so their letters share one."""
        if recipient.person is not None:
            return recipient.person.key
        earlier = self.filter(recipient=recipient).select_related("key").first()
        return cast(SubjectKey, earlier.key) if earlier else SubjectKey.objects.create_key()


class Notice(Masked, Sealed):
    """One letter, in Chinese and English, with what becomes of it on each channel."""

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notices", verbose_name="收信人")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+", verbose_name="模板")
    code = models.CharField("模板代码", max_length=60)
    subject = models.CharField("所关于的事", max_length=200, blank=True)
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    title_sealed = models.BinaryField("标题")
    body_sealed = models.BinaryField("正文")
    title_en_sealed = models.BinaryField("英文标题")
    body_en_sealed = models.BinaryField("英文正文")
    sms_sealed = models.BinaryField("短信", null=True)
    written_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects: ClassVar[NoticeManager] = NoticeManager()

    class Meta:
        verbose_name = "通知"
        constraints = [
            models.UniqueConstraint(
                name="notice_once_a_subject",
                fields=["recipient", "code", "subject"],
                condition=~models.Q(subject=""),
            ),
            models.CheckConstraint(
                name="notice_read_after_written",
                condition=models.Q(read_at__isnull=True) | models.Q(read_at__gte=models.F("written_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-written_at", "-id"], name="notice_newest"),
            models.Index(fields=["recipient"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
        ]

    class Personal:
        fields = {
            "title_sealed": "text",
            "body_sealed": "text",
            "title_en_sealed": "text",
            "body_en_sealed": "text",
            "sms_sealed": "text",
        }

    def __str__(self) -> str:
        return f"{self.code} {self.handle}"

    # Verbs

    def read(self, *, by: Account, at: datetime) -> None:
        """Note that the reader has opened the letter: it is delivered. A second time changes nothing."""
        require(policies.why_not_read(by, self))
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Notice.objects.select_for_update(of=("self",)))
            if self.read_at is not None:
                return
            self.read_at = max(at, self.written_at)
            self.save(update_fields=["read_at"])
            record(at=at, actor=by, step="notifications.notice.read", subject=self)
            self.deliveries.get(channel=Channel.IN_APP).confirm(by=by, at=at)

    # Questions

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.clear("title_en" if get_language() == "en" else "title")

    @property
    def body(self) -> str:
        """The letter in the reader's language."""
        return self.clear("body_en" if get_language() == "en" else "body")

    def sealed_content(self) -> dict[str, object]:
        return {**row_content(self), "deliveries": rows_content(self.deliveries.all())}

    @classmethod
    def sealed_rows(cls) -> "models.QuerySet[Notice]":
        return cls._base_manager.prefetch_related("deliveries")
