"""Invented voices for the bench: no text is anybody's, each is put together from the words of its class."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WHERE = [
    "梅山路",
    "皖西大道",
    "解放路",
    "佛子岭路",
    "磨子潭路",
    "龙河路",
    "长安路",
    "八公山路",
    "寿春路",
    "南门锥子",
    "东市街道",
    "三十铺镇",
]
WHAT = [
    "小区门口",
    "学校旁边",
    "菜市场后面",
    "公交站台",
    "医院对面",
    "三号楼下面",
    "村委会附近",
    "河堤上",
    "十字路口",
    "地下车库",
]
SINCE = ["上周开始", "已经三天", "一个多月了", "从去年冬天起", "昨天晚上", "每天早上六点", "周末尤其严重", "下雨以后"]
HARM = (
    "老人和孩子出门很不方便", "晚上根本没有办法休息", "好几个人因此摔伤", "打过电话一直没有人来处理",
    "群众意见非常大", "家里的生活受到很大影响", "前后跑了四趟都没有办成", "担心会出安全事故",
)  # fmt: skip
WISH = [
    "请尽快派人到现场看一看",
    "希望给一个明确的答复",
    "请告知什么时候能够解决",
    "请说明收费的依据",
    "请有关部门协调处理",
]


@dataclass(frozen=True)
class Voice:
    """What one invented person says, and what is answered."""

    category: Any
    title: str
    detail: str
    place: str
    reply: str


def voices(categories: Sequence[Any], *, count: int, seed: int = 4) -> list[Voice]:
    """Return `count` voices about classes that have words of their own (`hints`); the same for the same seed."""
    draw = random.Random(seed)
    return [_voice(draw, draw.choice(categories)) for _ in range(count)]


def _voice(draw: random.Random, category: Any) -> Voice:
    first, second = draw.choice(category.hints), draw.choice(category.hints)
    place = f"{draw.choice(WHERE)}{draw.randint(1, 480)}号{draw.choice(WHAT)}"
    detail = (
        f"{place}，{draw.choice(SINCE)}，{first}的问题没有解决，{second}也有人反映。{draw.choice(HARM)}，"
        f"{draw.choice(HARM)}。我是附近住户，家里{draw.randint(2, 7)}口人，{draw.choice(WISH)}。"
    )
    reply = (
        f"经核实，您反映的{first}情况属实。工作人员已于{draw.randint(1, 12)}月{draw.randint(1, 28)}日到{place}处理，"
        f"并将继续巡查。如有疑问请拨打0564-12345。"
    )
    return Voice(category, f"{place[:6]}{first}{draw.choice(SINCE)}", detail, place, reply)
