"""`civic consultation`: draw the opinion map of a file of votes; read a draft and compare it with another.

Works on files, without a database or a network.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic.consultation.opinions import polis
from civic.consultation.rules.comparison import Comparison, Fate, compare
from civic.consultation.rules.counting import as_polis_publishes, one_person_one_vote, standing_votes
from civic.consultation.rules.draft import Draft, Kind, parse
from civic.core.errors import Refusal

if TYPE_CHECKING:
    from civic.consultation.opinions.opinion_map import OpinionMap, TooFew

OK, DEFECTS, BAD_INPUT, NO_MAP = 0, 1, 2, 3
SHOWN = 5  # statements a list
MOST_DRAWS = 1000  # more takes an hour and moves no digit shown
LACKING = {
    "participants": "投票足够多、且并非每条都给同一答案的人", "votes": "这些人投的票", "statements": "有人投票的观点",
    "different": "站在不同位置的人",
}  # fmt: skip
KINDS = {"shared_yes": "各组都同意", "shared_no": "各组都不同意", "divisive": "各组相反", "open": "未定"}
FATES = {Fate.CHANGED: "修改", Fate.MOVED: "移动", Fate.ADDED: "新增", Fate.REMOVED: "删除", Fate.UNCHANGED: "不变"}
MARKS = {"keep": "{}", "cut": "[-{}-]", "put": "{{+{}+}}"}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    consultation = commands.add_parser("consultation", help="opinion map of a file of votes; read and compare drafts")
    rest = consultation.add_subparsers(metavar="COMMAND", required=True)
    drawn = rest.add_parser("map", help="count votes on statements, find groups, and what all of them agree on")
    drawn.add_argument("file", type=Path, metavar="VOTES.csv", help="Polis' votes.csv or participants-votes.csv")
    drawn.add_argument("--comments", type=Path, metavar="COMMENTS.csv", help="texts of the statements, and which of "
                       "them moderation hid")  # fmt: skip
    drawn.add_argument("--rule", choices=("own", "polis"), default="own", help="own: one person one vote, hidden "
                       "statements left out, one-sided voters placed last; polis: as Polis' exports were counted, "
                       "everybody and everything takes part")  # fmt: skip
    drawn.add_argument("--draws", type=int, default=None, metavar="N", help="of the bootstrap (50; 0: none)")
    drawn.add_argument("--svg", type=Path, metavar="OUT.svg", help="write the picture here")
    drawn.add_argument("--json", action="store_true", help="print one JSON object instead of words")
    drawn.set_defaults(run=_answering(run_map))
    read = rest.add_parser("draft", help="read a draft by article, paragraph and item; compare it with a newer one")
    read.add_argument("file", type=Path, metavar="DRAFT.md", help="plain text or Markdown")
    read.add_argument("newer", type=Path, nargs="?", metavar="NEWER.md", help="the next version")
    read.set_defaults(run=_answering(run_draft))


def run_map(options: argparse.Namespace) -> int:
    """Print the map of a file, or what is missing for one."""
    from civic.consultation.opinions.opinion_map import AS_POLIS, Rule, TooFew, opinion_map
    from civic.consultation.opinions.published import published

    if options.draws is not None and not 0 <= options.draws <= MOST_DRAWS:
        raise polis.BadExport(f"--draws 写 0 至 {MOST_DRAWS}。")
    given = polis.read_votes(options.file)
    comments = polis.read_comments(options.comments) if options.comments else []
    own = options.rule == "own"
    hidden = {comment.key for comment in comments if comment.is_hidden} if own else set()
    found = opinion_map(
        standing_votes(given.votes), rule=Rule() if own else AS_POLIS, hidden=hidden, draws=options.draws
    )
    if isinstance(found, TooFew):
        print(json.dumps(_lacking(found), ensure_ascii=False) if options.json else "\n".join(_lacking_lines(found)))
        return NO_MAP
    tallies = (one_person_one_vote if own else as_polis_publishes)(given.votes)
    told = published(found, tallies, {comment.key: comment.body.strip() for comment in comments})
    _draw(options.svg, found, comments)
    print(
        json.dumps({"rule": options.rule, **told}, ensure_ascii=False, indent=1)
        if options.json
        else "\n".join(_lines(told))
    )
    return OK


def _draw(target: Path | None, found: "OpinionMap", comments: list[polis.Comment]) -> None:
    from civic.consultation.opinions.picture import picture, svg

    if target is None:
        return
    drawn = svg(picture(found, {comment.key: comment.body for comment in comments}))
    try:
        target.write_text(drawn + "\n", encoding="utf-8")
    except OSError as error:
        raise polis.BadExport(f"不能写入 {target}：{error.strerror}。请检查目录是否存在、是否有权限。") from error


def _lacking(found: "TooFew") -> dict[str, Any]:
    return {"map": None, "missing": [{"what": one.what, "have": one.have, "need": one.need} for one in found.missing]}


def _lacking_lines(found: "TooFew") -> Iterator[str]:
    yield "人数或票数还不够画意见地图："
    for one in found.missing:
        yield f"  {LACKING[one.what]}：{one.have}，至少需要 {one.need}。"


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield the map in words: counts, groups, what joins and what divides."""
    yield f"参与 {told['participants']} 人，投票足够多、放进图中的 {told['placed']} 人，分为 {len(told['groups'])} 组"
    if steady := told["stability"]:
        word = "稳定" if steady["stable"] else "不稳定：换一批参与者，分法可能不同"
        yield f"重抽 {steady['draws']} 次，分组平均一致程度（调整兰德指数）{steady['agreement']:.2f}：{word}"
    words = {row["statement"]: row["text"] or row["statement"] for row in told["statements"]}
    for group in told["groups"]:
        people = "人数不公布" if group["people"] is None else f"{group['people']} 人"
        yield f"{group['name']}组 {people}，与别组最不同的："
        for one in group["typical"]:
            yield f"  {'同意' if one['side'] == 'agree' else '不同意'} {one['share']:.0%}  {words[one['statement']]}"
    for kind, name in KINDS.items():
        rows = [row for row in told["statements"] if row["kind"] == kind]
        yield f"{name}的观点 {len(rows)} 条" + ("：" if rows and kind != "open" else "")
        for row in rows[:SHOWN] if kind != "open" else ():
            yield f"  共识 {row['consensus']:.2f}  {words[row['statement']]}"
    if withheld := sum(row["kind"] is None for row in told["statements"]):
        yield f"不公布各组看法的观点 {withheld} 条：有的组不足5人回答"


def run_draft(options: argparse.Namespace) -> int:
    """Print what a draft holds and what is wrong with it; with two, what has changed."""
    drafts = [(path, _draft(path)) for path in (options.file, options.newer) if path]
    for path, draft in drafts:
        counts = {kind: len(draft.of(kind)) for kind in (Kind.CHAPTER, Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM)}
        print(
            f"{path}：{'、'.join(f'{count} {name}' for count, name in zip(counts.values(), '章条款项', strict=True))}"
        )
        for defect in draft.defects:
            print(f"  {defect.message}", file=sys.stderr)
    if options.newer:
        print("\n".join(_difference(compare(drafts[0][1], drafts[1][1]))))
    return DEFECTS if any(draft.defects for _path, draft in drafts) else OK


def _draft(path: Path) -> Draft:
    try:
        return parse(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise polis.BadExport(f"不能读取 {path}：{error.strerror}。请检查文件名。") from error
    except UnicodeDecodeError as error:
        raise polis.BadExport(f"{path} 不是 UTF-8 文本。请另存为 UTF-8 后重试。") from error


def _difference(found: Comparison) -> Iterator[str]:
    for fate, name in FATES.items():
        yield f"{name} {len(found.of(fate))} 处"
    for change in found.changes:
        if change.fate is not Fate.UNCHANGED and change.kind is not Kind.ARTICLE:
            words = "".join(MARKS[piece.what].format(piece.text) for piece in change.words)
            yield f"{FATES[change.fate]}  {change.old or '—'} → {change.new or '—'}  {words}".rstrip()


def _answering(run: Any) -> Any:
    """Return `run` with refusals told in one line and a status of 2."""

    def answered(options: argparse.Namespace) -> int:
        try:
            return int(run(options))
        except Refusal as refusal:
            print(f"civic: {refusal.message}", file=sys.stderr)
            return BAD_INPUT

    return answered
