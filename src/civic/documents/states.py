"""The life of a document."""

from django.db.models import TextChoices

from civic.workflow.steps import Steps


class State(TextChoices):
    """Where a document is in its life."""

    STORED = "STORED", "已保存"
    DISCARDED = "DISCARDED", "已删除"


STEPS = Steps({"discard": {State.STORED: State.DISCARDED}})
