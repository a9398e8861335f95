"""Fills a scratch database with one consultation's opinions and asks it what its pages ask; prints JSON.

Opinions are rows without seals, which no list reads. Their words are put together from clauses, places and wishes, each
with the fingerprint that its words have; one in twenty repeats what a campaign says, with words of its own around it.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

TRIED = 100
CAMPAIGN = "投放时间太短，上夜班的人赶不上，希望每天延长到晚上九点以后，周末全天开放。"
WHO = (
    "上班的人",
    "带孩子的家庭",
    "独居老人",
    "开小店的",
    "租房的年轻人",
    "环卫工人",
    "物业公司",
    "出租车司机",
    "学生",
    "村民",
)
WHAT = (
    "分类投放点离家太远", "厨余垃圾破袋不卫生", "标识看不清楚", "夏天气味很大", "收运车来得太早", "罚款标准不合理",
    "大件垃圾没有地方放", "有害垃圾不知道往哪里送", "指导员不在现场", "装修垃圾堆在楼下", "桶不够用", "监控拍到人脸",
)  # fmt: skip
WISH = (
    "建议每栋楼设一个点", "建议增加错时投放", "建议由社区统一收集", "希望先宣传半年再处罚", "希望公布收运时间表",
    "建议给积分换日用品", "希望单独设老人通道", "建议把标准写进附件", "希望每季度公开一次数据", "建议委托第三方检查",
)  # fmt: skip
ROAD = ("梅山路", "皖西大道", "解放路", "佛子岭路", "磨子潭路", "龙河路", "长安路", "八公山路", "寿春路", "三里桥")


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    count = int(sys.argv[1])
    run, reader = _seed(count)
    print(json.dumps(_asked(run, reader, count)))


def _asked(run: Any, reader: Any, count: int) -> dict[str, Any]:
    from civic.consultation.models import Opinion
    from civic.consultation.services import reading
    from civic.core.near import bands

    drawn = random.Random(7)
    parts = [words[: drawn.randint(len(words) // 2, len(words))] for words in _words(count, picked=TRIED)]
    top = lambda _: reading.voices(run, reading.top_opinions(run), person=reader)  # noqa: E731
    seeds = [str(n) for n in range(TRIED)]
    return {
        "near": [_took(lambda words: reading.near_opinions(run, words), words) for words in parts],
        "hot": [_took(lambda words: reading.near_opinions(run, words), CAMPAIGN[: 20 + n % 18]) for n in range(TRIED)],
        "hot_found": Opinion.objects.filter(consultation=run).near(bands(CAMPAIGN)).count(),
        "top": [_took(top, n) for n in range(TRIED)],
        "fair": [_took(lambda seed: reading.next_opinions(run, person=reader, seed=seed), seed) for seed in seeds],
        "counts": [_took(lambda _: reading.opinions_on_clauses(run), n) for n in range(TRIED)],
    }


def _seed(count: int) -> tuple[Any, Any]:
    from civic.consultation.models import Opinion, Reception, Sight
    from civic.core.near import bands
    from civic.masking.models import SubjectKey
    from tests.factories import accounts as people
    from tests.factories import consultation as make

    run, reader = make.published(), people.person("孙浩")
    version, key, at = make.version(run), SubjectKey.objects.create_key(), now()
    anchors = ["", *[one.anchor for one in version.draft().clauses if one.words]]
    drawn, first = random.Random(3), 0
    for batch in _batches(_words(count)):
        rows = [
            Opinion(
                consultation=run, draft=version, anchor=drawn.choice(anchors), key=key, words_sealed=b"-",
                public_words=words, source="WEB", state="PUBLISHED", bands=list(bands(words)), said_at=at,
                published_at=at,
            )
            for words in batch
        ]  # fmt: skip
        made = Opinion.objects.bulk_create(rows)
        receptions = [_reception(one, run, drawn) for one in made]
        Reception.objects.bulk_create(receptions)
        first = first or made[0].pk
    Sight.objects.see(range(first, first + 50), person=reader)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return run, reader


def _reception(one: Any, run: Any, drawn: random.Random) -> Any:
    from civic.consultation.models import Reception
    from civic.consultation.models.stance import LOTS

    seen = drawn.randint(0, 40)
    supports = drawn.randint(0, seen)
    found = Reception(opinion=one, consultation=run, is_listed=True, seen=seen, supports=supports,
                      doubts=drawn.randint(0, seen - supports), lot=one.handle.int % LOTS)  # fmt: skip
    found.weigh()
    return found


def _words(count: int, picked: int = 0) -> Iterator[str]:
    """Yield what `count` people say, the same each time; `picked`: only so many of them, evenly."""
    drawn = random.Random(5)
    for n in range(count):
        who, road, number = drawn.choice(WHO), drawn.choice(ROAD), drawn.randint(1, 400)
        what, wish, more = drawn.choice(WHAT), drawn.choice(WISH), drawn.choice(WISH)
        words = f"{road}{number}号这边{who}反映{what}，{wish}，也{more}。"
        words = f"{who}说：{CAMPAIGN}" if n % 20 == 0 else words
        if not picked or n % (count // picked) == 1:
            yield words


def _batches(words: Iterator[str], size: int = 5000) -> Iterator[list[str]]:
    batch: list[str] = []
    for one in words:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _took(question: Callable[[Any], object], about: Any) -> float:
    begin = time.perf_counter()
    question(about)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
