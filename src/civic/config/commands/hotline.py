"""`civic hotline`: learn from a city's own history, classify messages, find hot topics.

Works on files, without a database or a network; only `train --own` reads the city's tickets.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic.config import env
from civic.config.commands import attached
from civic.core.errors import Refusal
from civic.hotline.text import tables

if TYPE_CHECKING:
    from civic.hotline.text.examples import Example
    from civic.hotline.text.model import Model
    from civic.hotline.text.topics import Voice

OK, BAD_INPUT, BAD_ROWS = 0, 2, 1
EVERY = 2_000  # rows between two lines of progress
RATES = (0.01, 0.02, 0.05)
LEAST_CALLERS, FEWEST_CALLERS = 5, 3  # an n-gram that fewer have written could tell who somebody is
SHOWN = 20  # bad rows named one by one


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hotline = commands.add_parser("hotline", help="train a classifier of messages, classify, find hot topics")
    rest = hotline.add_subparsers(metavar="COMMAND", required=True)
    train = rest.add_parser("train", help="learn from classified messages; prints how well it does")
    train.add_argument("files", nargs="*", type=Path, metavar="FILE.csv", help="columns label, title and/or detail")
    train.add_argument("--own", action="store_true", help="learn from this city's closed tickets, their class given by "
                       "a person; opened in memory only")  # fmt: skip
    train.add_argument("--least-callers", type=int, default=None, metavar="N", help=f"keep only what so many different "
                       f"callers have written ({LEAST_CALLERS} with --own, else 1)")  # fmt: skip
    train.add_argument("--out", type=Path, default=None, metavar="MODEL", help="where to write (var/hotline/model.npz)")
    train.set_defaults(run=_answering(run_train))
    classify = rest.add_parser("classify", help="suggest a class for every message of a table")
    classify.add_argument("file", type=Path, metavar="IN.csv", help="columns id, title, detail")
    classify.add_argument("--out", type=Path, required=True, metavar="OUT.csv", help="id,label,confidence,top3")
    classify.add_argument("--model", type=Path, default=None, help="a trained model (var/hotline/model.npz)")
    classify.set_defaults(run=_answering(run_classify))
    topics = rest.add_parser("topics", help="find what many people write about, the hottest first")
    topics.add_argument("file", type=Path, metavar="IN.csv", help="columns id,user,time,title,detail,likes,dislikes")
    topics.add_argument("--out", type=Path, required=True, metavar="OUT.csv",
                        help="rank,topic,place,period,messages,people,ids")  # fmt: skip
    topics.set_defaults(run=_answering(run_topics))


def model_path() -> Path:
    """Return where the city's model stands."""
    root = Path(__file__).resolve().parents[4]
    own = Path(env.text("CIVIC_VAR", str(root / "var"))) / "hotline" / "model.npz"
    return Path(env.text("CIVIC_HOTLINE_MODEL", str(own)))


def run_train(options: argparse.Namespace) -> int:
    """Train, write the model, print its figures."""
    tell = _progress()
    tell("正在读取……")
    least = _least_callers(options)
    rows = [example for file in options.files for example in tables.read_examples(file)]
    rows += _own_rows(tell) if options.own else []
    tell(f"已读取 {len(rows)} 条留言。")
    from civic.hotline.text import training

    model = training.train(rows, on=datetime.now(UTC).date(), least_writers=least, tell=tell)
    target = options.out or model_path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        model.save(target)
    except OSError as error:
        raise tables.BadTable(f"不能写入 {target}：{error.strerror}。请检查目录是否存在、是否有权限。") from error
    for line in report(model):
        print(line)
    print(f"模型已写入 {target}")
    return OK


def _least_callers(options: argparse.Namespace) -> int:
    """Return of how many callers an n-gram has to be. Raises: BadTable, where there is nothing or too little to ask."""
    if not options.files and not options.own:
        raise tables.BadTable("请给出已分类的文件（FILE.csv），或者加 --own，用本市已办结的工单训练。")
    fewest = FEWEST_CALLERS if options.own else 1
    least: int = options.least_callers or (LEAST_CALLERS if options.own else 1)
    if least < fewest:
        raise tables.BadTable(f"--least-callers 不能小于 {fewest}：一个人写的话不能留在模型里。")
    return least


def _own_rows(tell: Any) -> "list[Example]":
    """Return what the city's own tickets teach."""
    with attached.database():
        import django

        django.setup()
        from civic.hotline.services.learning import own_examples

        return list(own_examples(tell=tell))


def report(model: "Model") -> Iterator[str]:
    """Yield the figures of a model as the command prints them."""
    facts = model.facts
    yield f"类别 {len(model.labels)} 个；"
    yield f"留言 {facts['rows']} 条，不同的事 {facts['families']} 件；5 折交叉验证，同一件事在同一折"
    named = [("全部", facts["all"]), *facts["per_file"].items()]
    named += [({"both": "标题和内容", "title": "只有标题", "detail": "只有内容"}[key], one)
              for key, one in facts["per_shape"].items()]  # fmt: skip
    for name, one in named:
        yield (
            f"macro-F1 {one['macro_f1']:.4f}（95% 区间 {one['low']:.4f}–{one['high']:.4f}）  正确率 {one['right']:.4f}"
            f"  校准误差 {one['calibration_error']:.4f}  {one['rows']} 条  {name}"
        )
    for rate in RATES:
        least = model.threshold_for(rate)
        told = "没有安全的门槛，一律由人分派" if least is None else f"置信度不低于 {least:.4f} 才可自动分派"
        yield f"错误率不超过 {rate:.0%}（95% 上限）：{told}"


def run_classify(options: argparse.Namespace) -> int:
    """Write a suggestion for every row; rows without a text are named and left empty."""
    from civic.hotline.text import model

    tell = _progress()
    trained = model.load(options.model or model_path())
    source = list(tables.read(options.file, needed=("id",), one_of=("title", "detail")))
    empty: list[str] = []
    count = tables.write(options.out, ("id", "label", "confidence", "top3"), _classified(trained, source, empty, tell))
    tell(f"完成：{count} 行，其中 {len(empty)} 行没有内容。")
    for words in empty[:SHOWN]:
        print(words, file=sys.stderr)
    return BAD_ROWS if empty else OK


def _classified(
    model: "Model", source: list[tuple[int, tables.Row]], empty: list[str], tell: Any
) -> Iterator[tuple[str, ...]]:
    for at, (line, row) in enumerate(source, start=1):
        title, detail = row.get("title", ""), row.get("detail", "")
        if not (title or detail):
            empty.append(f"第{line}行（id {row['id'] or '空'}）：标题和内容都是空的，没有分类。")
            yield row["id"], "", "", ""
            continue
        found = model.suggest(title, detail)
        top3 = ";".join(f"{label}:{share:.4f}" for label, share in found.top3)
        yield row["id"], found.label, f"{found.confidence:.4f}", top3
        if at % EVERY == 0:
            tell(f"已分类 {at}/{len(source)} 行……")


def run_topics(options: argparse.Namespace) -> int:
    """Write all topics, the hottest first."""
    from civic.hotline.text.topics import topics

    tell = _progress()
    voices, bad = _voices(options.file)
    tell(f"已读取 {len(voices)} 条留言。")
    found = topics(voices, tell=tell)
    rows = (
        (rank, one.name, one.place, _period(one.start, one.end), one.messages, one.people, ";".join(one.ids))
        for rank, one in enumerate(found, start=1)
    )
    tables.write(options.out, ("rank", "topic", "place", "period", "messages", "people", "ids"), rows)
    tell(f"完成：{len(found)} 个话题。")
    for words in bad[:SHOWN]:
        print(words, file=sys.stderr)
    return BAD_ROWS if bad else OK


def _voices(source: Path) -> "tuple[list[Voice], list[str]]":
    """Return the messages of a table, and what is wrong with each row that is none."""
    voices: list[Voice] = []
    bad: list[str] = []
    for line, row in tables.read(source, needed=("id", "user", "time", "title", "detail", "likes")):
        voice = _voice(row)
        if isinstance(voice, str):
            bad.append(f"第{line}行（id {row['id'] or '空'}）：{voice}")
        else:
            voices.append(voice)
    if not voices:
        raise tables.BadTable(f"{source} 没有一行可用。{bad[0]}")
    return voices, bad


def _voice(row: tables.Row) -> "Voice | str":
    """Return the message of a row, or what is wrong with it."""
    from civic.hotline.text.topics import Voice

    if not row["id"] or not (row["title"] or row["detail"]):
        return "缺少 id，或标题和内容都是空的。"
    at = _time(row["time"])
    if at is None:
        return f"time“{row['time'][:30]}”不是时间，应如 2019-02-28 11:25:05。"
    likes = row["likes"] or "0"
    if not likes.isdecimal():
        return f"likes“{likes[:20]}”不是非负整数。"
    return Voice(row["id"], row["user"], at, row["title"], row["detail"], int(likes))


def _time(text: str) -> datetime | None:
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M",
        "%Y-%m-%d",
        "%Y/%m/%d",
    ):
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the city's wall clock; only days are compared
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _period(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d} 至 {end:%Y-%m-%d}"


def _progress() -> Any:
    begun = time.monotonic()

    def tell(words: str) -> None:
        print(f"[{time.monotonic() - begun:5.0f} s] {words}", file=sys.stderr, flush=True)

    return tell


def _answering(run: Any) -> Any:
    """Return `run` with refusals told in one line and a status of 2."""

    def answered(options: argparse.Namespace) -> int:
        try:
            return int(run(options))
        except Refusal as refusal:
            print(f"civic: {refusal.message}", file=sys.stderr)
            return BAD_INPUT

    return answered
