"""Places that a message names: areas, and what a name before a word such as 小区, 路 or 学校 stands for."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

AREA: Final = re.compile(r"[A-Z]\d{0,3}[市区县]|(?:(?<![\u4e00-\u9fff])|(?<=[省市区县]))[\u4e00-\u9fff]{2,3}?[市区县]")
CODED: Final = re.compile(r"[A-Z]\d{0,3}[市区县]")
KINDS: Final = (
    "小区|新城|花园|家园|公寓|广场|小学|中学|学校|幼儿园|大学|学院|医院|大道|大街|社区|街道|新村|国际城|时代|雅苑|名苑|"
    "公园|市场|商城|大厦|大桥|隧道|车站|地铁站|工业园|经开区|高新区|开发区|山庄|路(?![灯面费况途线由过人])|街|"
    "村(?![民委级里长])|镇|乡(?![村镇下])|苑|(?<!政)府|湾|城(?![市区乡镇管])|园(?![林区])|站(?![点在着])|桥"
)
NO_NAMES: Final = """
    加油站 菜市场 农贸市场 批发市场 垃圾站 中转站 工作站 公交站 地铁站 高铁站 火车站 汽车站 水站 网站 充电站 变电站
    公立小学 民办小学 公办小学 重点小学 公办幼儿园 民办幼儿园 私立幼儿园 普惠幼儿园 配套幼儿园 配套小学 配套学校
    人民医院 道路 马路 公路 铁路 高速路 一条路 农村 乡镇 本村 全村 小村 新农村 校园 家属院 新时代 这个小区 国家中心城
    房地产市场 房产市场 二手房市场 各学校 所学校 各小区 整个小区 个小区 多小区 老旧小区 老小区 安置小区
"""
GENERIC: Final = frozenset(NO_NAMES.split())
NAMED: Final = re.compile(rf"[\u4e00-\u9fffA-Z0-9·]{{2,8}}?(?:{KINDS})+")
EDGE: Final = re.compile(
    r"[\s，。、；：？！,.;:?!“”\"'（）()《》]|关于|反映|投诉|举报|咨询|请问|请求|请|建议|希望|强烈|位于|坐落|附近|"
    r"物业公司|物业|开发商|公司|什么|为何|为什么|何时|因为|因|由于|离|让|这|那|该|其|某|两所|每|请问|要求|强烈|严禁|承办|居住|寻求|进入|路过|影响|没有|不|被|由|向|就|都|也|还|但|而|又|能|要|会|说|我们|我|的|在|从|到|于|对|把|将|给|和|与|及|了|是|有|问问|问|解决|尽快|加快|市民"
)
OFTEN: Final = 0.8  # of the messages that name the shorter place also name the longer one: it is the place's name


def areas(text: str) -> list[str]:
    """Return the areas a text names, as they stand."""
    return CODED.findall(text) or AREA.findall(text)


def places(text: str) -> list[str]:
    """Return the named places of one text, without the words before them."""
    found = [match.group() for piece in EDGE.split(CODED.sub("，", text)) for match in NAMED.finditer(piece)]
    return [name for name in found if name not in GENERIC]


def places_of_areas(text: str) -> list[str]:
    """Return the named places that follow an area at once, as in A3区某某小区: surer than a name alone."""
    pieces = [EDGE.split(text[match.end() :], maxsplit=1)[0] for match in CODED.finditer(text)]
    found = [match.group() for piece in pieces if (match := NAMED.match(piece))]
    return [name for name in found if name not in GENERIC]


def shared_place(titles: Sequence[str], texts: Sequence[str]) -> str:
    """Return the place that most of the messages are about, with its area; "" if they name none together.

    A place that a title names comes before one that stands only in the texts.
    """
    named = _most_common({name for title in titles for name in places(title)}, texts)
    if not named:
        named = _most_common({name for text in texts for name in places_of_areas(text)}, texts)
    return f"{_area(texts, named)}{named}"


def _most_common(candidates: Iterable[str], texts: Sequence[str]) -> str:
    standing = {name: sum(name in text for text in texts) for name in candidates}
    if not standing:
        return ""
    best = max(sorted(standing), key=lambda name: (standing[name], len(name)))
    if standing[best] * 2 < len(texts):
        return ""
    longer = [name for name in standing if best in name and standing[name] >= OFTEN * standing[best]]
    return max(sorted(longer), key=len)


def _area(texts: Sequence[str], named: str) -> str:
    """Return the narrowest area that at least half of the texts name."""
    often = Counter(area for text in texts for area in set(areas(text)) if area not in named)
    good = [area for area, count in often.items() if count * 2 >= len(texts)]
    return max(sorted(good), key=lambda area: (len(area), often[area])) if good else ""
