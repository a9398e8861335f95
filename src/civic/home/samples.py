"""Made-up content for the page that shows the components."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from civic.core.errors import FieldError

SCHEMA: dict[str, dict[str, Any]] = {
    "contact": {"type": "string", "title": "联系人", "title_en": "Contact", "x-personal": "name"},
    "phone": {
        "type": "string", "title": "手机号", "title_en": "Mobile number", "x-personal": "phone",
        "description": "11 位数字，用来接收办理进度", "description_en": "11 digits, for news of your case",
    },
    "bank": {
        "type": "string", "title": "开户银行", "title_en": "Bank", "enum": ["one", "two"],
        "x-labels": ["第一银行", "第二银行"], "x-labels-en": ["First bank", "Second bank"],
    },
    "town": {
        "type": "string", "title": "所在乡镇", "title_en": "Town", "x-widget": "select", "enum": ["a", "b"],
        "x-labels": ["甲镇", "乙镇"], "x-labels-en": ["Town A", "Town B"],
    },
    "needs": {
        "type": "array", "title": "需要的帮助", "title_en": "Help you need",
        "items": {"enum": ["door", "sign"]}, "x-labels": ["上门办理", "手语"],
        "x-labels-en": ["Home visit", "Sign language"],
    },
    "since": {"type": "string", "format": "date", "title": "开始日期", "title_en": "Start date"},
    "amount": {"type": "string", "x-widget": "money", "title": "提取金额", "title_en": "Amount"},
    "reason": {
        "type": "string", "x-widget": "textarea", "maxLength": 200, "title": "申请理由", "title_en": "Reason",
        "description": "写清楚时间、地点和原因", "description_en": "Say when, where and why",
    },
    "photo": {"type": "string", "x-widget": "file", "title": "电子照片", "title_en": "Photo"},
    "promise": {"type": "boolean", "title": "我承诺所填内容真实", "title_en": "I confirm that what I wrote is true"},
}  # fmt: skip


def context(at: datetime) -> dict[str, Any]:
    """Return what the components' page shows."""
    return {
        "schema": SCHEMA,
        "errors": [FieldError("/phone", "phone", _("请输入 11 位手机号"))],
        "at": at,
        "promised_on": (at + timedelta(days=7)).date(),
    }
