"""What is wrong with a file, where, and whether it can be counted all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from civic.core.errors import FieldError, Refusal


def _(message: str) -> str:
    """Mark a message id for the catalogue; who shows it to a person chooses the language."""
    return message


KEPT = 200  # defects told one by one; the others are only numbered

# Errors: what the ballots say, or what is voted on, is not certain. The file is refused.
ERRORS = {
    "unreadable": _("不能读取文件：%(reason)s。请检查文件名和权限。"),
    "empty": _("文件是空的。"),
    "utf-16": _("文件是 UTF-16 编码。请另存为 UTF-8 后重试。"),
    "encoding": _("第 %(byte)s 个字节起不是 UTF-8 文字。请把文件另存为 UTF-8 后重试。"),
    "control": _("含有不可见的控制字符 %(character)s：这不是文本文件，或者文件已损坏。"),
    "quote": _("引号没有成对，或一格过长（%(reason)s）。此行之后的内容没有读取。"),
    "no-section": _("这里应是 META、PROJECTS 或 VOTES 之一，现在是“%(found)s”。"),
    "missing-section": _("缺少 %(section)s 部分。"),
    "second-section": _("%(section)s 部分出现了两次。"),
    "no-header": _("%(section)s 部分没有表头。"),
    "columns": _("%(section)s 的表头缺少列：%(missing)s。"),
    "second-column": _("%(section)s 的表头中“%(column)s”出现了两次。"),
    "cells": _("应有 %(expected)s 格，现在有 %(found)s 格。"),
    "second-key": _("META 中“%(key)s”出现了两次。"),
    "no-key": _("META 缺少 %(key)s。"),
    "budget": _("budget“%(found)s”不是大于 0 的数。"),
    "vote-type": _("vote_type“%(found)s”不是 approval、choose-1、ordinal、cumulative、scoring 之一。"),
    "no-projects": _("一个项目也没有。"),
    "no-id": _("缺少 %(column)s。"),
    "bad-id": _("项目编号“%(project)s”含有逗号，选票上无法引用。"),
    "second-project": _("项目“%(project)s”已在第 %(first)s 行出现过。"),
    "cost": _("项目“%(project)s”的 cost“%(found)s”不是大于 0 的数。"),
    "second-voter": _("选民“%(voter)s”已在第 %(first)s 行投过票。"),
    "unknown-project": _("选票上的项目“%(project)s”不在 PROJECTS 中。"),
    "named-twice": _("选票上的项目“%(project)s”写了两次。"),
    "choose-1": _("每张选票应选 1 个项目，这一张选了 %(found)s 个。"),
    "points-count": _("选了 %(votes)s 个项目，却有 %(points)s 个分数。"),
    "points": _("分数“%(found)s”不是数，或者太大。"),
    "points-sign": _("累积投票的分数“%(found)s”不能小于 0。"),
    "weighted": _("表头有 vote_strength：选票不等值，本程序不计票。"),
}
# Findings: the file contradicts itself, but every ballot is certain. It is counted, and this is reported.
FINDINGS = {
    "num-projects": _("META 的 num_projects 是 %(said)s，实际有 %(found)s 个项目。"),
    "num-votes": _("META 的 num_votes 是 %(said)s，实际有 %(found)s 张选票。"),
    "limit": _("META 的 %(key)s“%(found)s”不是数，没有按它检查。"),
    "limits": _("META 的 %(low)s 大于 %(high)s。"),
    "key-unknown-number": _("META 的 %(key)s“%(found)s”不是整数。"),
    "too-short": _("选民“%(voter)s”选了 %(found)s 个项目，少于 min_length %(limit)s。"),
    "too-long": _("选民“%(voter)s”选了 %(found)s 个项目，多于 max_length %(limit)s。"),
    "too-cheap": _("选民“%(voter)s”所选项目共需 %(found)s，少于 min_sum_cost %(limit)s。"),
    "too-dear": _("选民“%(voter)s”所选项目共需 %(found)s，多于 max_sum_cost %(limit)s。"),
    "points-low": _("选民“%(voter)s”给了 %(found)s 分，少于 min_points %(limit)s。"),
    "points-high": _("选民“%(voter)s”给了 %(found)s 分，多于 max_points %(limit)s。"),
    "sum-low": _("选民“%(voter)s”共给了 %(found)s 分，少于 min_sum_points %(limit)s。"),
    "sum-high": _("选民“%(voter)s”共给了 %(found)s 分，多于 max_sum_points %(limit)s。"),
    "votes-differ": _("项目“%(project)s”公布 %(said)s 票，按选票数出 %(found)s 票。"),
    "score-differs": _("项目“%(project)s”公布 %(said)s 分，按选票数出 %(found)s 分。"),
    "not-a-number": _("项目“%(project)s”的 %(column)s“%(found)s”不是数。"),
    "selected": _("项目“%(project)s”的 selected“%(found)s”不是 0、1、2、3 之一。"),
    "over-budget": _("公布入选（selected 为 1）的项目共需 %(found)s，超出预算 %(budget)s。"),
    "dearer-than-budget": _("项目“%(project)s”需要 %(found)s，超出整个预算 %(budget)s。"),
    "no-votes": _("一张选票也没有。"),
}


@dataclass(frozen=True)
class Defect:
    """One thing wrong. `line` counts from 1 (0: it is about the file); `template` is a message id with `values`."""

    line: int
    code: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be counted with it."""
        return self.code in ERRORS

    @property
    def template(self) -> str:
        return ERRORS.get(self.code) or FINDINGS[self.code]

    @property
    def message(self) -> str:
        return self.template % self.values

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}" if self.line else self.message


class Defects:
    """Everything found in one pass: the first KEPT of each sort in full, how many there are of all."""

    def __init__(self) -> None:
        self.kept: list[Defect] = []
        self.errors = 0
        self.findings = 0

    def add(self, line: int, code: str, **values: object) -> None:
        is_error = code in ERRORS
        number = self.errors if is_error else self.findings
        if number < KEPT:
            shown: dict[str, object] = {key: shorten(value) for key, value in values.items()}
            self.kept.append(Defect(line, code, shown))
        self.errors += is_error
        self.findings += not is_error

    def in_order(self) -> tuple[Defect, ...]:
        return tuple(sorted(self.kept, key=lambda one: one.line))


def shorten(value: object) -> str:
    """Return `value` as text that fits a line; what cannot be printed is escaped."""
    text = str(value)
    text = text if len(text) <= 60 else f"{text[:60]}…"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


class BadFile(Refusal):
    """The file cannot be counted; `defects` says where and why, `errors_found` how many reasons there are."""

    status = 400
    code = "bad-pabulib-file"

    def __init__(self, defects: Sequence[Defect], errors_found: int) -> None:
        first = next(one for one in defects if one.is_error)
        super().__init__(str(first), errors=list(_field_errors(defects)))
        self.defects = tuple(defects)
        self.errors_found = errors_found


def _field_errors(defects: Iterable[Defect]) -> Iterable[FieldError]:
    return (FieldError(f"/line/{one.line}", one.code, one.message) for one in defects if one.is_error)
