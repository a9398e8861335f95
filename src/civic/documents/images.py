"""Pictures: measured before they are decoded, then drawn anew, so that only pixels remain."""

import struct
import threading
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from civic.documents.rules import JPEG, PNG
from civic.documents.sniffing import TooLarge, Unreadable

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_PIXELS = {"image/jpeg": 24_000_000, "image/png": 12_000_000, "image/webp": 12_000_000}
LONGEST_SIDE = 16_000
QUALITY = 88
BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, struct.error, MemoryError
)  # fmt: skip

_one_at_a_time = threading.BoundedSemaphore(1)  # a decoded picture takes up to 100 MB


def redraw(content: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the picture encoded anew and its type: no EXIF, GPS, comments, profiles, further frames or trailing bytes.

    WebP becomes JPEG, or PNG where it is transparent. Raises: TooLarge, Unreadable.
    """
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(content), formats=[FORMATS[content_type]]) as picture:
                _measure(picture.size, content_type)
                return _encoded(picture, content_type)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooLarge(_("图片的像素太多，请缩小后再上传。")) from error
        except BROKEN as error:
            raise Unreadable(_("这张图片已损坏或不完整，请重新拍照或另存后再上传。")) from error


def _measure(size: tuple[int, int], content_type: str) -> None:
    most = MOST_PIXELS[content_type]
    if size[0] * size[1] > most or max(size) > LONGEST_SIDE:
        raise TooLarge(
            _("图片为%(wide)s×%(high)s像素，超过%(most)s万像素或单边%(side)s像素的上限，请缩小后再上传。")
            % {"wide": size[0], "high": size[1], "most": most // 10_000, "side": LONGEST_SIDE}
        )


def _encoded(picture: Image.Image, content_type: str) -> tuple[bytes, str]:
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    see_through = content_type != JPEG and upright.has_transparency_data
    plain = upright.convert("RGBA" if see_through else "L" if upright.mode in ("1", "L", "LA") else "RGB")
    plain.info = {}
    as_type = PNG if see_through or content_type == PNG else JPEG
    out = BytesIO()
    if as_type == PNG:
        plain.save(out, "PNG", compress_level=1 if plain.width * plain.height > 4_000_000 else 6)
    else:
        plain.save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), as_type
