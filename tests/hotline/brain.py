"""A city's model for tests: trained on an invented history whose labels are codes, names or upper classes."""

from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from django.conf import settings

from civic.hotline.models import Tolerance
from civic.hotline.text.examples import Example
from civic.hotline.text.model import Model, Seen
from civic.hotline.text.training import train
from tests.factories import hotline

ON = date(2026, 2, 27)
PLACES = ("锦绣花园", "皋城路", "望江小区", "解放街", "月亮湾", "龙河村", "梧桐苑", "西商新村", "佛子岭路", "城南镇")
WORDS = {
    "010201": ("路灯整夜不亮", "路面坑洼不平", "井盖松动作响", "桥面栏杆破损"),
    "010202": ("自来水经常停水", "高层水压太低", "天然气迟迟不通", "暖气一直不热"),
    "020103": ("电线杆贴满小广告", "广告牌歪斜", "楼道小广告没人清理", "店铺招牌掉字"),
}
GAS = {"title": "天然气迟迟不通", "detail": "望江小区的天然气迟迟不通，自来水的水压也太低，居民意见很大。"}


@cache
def model(*labels: str) -> Model:
    """A model of three classes; `labels`: what they are called, their codes unless given."""
    names = dict(zip(WORDS, labels or tuple(WORDS), strict=True))
    rows = [
        Example(f"{place}{word}", f"{word}，{at + 1}个月了，{place}居民意见很大", names[code], "history")
        for code, words in WORDS.items()
        for at, (place, word) in enumerate(product(PLACES, words))
    ]
    return train(rows, on=ON)


def measured(found: Model, *, confidence: float, rows: int = 1_000, wrong: int = 0) -> Model:
    """The same model as if so many unseen rows had got this confidence, and so many of them the wrong class."""
    right = np.arange(rows) >= wrong
    sure = np.full(rows, confidence, dtype=np.float32)
    return Model(**(vars(found) | {"seen": Seen(sure, right, np.zeros(rows, dtype=np.uint8))}))


def put(found: Model, path: Path | None = None) -> Path:
    """Put a model where the city's stands."""
    target = path or settings.HOTLINE_MODEL
    target.parent.mkdir(parents=True, exist_ok=True)
    found.save(target)
    return target


def decide(rate: str = "0.05", *, edition: str = "2026-1") -> Tolerance:
    """The city accepts this share of wrong dispatches."""
    pack = {"edition": edition, "tolerates": rate, "decided_by": "热线主任办公会", "decided_on": "2026-03-01"}
    hotline.reload(automatic_dispatch={**pack, "source": "会议纪要〔2026〕1号"})
    return Tolerance.objects.get(is_in_force=True)
