"""Pages set as PDF by typst, with the one font that the platform brings. Only the worker loads what this needs.

Every text goes to a layout as data, never as markup.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

MOST_TRIES = 3
UNDRAWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')


def set_page(layout: Path, data: Callable[[set[str]], object], *, at: datetime, more: Mapping[str, str]) -> bytes:
    """Return `layout` set as PDF/A-3b.

    `data` makes what the layout reads as `data`, given the characters that the font lacks (`drawn` writes them as
    numbers); `more` are further inputs, as they are.
    """
    typst, missing = import_module("typst"), set[str]()
    for _try in range(MOST_TRIES):
        inputs = {"data": json.dumps(data(missing), ensure_ascii=False), **more}
        try:
            return compiled(layout, inputs, at=at, pdf_standards=["a-3b"])
        except typst.TypstError as error:
            found = _undrawn(str(error.diagnostic))
            if not found - missing:
                raise
            missing |= found
    raise ValueError("The page cannot be set: its font lacks too much.")


def drawn(text: str, missing: set[str]) -> str:
    """Return `text` with every character that the font lacks written as its number."""
    return "".join(f"〔U+{ord(c):04X}〕" if c in missing else c for c in text)


def compiled(layout: Path, inputs: Mapping[str, str], *, at: datetime, **options: Any) -> bytes:
    """Return the PDF of a layout as the typesetter makes it."""
    made: bytes = import_module("typst").compile(
        layout.read_bytes(),
        font_paths=_fonts(),
        sys_inputs=dict(inputs),
        format="pdf",
        timestamp=int(at.timestamp()),
        **options,
    )
    return made


def _undrawn(diagnostic: str) -> set[str]:
    """Return the characters that the font lacks, by the typesetter's own words."""
    texts = (
        re.sub(r"\\u\{([0-9a-f]+)\}", lambda hit: chr(int(hit[1], 16)), text) for text in UNDRAWN.findall(diagnostic)
    )
    return {character for text in texts for character in text}


@cache
def _fonts() -> Any:
    path = Path(import_module("noto_cjk_sans_otc").FONT_PATH)
    return import_module("typst").Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)]
    )
