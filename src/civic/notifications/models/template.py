"""Template: the wording of a kind of letter, in versions that never change."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import ClassVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import FieldError, Invalid
from civic.notifications import rules
from civic.notifications.letter import Letter
from civic.notifications.letters import LETTERS

TEXTS = ("title", "body", "title_en", "body_en", "sms")


class VariablesMissing(Invalid):
    """A letter was asked for without the values its text names."""

    code = "variables-missing"


class TemplateManager(models.Manager["Template"]):
    """Publishes versions and finds the one in force."""

    def publish(self, letter: Letter, *, by: object, at: datetime) -> "Template":
        """Make `letter` the wording in force; the same wording again changes nothing.

        Raises: Invalid, naming each text that cannot be used.
        """
        errors = _wrong_with(letter)
        if errors:
            raise Invalid(_("模板没有发布，请改正后再试。"), errors=errors)
        with transaction.atomic():
            self._lock_code(letter.code)
            newest = self.filter(code=letter.code).order_by("-version").first()
            if newest is not None and newest.letter() == letter:
                return newest
            version = newest.version + 1 if newest else 1
            template = self.create(**asdict(letter), version=version, published_at=at)
            record(at=at, actor=by, step="notifications.template.publish", subject=template)
        return template

    def current(self, code: str, *, at: datetime) -> "Template":
        """Return the wording in force, storing the built-in one when there is none yet.

        Raises: KeyError, if nobody has ever written such a letter: the caller's mistake.
        """
        found = self.filter(code=code).order_by("-version").first()
        if found is not None:
            return found
        letter = {letter.code: letter for letter in LETTERS}[code]
        return self.publish(letter, by="built-in", at=at)

    def _lock_code(self, code: str) -> None:
        """Let two writers of a first version follow each other."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"notifications.template:{code}"])


class Template(Sealed):
    """One version of the wording of a kind of letter."""

    code = models.CharField("代码", max_length=60)
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    title_en = models.CharField("英文标题", max_length=200)
    body_en = models.TextField("英文正文")
    sms = models.CharField("短信", max_length=500, blank=True)
    is_urgent = models.BooleanField("不受免打扰限制", default=False)
    is_statutory = models.BooleanField("法定告知", default=False)
    published_at = models.DateTimeField("发布时间")

    objects: ClassVar[TemplateManager] = TemplateManager()

    class Meta:
        verbose_name = "通知模板"
        constraints = [models.UniqueConstraint(name="template_version_once", fields=["code", "version"])]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    # Questions

    def letter(self) -> Letter:
        """Return the wording of this version."""
        names = [*TEXTS, "code", "is_urgent", "is_statutory"]
        return Letter(**{name: getattr(self, name) for name in names})

    def write(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the texts (title, body, title_en, body_en, sms) with `variables` put in.

        Raises: VariablesMissing, naming every value that is missing.
        """
        english = rules.in_english(variables)
        missing = sorted(set().union(*(rules.placeholders(getattr(self, name)) for name in TEXTS)) - variables.keys())
        if missing:
            raise VariablesMissing(
                _("通知“%(code)s”缺少内容：%(names)s。") % {"code": self.code, "names": "、".join(missing)}
            )
        return {name: rules.fill(getattr(self, name), english if name.endswith("_en") else variables) for name in TEXTS}


def _wrong_with(letter: Letter) -> list[FieldError]:
    errors = []
    for name in TEXTS:
        text = getattr(letter, name)
        try:
            rules.placeholders(text)
        except ValueError:
            errors.append(
                FieldError(name, "placeholder", _("%(name)s：花括号里只能写变量名，例如 {number}。") % {"name": name})
            )
        if not text.strip() and name != "sms":
            errors.append(FieldError(name, "required", _("%(name)s不能为空。") % {"name": name}))
    if reason := rules.wrong_with_sms(letter.sms):
        errors.append(FieldError("sms", "sms", reason))
    return errors
