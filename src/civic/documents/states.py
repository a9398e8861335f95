"""The life of a document."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class State(TextChoices):
    """Where a document is in its life."""

    STORED = "STORED", _("已保存")
    DISCARDED = "DISCARDED", _("已删除")


STEPS = Steps({"discard": {State.STORED: State.DISCARDED}})
