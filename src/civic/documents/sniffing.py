"""What a file is by its content, and in which words it is refused."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.core.errors import Refusal
from civic.documents.rules import JPEG, PDF, PNG, WEBP

_MAGIC = (
    (re.compile(rb"\xff\xd8\xff"), JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PNG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WEBP),
    (re.compile(rb"%PDF-[12]\.\d"), PDF),
)
_KNOWN = (
    (
        re.compile(rb"PK\x03\x04|PK\x05\x06"),
        gettext_noop("压缩包和 Word、Excel、OFD 文件不能直接上传，请另存为 PDF 后再上传。"),
    ),
    (re.compile(rb"\xd0\xcf\x11\xe0"), gettext_noop("旧版 Word、Excel 文件不能直接上传，请另存为 PDF 后再上传。")),
    (
        re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar", re.DOTALL),
        gettext_noop("压缩包不能上传，请解压后逐个上传。请上传 JPG、PNG、WebP 图片或 PDF。"),
    ),
    (
        re.compile(rb"....ftyp(?:heic|heix|mif1|hevc|avif)", re.DOTALL),
        gettext_noop("HEIC/AVIF 照片请在手机设置中改为“兼容性最佳”或另存为 JPG 后再上传。"),
    ),
    (
        re.compile(rb"GIF8|BM|II\*\0|MM\0\*"),
        gettext_noop("GIF、BMP、TIFF 图片请另存为 JPG 或 PNG 后再上传。请上传 JPG、PNG、WebP 图片或 PDF。"),
    ),
    (
        re.compile(rb"MZ|\x7fELF|#!|\xca\xfe\xba\xbe|\xfe\xed\xfa|\xcf\xfa\xed"),
        gettext_noop("程序文件不能上传。请上传 JPG、PNG、WebP 图片或 PDF。"),
    ),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
        gettext_noop("网页、SVG 和 XML 文件不能上传。请上传 JPG、PNG、WebP 图片或 PDF。"),
    ),
    (re.compile(rb".{1,1024}%PDF-", re.DOTALL), gettext_noop("这个 PDF 的开头混有其他内容，请重新导出 PDF 后再上传。")),
)


class TooLarge(Refusal):
    """The file, its pixels or its pages are more than is taken."""

    status = 413
    code = "too-large"


class TypeRefused(Refusal):
    """Files of this type are not taken."""

    status = 415
    code = "type-refused"


class Unreadable(Refusal):
    """The file says it is of an accepted type, but is damaged or cut short."""

    status = 400
    code = "unreadable"


class ActiveContent(Refusal):
    """The file could act by itself: scripts, programs, hidden attachments."""

    status = 415
    code = "active-content"


def sniff(content: bytes) -> str:
    """Return the type of a file by its first bytes, whatever its name and sender say. Raises: TypeRefused."""
    if not content:
        raise Unreadable(_("这个文件是空的，请重新选择文件。"))
    head = content[:1200]
    for pattern, found in _MAGIC:
        if pattern.match(head):
            return found
    for pattern, message in _KNOWN:
        if pattern.match(head):
            raise TypeRefused(_(message))
    raise TypeRefused(_("认不出这个文件的格式。请上传 JPG、PNG、WebP 图片或 PDF。"))
