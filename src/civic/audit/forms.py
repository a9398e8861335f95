"""The form that checks a receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civic.audit.services.receipts import CODE
from civic.core.keepable import NotKeepable, read_json


class ReceiptForm(forms.Form):
    """A receipt's code from paper, or the whole receipt as a file's text; one of both."""

    code = forms.CharField(
        label=_("回执编号"),
        help_text=_("印在回执上，形如 1024-9F3A-2B7C-01D4。"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    receipt = forms.CharField(
        label=_("或者粘贴电子回执全文"),
        help_text=_("下载的回执文件（JSON）里的全部文字。"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if code and not CODE.fullmatch(code):
            raise forms.ValidationError(_("回执编号的写法不对，请照回执填写，例如 1024-9F3A-2B7C-01D4。"), code="shape")
        return code

    def clean_receipt(self) -> dict[str, Any]:
        """Return the receipt that the text holds; empty if nothing was pasted."""
        text = str(self.cleaned_data["receipt"]).strip()
        if not text:
            return {}
        try:
            receipt = read_json(text)
        except (ValueError, NotKeepable):
            receipt = None
        if not isinstance(receipt, dict):
            raise forms.ValidationError(_("这不是完整的电子回执：请从第一个「{」复制到最后一个「}」。"), code="shape")
        return receipt

    def clean(self) -> dict[str, Any]:
        content: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not content.get("code") and not content.get("receipt"):
            self.add_error("code", _("请填写回执编号，或者粘贴电子回执全文。"))
        return content
