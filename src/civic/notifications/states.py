"""What becomes of a delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class Channel(models.TextChoices):
    """The way a notice goes."""

    IN_APP = "IN_APP", _("站内信")
    SMS = "SMS", _("短信")


class DeliveryState(models.TextChoices):
    """Where a delivery is."""

    QUEUED = "QUEUED", _("等待发送")
    HELD = "HELD", _("免打扰时段，稍后发送")
    SENDING = "SENDING", _("正在发送")
    SENT = "SENT", _("已发送")
    DELIVERED = "DELIVERED", _("已送达")
    FAILED = "FAILED", _("发送失败")


_S = DeliveryState

STEPS = Steps(
    {
        "hold": {_S.QUEUED.value: _S.HELD.value, _S.HELD.value: _S.HELD.value},
        "begin": {_S.QUEUED.value: _S.SENDING.value, _S.HELD.value: _S.SENDING.value},
        "succeed": {_S.SENDING.value: _S.SENT.value},
        "postpone": {_S.SENDING.value: _S.QUEUED.value},
        "fail": {
            _S.QUEUED.value: _S.FAILED.value,
            _S.HELD.value: _S.FAILED.value,
            _S.SENDING.value: _S.FAILED.value,
        },
        "confirm": {_S.SENT.value: _S.DELIVERED.value},
    }
)
