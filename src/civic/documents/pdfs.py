"""PDF files: read for anything that could act, and kept as they are when there is nothing.

A PDF is not rewritten, because that would break the signatures on certificates and invoices.
"""

import re
import zlib
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import IndirectObject, StreamObject

from civic.documents.sniffing import ActiveContent, TooLarge, Unreadable

MOST_PAGES = 300
MOST_STREAM_BYTES = 8_000_000
MOST_INFLATED_BYTES = 48_000_000
PEEK_BYTES = 48

_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia[A-Za-z]*|XFA|SubmitForm|ImportData|GoToE|GoToR"
    rb"|Rendition|Movie|Sound)(?=[\s/<>\[\](){}%]|$)"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\s/<])")
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")
_PACKED_OBJECTS = re.compile(rb"\s*(?:%|\d+\s+\d+\s)")
_END = re.compile(rb"%%EOF\s*\Z")
_ARCHIVE_ENDS = (b"PK\x05\x06", b"PK\x06\x07")
_DAMAGED = gettext_noop("这个 PDF 已损坏或不完整，请重新导出后再上传。")
BROKEN = (PyPdfError, OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


def check(content: bytes) -> None:
    """Refuse a PDF that could act, hides another file, is locked, or cannot be read.

    Raises: ActiveContent, Unreadable, TooLarge.
    """
    if not _END.search(content[-2048:]) or any(mark in content[-70_000:] for mark in _ARCHIVE_ENDS):
        raise ActiveContent(_("这个 PDF 的末尾缺少结束标记或混有其他内容，请重新导出 PDF 后再上传。"))
    names = _names(content)
    if _ENCRYPTED.search(names):
        raise Unreadable(_("这个 PDF 加了密码，请取消密码后再上传。"))
    _refuse_active(names)
    if b"ObjStm" in names:
        _search_packed_objects(content)
    _read(content)


def _names(content: bytes) -> bytes:
    """Return `content` with the escapes undone that can hide a name (/J#61vaScript)."""
    return _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), content)


def _refuse_active(names: bytes) -> None:
    if _ACTIVE.search(names):
        raise ActiveContent(_("这个 PDF 含有脚本、附件或可执行动作，请用“打印为 PDF”重新生成后再上传。"))


def _search_packed_objects(content: bytes) -> None:
    """Search every stream that inflates to what objects are packed as, whatever its dictionary says it is."""
    view, total = memoryview(content), 0
    for match in _STREAM.finditer(content):
        if not _PACKED_OBJECTS.match(_inflate(view[match.end() : match.end() + 1024], PEEK_BYTES)):
            continue
        inflated = _inflate(view[match.end() : match.end() + MOST_STREAM_BYTES], MOST_STREAM_BYTES)
        total += len(inflated)
        if total > MOST_INFLATED_BYTES or len(inflated) == MOST_STREAM_BYTES:
            raise TooLarge(_("这个 PDF 解压后过大，请用“打印为 PDF”重新生成后再上传。"))
        _refuse_active(_names(inflated))


def _inflate(packed: memoryview, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def _read(content: bytes) -> None:
    """Read the file as a viewer would: its pages, and the objects that its own index says are packed."""
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Unreadable(_("这个 PDF 加了密码，请取消密码后再上传。"))
        pages = len(reader.pages)
        for number in sorted({packed_in for packed_in, _ in reader.xref_objStm.values()}):
            packed = reader.get_object(IndirectObject(number, 0, reader))
            _refuse_active(_names(packed.get_data() if isinstance(packed, StreamObject) else b""))
    except BROKEN as error:
        raise Unreadable(_(_DAMAGED)) from error
    if pages == 0:
        raise Unreadable(_(_DAMAGED))
    if pages > MOST_PAGES:
        words = _("这个 PDF 有%(n)s页，超过%(most)s页的上限，请拆分后再上传。")
        raise TooLarge(words % {"n": pages, "most": MOST_PAGES})
