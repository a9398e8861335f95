"""Mandate: who may follow whom."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class MandateState(TextChoices):
    """Where a mandate stands."""

    PROPOSED = "PROPOSED", _("待确认")
    ACTIVE = "ACTIVE", _("有效")
    REVOKED = "REVOKED", _("已撤销")
    EXPIRED = "EXPIRED", _("已到期")


MANDATE_STEPS = Steps(
    {
        "confirm": {MandateState.PROPOSED: MandateState.ACTIVE},
        "revoke": {
            MandateState.PROPOSED: MandateState.REVOKED,
            MandateState.ACTIVE: MandateState.REVOKED,
        },
        "expire": {
            MandateState.PROPOSED: MandateState.EXPIRED,
            MandateState.ACTIVE: MandateState.EXPIRED,
        },
    }
)
