"""What a file may be and what it may be called: pure."""

import re
import unicodedata

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
ACCEPTED = (JPEG, PNG, WEBP, PDF)
SUFFIX = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}
NAME_LENGTH = 80
NAMELESS = "材料"
PURPOSE = re.compile(r"[A-Za-z0-9_.:-]{0,60}")

_UNSAFE = re.compile(r"[\\/:*?\"<>|%;&$`'{}\[\]^~#!=+]")


def safe_name(name: str, content_type: str) -> str:
    """Return what a file may be called: no path, no control or direction marks, the suffix of what it really is."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(c for c in plain if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r"(?:\.[A-Za-z0-9]{1,5})+$", "", _UNSAFE.sub("_", shown).strip()).strip(" .")
    return (stem[:NAME_LENGTH] or NAMELESS) + SUFFIX[content_type]
