"""The states of a version, and the only table of who may follow whom."""

from django.db.models import TextChoices

from civic.workflow.steps import Steps


class State(TextChoices):
    DRAFT = "DRAFT", "草稿"
    PUBLISHED = "PUBLISHED", "已发布"
    SUPERSEDED = "SUPERSEDED", "已被新版取代"
    WITHDRAWN = "WITHDRAWN", "已撤下"


class Source(TextChoices):
    CITY = "CITY", "本市事项"
    IMPORT = "IMPORT", "导入的外地事项"


STEPS = Steps(
    {
        "edit": {State.DRAFT: State.DRAFT},
        "publish": {State.DRAFT: State.PUBLISHED},
        "supersede": {State.PUBLISHED: State.SUPERSEDED},
        "withdraw": {State.DRAFT: State.WITHDRAWN, State.PUBLISHED: State.WITHDRAWN},
    }
)
