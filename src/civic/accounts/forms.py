"""What people type to log in and to act for others."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from civic.accounts.mandates import Proposal
from civic.accounts.rules import ANYTHING, CODE_DIGITS
from civic.core import personal

THEMES = (
    "社会保障", "医疗卫生", "就业创业", "教育科研", "住房保障", "不动产登记", "户籍办理", "证件办理",
    "民政优抚", "养老助残", "设立变更", "准营准办", "纳税缴费",
)  # fmt: skip


class PersonalField(forms.CharField):
    """A number or name of a person, brought into its one form or refused with what is wrong."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(max_length=60, **options)
        self.kind = kind

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
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
        label=_("委托办理的事项"), choices=[(ANYTHING, _("全部事项")), *((theme, _(theme)) for theme in THEMES)]
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


def end_of(day: date) -> datetime:
    """Return the last instant of `day` in the city."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=get_default_timezone())
