"""Where a licence stands and the only steps between. An expired licence may still be replaced, or revoked for fraud."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class LicenceState(models.TextChoices):
    """Where a licence stands."""

    VALID = "VALID", _("有效")
    SUSPENDED = "SUSPENDED", _("暂停使用")
    SUPERSEDED = "SUPERSEDED", _("已换发新证")
    EXPIRED = "EXPIRED", _("已过有效期")
    REVOKED = "REVOKED", _("已注销")


class HolderKind(models.TextChoices):
    """Who may hold licences of a type."""

    PERSON = "PERSON", _("自然人")
    ORGANISATION = "ORGANISATION", _("法人和其他组织")
    ANY = "ANY", _("自然人、法人和其他组织")


class Form(models.TextChoices):
    """The renderings of one licence."""

    JSON = "JSON", _("签名数据文件（JSON）")
    SD_JWT = "SD_JWT", _("可选择披露凭证（SD-JWT）")
    PDF = "PDF", _("版式文件（PDF）")


class StatusPurpose(models.TextChoices):
    """What a status list says of a licence (W3C Bitstring Status List)."""

    REVOCATION = "revocation", _("注销或换发")
    SUSPENSION = "suspension", _("暂停")


S = LicenceState
LICENCE_STEPS = Steps(
    {
        "suspend": {S.VALID: S.SUSPENDED},
        "resume": {S.SUSPENDED: S.VALID},
        "supersede": {S.VALID: S.SUPERSEDED, S.SUSPENDED: S.SUPERSEDED, S.EXPIRED: S.SUPERSEDED},
        "expire": {S.VALID: S.EXPIRED, S.SUSPENDED: S.EXPIRED},
        "revoke": {S.VALID: S.REVOKED, S.SUSPENDED: S.REVOKED, S.EXPIRED: S.REVOKED, S.SUPERSEDED: S.REVOKED},
    }
)
LISTED = {
    StatusPurpose.REVOCATION: (S.REVOKED, S.SUPERSEDED),
    StatusPurpose.SUSPENSION: (S.SUSPENDED,),
}  # the states for which a purpose's list has a bit
