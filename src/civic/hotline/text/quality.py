"""Is this an answer? Five looks at a reply before it is sent, each with a score from 0 to 1 and words what to do.

These are hints for the writer, not a judgement of a person: each looks for marks that good answers carry (the matter's
own words, what was found and done, the rule, a number to call), not for truth.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from civic.core.plain import MANY_CHARACTERS, letters
from civic.core.words import gettext as _
from civic.hotline.text.phrases import COPIED, boilerplate_share

TIME: Final = timedelta(days=15)  # to reply in where no time is set (Regulation on Handling Petitions: 15 days)
ENOUGH: Final = 0.5  # below this score the writer is told what to do

Marks = tuple[tuple[float, re.Pattern[str]], ...]
FOUND_OUT = re.compile(
    r"经(核实|调查|了解|查|核查|现场|研究)|现场(查看|勘查|核实)|调查(核实|了解)|核实(情况)?如下|情况(回复|说明)如下"
)
DONE = re.compile(
    r"已(于|经|将|对|完成|安排|责令|要求|督促|联系|列入|启动|整改|办理|解决|处理)|责令|立案|整改|拆除|安装|修复"
)
NEXT = re.compile(r"下一步|将(会|于|在|继续|加强|加快|尽快|组织|进一步|按)|计划|预计|力争|年底前|待.{2,20}后")
CALL = re.compile(
    r"(?<!\d)(0\d{2,3}[-－—]?)?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)12\d{3}(?!\d)|咨询电话|联系电话"
)
SIGNED = re.compile(
    r"(局|委|办|办公室|政府|中心|公司|大队|支队|厅|处|街道|管委会)[。\s]{0,9}(\d{4}年\d{1,2}月\d{1,2}日)?[。\s]{0,9}$"
)
RULE = re.compile(r"《[^》]{3,60}》|第[一二三四五六七八九十百\d]+条|[〔\[]\d{4}[〕\]]\d+号")
BASIS = re.compile(r"根据|依据|按照|依照|参照")
WHY = re.compile(r"由于|因(此|为|其|该)|鉴于|原因|所以|不(符合|属于|具备|予)|考虑到")
FACT = re.compile(
    r"\d+(\.\d+)?(万|亿)?(元|平方米|米|公里|亩|户|人|个|套|万|%|％|座|所|条|台|吨)|\d{4}年(\d{1,2}月)?|\d{1,2}月\d{1,2}日"
)
COMPLETE: Final[Marks] = ((0.15, FOUND_OUT), (0.15, DONE), (0.1, NEXT), (0.1, CALL), (0.05, SIGNED))
EXPLAINED: Final[Marks] = ((0.2, RULE), (0.15, BASIS), (0.15, WHY))
EMPTY = re.compile(
    r"(已|将)(转|交|反馈|转交|转办).{0,16}(办理|处理|部门|单位|核实)|感谢(您|你)?.{0,12}(支持|关注|监督|理解)|正在(办理|处理|调查)中"
)
LONG_ANSWER: Final = 300.0  # letters: long enough to say what was found, done and why
MANY_FACTS: Final = 5.0
EMPTY_BELOW: Final = 0.25  # complete and explained both below this: the answer says nothing of its own


@dataclass(frozen=True)
class Score:
    """One look at an answer: from 0 (nothing of it) to 1, and what to do about it ("" where nothing)."""

    value: float
    advice: str = ""


@dataclass(frozen=True)
class Quality:
    """What an answer is like. `boilerplate` is the share that stands in earlier answers: the less the better."""

    relevant: Score
    complete: Score
    explained: Score
    timely: Score
    boilerplate: Score

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the writer should do, the most important first."""
        looks = (self.relevant, self.complete, self.boilerplate, self.explained, self.timely)
        return tuple(look.advice for look in looks if look.advice)

    @property
    def is_empty_phrase(self) -> bool:
        """Whether the answer says nothing of its own about the matter: it may not close a ticket."""
        return self.complete.value < EMPTY_BELOW and self.explained.value < EMPTY_BELOW


def quality(
    question: str,
    answer: str,
    asked_at: datetime,
    answered_at: datetime,
    *,
    due_at: datetime | None = None,
    known: Set[str] = frozenset(),
) -> Quality:
    """Return what an answer is like. Of very long texts the beginning is read.

    `question` is title and detail together; `due_at`: when the answer is due (None: 15 days after the question);
    `known` comes from `phrases.known_phrases` of earlier answers.
    """
    question, answer = question[:MANY_CHARACTERS], answer[:MANY_CHARACTERS]
    return Quality(
        relevant=_relevant(question, answer),
        complete=_complete(answer),
        explained=_explained(answer),
        timely=_timely(asked_at, answered_at, due_at if due_at is not None else asked_at + TIME),
        boilerplate=_boilerplate(answer, known),
    )


def _relevant(question: str, answer: str) -> Score:
    """Return how much of the matter's own words the answer takes up: a third of them is as much as good ones do."""
    asked, said = _pairs(question), _pairs(answer)
    if not asked or not said:
        return Score(0.0, _("请先写明这件事本身：来信人问了什么，回复就答什么。"))
    shared = len(asked & said)
    taken_up = shared / min(len(asked), 120)
    own = shared / len(said)
    value = round(min(1.0, 1.6 * taken_up + 0.8 * own), 3)
    return Score(value, _("回复很少提到来信中的地点和事情，请针对所问逐项回答。") if value < ENOUGH / 2 else "")


def _complete(answer: str) -> Score:
    value = _marks(answer, COMPLETE) + 0.45 * min(1.0, len(letters(answer)) / LONG_ANSWER)
    if EMPTY.search(answer) and not DONE.search(answer):
        value *= 0.6
    value = round(min(1.0, value), 3)
    missing = [
        words
        for mark, words in (
            (FOUND_OUT, _("查明的情况")),
            (DONE, _("已经采取的措施")),
            (NEXT, _("下一步的安排和时间")),
            (CALL, _("联系电话")),
        )
        if not mark.search(answer)
    ]
    advice = _("请补上：%(missing)s。") % {"missing": " / ".join(missing)} if value < ENOUGH and missing else ""
    return Score(value, advice)


def _explained(answer: str) -> Score:
    facts = min(1.0, len(FACT.findall(answer)) / MANY_FACTS)
    length = min(1.0, len(letters(answer)) / LONG_ANSWER)
    value = round(min(1.0, _marks(answer, EXPLAINED) + 0.15 * facts + 0.35 * length), 3)
    advice = _("请说明理由：依据哪项规定的哪一条，以及有关的事实、数字和日期。") if value < ENOUGH else ""
    return Score(value, advice)


def _timely(asked_at: datetime, answered_at: datetime, due_at: datetime) -> Score:
    """Return 1 until the answer is due, then ever less; 0 once it is late by twice the time that was given."""
    late = (answered_at - due_at).total_seconds()
    if late <= 0:
        return Score(1.0)
    given = max((due_at - asked_at).total_seconds(), 1.0)
    value = round(max(0.0, 1 - late / (2 * given)), 3)
    return Score(value, _("已超过答复期限，请向来信人说明迟延的原因并致歉。"))


def _boilerplate(answer: str, known: Set[str]) -> Score:
    value = boilerplate_share(answer, known)
    return Score(value, _("大部分文字与以往的回复相同，请改写成针对这件事的话。") if value > COPIED else "")


def _marks(answer: str, marks: Marks) -> float:
    return sum(weight for weight, mark in marks if mark.search(answer))


def _pairs(text: str) -> set[str]:
    own = letters(text)
    return {own[at : at + 2] for at in range(len(own) - 1)}
