"""What a browser calls itself, in words that its owner knows."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The first mark found wins: every browser also claims to be some other one.
BROWSERS = (
    ("MicroMessenger", gettext_noop("微信")), ("AlipayClient", gettext_noop("支付宝")), ("Edg", "Edge"),
    ("HuaweiBrowser", gettext_noop("华为浏览器")), ("MiuiBrowser", gettext_noop("小米浏览器")),
    ("QQBrowser", gettext_noop("QQ浏览器")), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
MACHINES = (
    ("iPhone", gettext_noop("苹果手机")), ("iPad", gettext_noop("苹果平板")), ("OpenHarmony", gettext_noop("鸿蒙手机")),
    ("Android", gettext_noop("安卓手机")), ("Windows", gettext_noop("Windows 电脑")),
    ("Macintosh", gettext_noop("苹果电脑")), ("Linux", gettext_noop("Linux 电脑")),
)  # fmt: skip


def device_words(user_agent: str) -> str:
    """Return machine and browser in words, e.g. 安卓手机 · 微信; what is not known is said to be so."""
    known = [next((_(words) for mark, words in marks if mark in user_agent), "") for marks in (MACHINES, BROWSERS)]
    return " · ".join(word for word in known if word) or _("不认得的设备")
