"""What people type to log in and to act for others."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from civic.accounts.mandates import Proposal
from civic.accounts.rules import ANYTHING, CODE_DIGITS
from civic.core import personal

# The themes of the catalogue that one person does for another.
THEMES = (
    gettext_noop("社会保障"), gettext_noop("医疗卫生"), gettext_noop("就业创业"), gettext_noop("教育科研"),
    gettext_noop("住房保障"), gettext_noop("不动产登记"), gettext_noop("户籍办理"), gettext_noop("证件办理"),
    gettext_noop("民政优抚"), gettext_noop("养老助残"), gettext_noop("开办企业"), gettext_noop("准营准办"),
    gettext_noop("纳税缴费"),
)  # fmt: skip


class PersonalField(forms.CharField):
    """A number or name of a person, brought into its one form or refused with what is wrong."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(max_length=60, **options)
        self.kind = kind

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return personal.normalise(typed, self.kind)
        except personal.Malformed as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


class PhoneForm(forms.Form):
    """The phone that gets the code."""

    phone = PersonalField(
        "mobile",
        label=_("手机号"),
        help_text=_("我们会发送一条验证码短信。首次登录会自动开通账户。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("请填写手机号。")},
    )


class OrganisationForm(PhoneForm):
    """The organisation, and the phone of somebody who acts for it."""

    field_order = ("uscc", "phone")
    uscc = PersonalField(
        "uscc", label=_("统一社会信用代码"), error_messages={"required": _("请填写营业执照上的统一社会信用代码。")}
    )


class CodeForm(forms.Form):
    """The code from the phone or the app."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("请填写验证码。")},
    )

    def clean_code(self) -> str:
        """Return the digits, without blanks, in ASCII."""
        code = personal.compact(self.cleaned_data["code"])
        if len(code) != CODE_DIGITS or not code.isdigit():
            raise ValidationError(_("验证码是6位数字。"))
        return code


class OfficialForm(forms.Form):
    """Name and password of an official."""

    username = forms.CharField(
        label=_("账户名"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("请填写账户名。")},
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("请填写密码。")},
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password of one's own, typed twice; too short, common or similar ones are refused with the reason."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password1"].help_text = _("至少10个字符，不能是常见密码，不能与账户名相似。")
        self.fields["new_password2"].label = _("再输入一次新密码")
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写新密码。")

    def clean(self) -> dict[str, Any] | None:
        """Refuse the one-time password itself."""
        cleaned: dict[str, Any] | None = super().clean()
        if self.user.check_password(self.cleaned_data.get("new_password1")):
            self.add_error("new_password1", _("新密码不能与一次性密码相同。"))
        return cleaned


class MandateForm(forms.Form):
    """For which services, and until when."""

    theme = forms.ChoiceField(
        label=_("委托办理的事项"),
        choices=[(ANYTHING, _("全部事项")), *((theme, _(theme)) for theme in THEMES)],
        error_messages={"required": _("请选择委托办理的事项。"), "invalid_choice": _("请从列表中选择委托办理的事项。")},
    )
    valid_until = forms.DateField(
        label=_("有效期至"),
        help_text=_("当天结束时失效，最长三年。随时可以提前撤销。"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("请选择有效期。"), "invalid": _("请按 2027-03-01 的格式填写日期。")},
    )

    def proposal(self) -> Proposal:
        """Return what is asked for; the last day counts in full."""
        theme, last_day = self.cleaned_data["theme"], self.cleaned_data["valid_until"]
        scope = [ANYTHING if theme == ANYTHING else f"theme:{theme}"]
        return Proposal(scope=scope, valid_until=end_of(last_day))


class PersonMandateForm(MandateForm):
    """The person to act for."""

    field_order = ("name", "id_number", "theme", "valid_until")
    name = PersonalField("name", label=_("姓名"), error_messages={"required": _("请填写姓名。")})
    id_number = PersonalField(
        "id_number", label=_("居民身份证号码"), error_messages={"required": _("请填写身份证号码。")}
    )


class FirmMandateForm(MandateForm):
    """The organisation to act for."""

    field_order = ("uscc", "theme", "valid_until")
    uscc = PersonalField(
        "uscc", label=_("统一社会信用代码"), error_messages={"required": _("请填写统一社会信用代码。")}
    )


class CounterForm(forms.Form):
    """The person at the desk, as their ID document says."""

    name = PersonalField("name", label=_("姓名"), error_messages={"required": _("请填写姓名。")})
    id_number = PersonalField(
        "id_number", label=_("居民身份证号码"), error_messages={"required": _("请填写身份证号码。")}
    )
    phone = PersonalField(
        "mobile",
        label=_("手机号"),
        help_text=_("会向这个手机号发送确认码，请对方当面告知。没有手机的可以不填，以后到窗口补登。"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class CounterMandateForm(MandateForm):
    """Guardian and child, and the papers that were seen."""

    field_order = ("guardian_id", "name", "id_number", "evidence", "theme", "valid_until")
    guardian_id = PersonalField(
        "id_number", label=_("监护人身份证号码"), error_messages={"required": _("请填写身份证号码。")}
    )
    name = PersonalField("name", label=_("孩子姓名"), error_messages={"required": _("请填写姓名。")})
    id_number = PersonalField(
        "id_number", label=_("孩子身份证号码"), error_messages={"required": _("请填写身份证号码。")}
    )
    evidence = forms.ChoiceField(
        label=_("已核对的原件"),
        choices=[
            ("", ""),
            ("household-register", _("户口簿")),
            ("birth-certificate", _("出生医学证明")),
            ("guardianship-document", _("法院或民政部门的监护证明")),
        ],
        error_messages={"required": _("请选择您核对过的原件。")},
    )


def end_of(day: date) -> datetime:
    """Return the last instant of `day` in the city."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=get_default_timezone())
