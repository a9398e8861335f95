"""What an operator types to enter the official notice of a year."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civic.deadlines import official_year
from civic.deadlines.calendars import Notice
from civic.deadlines.official_year import OfficialDay


class CalendarYearForm(forms.Form):
    """The notice and its days, one arrangement a line."""

    year = forms.IntegerField(label=_("年份"), min_value=2000, max_value=2200, help_text=_("四位数字，例如 2027"))
    title = forms.CharField(
        label=_("通知标题"), max_length=200, help_text=_("例如：国务院办公厅关于2027年部分节假日安排的通知")
    )
    number = forms.CharField(label=_("文号"), max_length=60, required=False)
    source = forms.CharField(label=_("出处"), max_length=300, help_text=_("官方网页地址，或公报期号、文件来源"))
    published_on = forms.DateField(label=_("发布日期"), widget=forms.DateInput(attrs={"type": "date"}))
    days = forms.CharField(
        label=_("节假日和调休上班日"),
        widget=forms.Textarea,
        max_length=5000,
        help_text=_("每行一项，例如“2027-01-01..2027-01-03 休 元旦”或“2027-01-10 班”；半天写“上午班”或“下午班”。"),
    )
    official_days: list[OfficialDay]

    def clean(self) -> dict[str, Any]:
        """Read the days line by line; every bad line is named."""
        cleaned = super().clean() or {}
        year, text = cleaned.get("year"), cleaned.get("days")
        published_on: date | None = cleaned.get("published_on")
        if year and text:
            self.official_days, errors = official_year.parse(text, year)
            for error in errors:
                self.add_error("days", str(error))
        if year and published_on and not year - 2 <= published_on.year <= year:
            self.add_error("published_on", _("发布日期应在该年或之前一两年内，请核对。"))
        return cleaned

    def notice(self) -> Notice:
        """Return the notice as typed."""
        return Notice(self.cleaned_data["title"], self.cleaned_data["number"], self.cleaned_data["source"])
