"""A name for a topic: the title that says most of what its messages share, without the words of asking."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from civic.core.plain import letters

ASKING: Final = re.compile(
    r"^(再次|强烈|紧急|实名|恳请|恳求|请求|请问|请|关于|对于|反映|投诉|举报|咨询|建议|希望|呼吁|要求|求助|问问|严查|严惩|书记|市长|领导|关注|重视|过问)+"
    r"|(的)?(问题|投诉|咨询|建议|情况|请求|反映|求助|诉求)+$|[？?！!。.，,…]+$"
)


def topic_name(titles: Sequence[str], place: str) -> str:
    """Return a name for what these titles share; the place stands in front where the title leaves it out."""
    shared = Counter(pair for title in titles for pair in _pairs(title))
    best = max(titles, key=lambda title: (_told(title, shared), -len(title), title))
    name = _bare(best)
    bare_place = re.sub(r"^(?:[A-Z]\d{0,3}[市区县])+", "", place)
    return name if not bare_place or bare_place in name or place in name else f"{place}：{name}"


def _told(title: str, shared: Counter[str]) -> float:
    """Return how much of what all titles share this one says, for its length."""
    pairs = _pairs(title)
    return sum(shared[pair] for pair in pairs) / (len(pairs) + 12)


def _pairs(title: str) -> set[str]:
    own = letters(title)
    return {own[at : at + 2] for at in range(len(own) - 1)}


def _bare(title: str) -> str:
    """Return a title without "反映…的问题" around it."""
    name = title.strip()
    while (shorter := ASKING.sub("", name).strip()) not in ("", name):
        name = shorter
    return name
