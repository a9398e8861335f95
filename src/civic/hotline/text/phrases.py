"""Phrases: what an answer says when it says nothing, what stands in earlier answers, and what is left without both."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from civic.core.plain import MANY_CHARACTERS, letters

PHRASE: Final = 8  # letters of a phrase that is looked for in earlier answers
KNOWN: Final = 3  # earlier answers a phrase must stand in to count as boilerplate
COPIED: Final = 0.6  # above this share of another answer's phrases the writer is told
OWN: Final = 10  # letters that an answer needs once its phrases are taken out
TOLD: Final = 30  # so many letters of its own say something, whatever they hold: measured on real answers, see the docs
EMPTY: Final = (
    "感谢您的来电", "感谢您的关心", "感谢您对我们工作的", "感谢您的理解和支持", "感谢您的支持", "感谢您的反映",
    "您反映的问题已收悉", "已收悉", "高度重视", "我们非常重视", "已转相关部门", "已转交相关部门", "已转有关单位",
    "已转办", "已转", "正在研究", "会认真研究", "将认真研究", "积极协调", "积极推进", "会尽快处理", "将尽快处理",
    "尽快处理", "尽快解决", "将加强监管", "加强监管", "加大力度", "依法依规处理", "依法处理", "将持续关注",
    "请您耐心等待", "敬请谅解", "如有疑问请致电", "祝您生活愉快", "相关部门", "您好", "谢谢",
)  # fmt: skip
ACTS: Final = (
    "已修复", "已更换", "已清理", "已整改", "已恢复", "已退还", "已发放", "已处罚", "已拆除", "已办理", "已联系",
    "现场", "核实", "经查", "更换", "维修", "修复", "拆除", "退款", "赔偿", "罚款", "约谈", "责令", "安排", "计划于",
    "完成", "可以到", "可以拨打", "请携带", "申请",
)  # fmt: skip
SAYS_SOMETHING: Final = re.compile(
    "|".join(ACTS) + r"|\d|《[^》]{3,40}》|第[一二三四五六七八九十百零]+条|本周|下周|今天|明天|今晚"
)
PHONE: Final = re.compile(r"(?<!\d)(?:0\d{2,3}[-－—]?)?(?:\d{7,8}|1[3-9]\d{9}|12\d{3})(?!\d)")


@dataclass(frozen=True)
class Copy:
    """The earlier answer that an answer is most like: its name, and the share of letters that stand in it (0 to 1)."""

    name: str
    share: float


def empty_phrases(answer: str) -> tuple[str, ...]:
    """Return the phrases in an answer that say nothing about any matter."""
    return tuple(phrase for phrase in EMPTY if phrase in answer)


def says_nothing(answer: str, known: Set[str] = frozenset()) -> bool:
    """Whether an answer has hardly a word of its own once phrases, empty and known, are taken out.

    Less than 10 letters say nothing, nor do less than 30 without an act, a date, a figure or a rule.
    """
    rest = without_known(answer[:MANY_CHARACTERS], known)
    for phrase in EMPTY:
        rest = rest.replace(phrase, "")
    rest = PHONE.sub("", rest)  # a number to ring is no figure about the matter
    own = len(letters(rest))
    return own < OWN or (own < TOLD and SAYS_SOMETHING.search(rest) is None)


def known_phrases(answers: Iterable[str]) -> frozenset[str]:
    """Return the phrases of eight letters that stand in at least three of these answers."""
    return standing_in_several(phrases(answer) for answer in answers)


def standing_in_several(answers: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the phrases that at least three of these answers have, each given by its phrases."""
    standing: Counter[str] = Counter()
    for answer in answers:
        standing.update(answer)
    return frozenset(phrase for phrase, count in standing.items() if count >= KNOWN)


def boilerplate_share(answer: str, known: Set[str]) -> float:
    """Return the share of an answer's letters that stand in known phrases, from 0 to 1."""
    covered = _covered(letters(answer), known)
    return round(sum(covered) / len(covered), 3) if covered else 0.0


def copied_from(answer: str, earlier: Sequence[tuple[str, frozenset[str]]]) -> Copy | None:
    """Return the earlier answer (name, its phrases) that most of an answer stands in; None where none is that like."""
    own = letters(answer)
    mine = phrases(answer)
    if not mine:
        return None
    name, theirs = max(earlier, key=lambda one: len(mine & one[1]), default=("", frozenset[str]()))
    covered = _covered(own, theirs)
    share = round(sum(covered) / len(covered), 3)
    return Copy(name, share) if share > COPIED else None


def without_known(answer: str, known: Set[str]) -> str:
    """Return an answer without what stands in known phrases; what stands between letters stays."""
    if not known:
        return answer
    own, places = [], []
    for place, character in enumerate(answer):
        for letter in letters(character):
            own.append(letter)
            places.append(place)
    covered = _covered("".join(own), known)
    gone = {place for place, is_known in zip(places, covered, strict=True) if is_known}
    return "".join(character for place, character in enumerate(answer) if place not in gone)


def phrases(answer: str) -> frozenset[str]:
    """Return every run of eight letters of an answer, of one that is shorter the whole."""
    own = letters(answer)
    if len(own) < PHRASE:
        return frozenset([own]) if own else frozenset()
    return frozenset(own[at : at + PHRASE] for at in range(len(own) - PHRASE + 1))


def _covered(own: str, known: Set[str]) -> list[bool]:
    """Return of each letter whether it stands in a known phrase."""
    if len(own) < PHRASE:
        return [own in known] * len(own)
    covered = [False] * len(own)
    for at in range(len(own) - PHRASE + 1):
        if own[at : at + PHRASE] in known:
            covered[at : at + PHRASE] = [True] * PHRASE
    return covered
