"""A consultation's arithmetic on invented votes, opinions and drafts: one process, one thread, without a database."""

import random
import statistics
import time
from collections.abc import Callable, Iterator

from bench.figures import ROUNDS, Figure
from bench.stage import Stage

VOTES = 50_000
PEOPLE, STATEMENTS = 2_000, 100
OPINIONS = 100_000
ARTICLES = 120
CAMPS = 3
WORDS = (
    "生活垃圾",
    "应当",
    "分类投放",
    "收集容器",
    "县级以上",
    "主管部门",
    "物业服务",
    "责任人",
    "处罚款",
    "公布",
    "监督检查",
    "资源化利用",
)


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long the map, the counting, the lists and the comparison of two versions take."""
    yield from of_votes()
    yield from of_opinions()
    yield from of_drafts()


def of_votes() -> Iterator[Figure | str]:
    """Yield the figures of 50,000 votes of three camps that do not always vote as their camp does."""
    from civic.consultation.opinions.opinion_map import OpinionMap, Rule, opinion_map
    from civic.consultation.rules.counting import Vote, one_person_one_vote, standing_votes

    draw = random.Random(5)
    leanings = [[draw.choice([1, -1]) for _ in range(STATEMENTS)] for _ in range(CAMPS)]
    votes = [
        Vote(
            str(person),
            str(statement),
            draw.choices([leanings[person % CAMPS][statement], 0, 1, -1], [6, 1, 1, 1])[0],
            0,
        )
        for person in range(PEOPLE)
        for statement in draw.sample(range(STATEMENTS), VOTES // PEOPLE)
    ]
    standing = standing_votes(votes)
    note = f"{len(votes)} votes, {PEOPLE} people, {STATEMENTS} statements"
    found = opinion_map(standing, rule=Rule(), draws=0)  # the library is loaded
    assert isinstance(found, OpinionMap) and found.groups.count == CAMPS
    yield _at_most("opinion map without bootstrap", lambda: opinion_map(standing, rule=Rule(), draws=0), 2, note)
    yield _at_most("opinion map with 50 draws", lambda: opinion_map(standing, rule=Rule()), 30, note, rounds=1)
    yield _at_most("one person one vote", lambda: one_person_one_vote(votes), 1, note)


def of_opinions() -> Iterator[Figure | str]:
    """Yield the figures of the lists of 100,000 opinions."""
    from civic.consultation.rules.exposure import next_to_show
    from civic.consultation.rules.standing import Heard, top

    draw = random.Random(6)
    heard = [Heard(str(at), draw.randint(0, seen := draw.randint(1, 900)), seen) for at in range(OPINIONS)]
    shown = {one.key: one.seen for one in heard}
    note = f"{OPINIONS} opinions, one thread"
    yield _at_most("top list of opinions", lambda: top(heard, count=20), 2, note)
    yield _at_most("fair exposure, the next ten", lambda: next_to_show(shown, seed="a", count=10), 1, note)


def of_drafts() -> Iterator[Figure | str]:
    """Yield the figure of reading and comparing two versions of a long draft."""
    from civic.consultation.rules.comparison import compare
    from civic.consultation.rules.draft import parse
    from civic.consultation.rules.numerals import numeral

    draw = random.Random(7)
    bodies = ["，".join("".join(draw.choices(WORDS, k=6)) for _ in range(5)) + "。" for _ in range(ARTICLES)]
    changed = [body.replace("应当", "可以", 1) if draw.random() < 0.3 else body for body in bodies[:3] + bodies[5:]]
    old, new = (
        "\n".join(f"第{numeral(at)}条 {body}" for at, body in enumerate(texts, start=1)) for texts in (bodies, changed)
    )
    note = f"{ARTICLES} articles, all but three renumbered, a third changed"
    yield _at_most("two versions read and compared", lambda: compare(parse(old), parse(new)), 0.5, note)


def _at_most(name: str, work: Callable[[], object], target: float, note: str, rounds: int = ROUNDS) -> Figure:
    return Figure(
        name, statistics.median(_once(work) for _ in range(rounds)), target, at_most=True, unit=" s", note=note
    )


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
