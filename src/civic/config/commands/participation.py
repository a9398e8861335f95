"""`civic participation`: draw people by lot from a register, as anybody can run it again.

Works on files, without a database, a network or a clock.
"""

import argparse
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

from civic.core.errors import Refusal
from civic.participation.rules.draw import ALGORITHM, Draw, draw
from civic.participation.rules.register import BadRegister, read_register

OK, BAD_INPUT = 0, 2
SHOWN = 10  # reserves of a stratum on the screen; --out and --json have all


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    room = commands.add_parser("participation", help="draw people by lot, verifiably")
    rest = room.add_subparsers(metavar="COMMAND", required=True)
    one = rest.add_parser(
        "draw",
        help="draw people by lot from a register, in proportion to strata",
        description="Draw people by lot from a register, in proportion to strata. The same seed, size, columns and "
        "register give the same result on any machine; tools/verify_draw.py does the same with Python alone.",
    )
    one.add_argument("register", type=Path, metavar="REGISTER.csv", help="UTF-8; a column id and columns of strata, "
                     "such as area, age_band, sex")  # fmt: skip
    one.add_argument("--seed", required=True, metavar="TEXT", help="the public seed")
    one.add_argument("--size", required=True, type=int, metavar="N", help="how many people to draw")
    one.add_argument("--by", default="", metavar="COLUMN,…", help="columns of strata (all of the register's)")
    one.add_argument("--beacon", default="", metavar="TEXT", help="public number announced with the commitment")
    one.add_argument("--out", type=Path, default=None, metavar="OUT.csv", help="stratum columns, role, rank, id")
    one.add_argument("--json", action="store_true", help="print everything as JSON")
    one.set_defaults(run=run_draw)


def run_draw(options: argparse.Namespace) -> int:
    """Draw, write the list, print what somebody needs to check it."""
    try:
        done = _drawn(options)
        if options.out is not None:
            _write(options.out, table(done))
    except Refusal as refusal:
        for words in dict.fromkeys([refusal.message, *(error.message for error in refusal.errors)]):
            print(f"civic: {words}", file=sys.stderr)
        return BAD_INPUT
    print(json.dumps(as_json(done), ensure_ascii=False, indent=2) if options.json else as_text(done))
    return OK


def table(done: Draw) -> str:
    """Return the list of a draw as CSV: everybody of the register, drawn or reserve, with the rank in the stratum."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*done.by, "role", "rank", "id"])
    for share in done.shares:
        for role, ids in (("drawn", share.drawn), ("reserve", share.reserves)):
            writer.writerows([*share.stratum, role, rank, one] for rank, one in enumerate(ids, start=1))
    return out.getvalue()


def as_json(done: Draw) -> dict[str, Any]:
    """Return a draw as JSON holds it."""
    return {
        "algorithm": ALGORITHM,
        "seed": done.seed,
        "beacon": done.beacon,
        "commitment": done.commitment,
        "register_sha256": done.register_sha256,
        "by": list(done.by),
        "size": done.size,
        "register_people": sum(share.people for share in done.shares),
        "strata": [
            {
                "stratum": dict(zip(done.by, share.stratum, strict=True)),
                "people": share.people,
                "quota": share.quota,
                "drawn": list(share.drawn),
                "reserves": list(share.reserves),
            }
            for share in done.shares
        ],
        "drawn": [one for share in done.shares for one in share.drawn],
    }


def as_text(done: Draw) -> str:
    """Return a draw for people to read."""
    total = sum(share.people for share in done.shares)
    lines = [
        f"算法：{ALGORITHM}",
        f"种子：{done.seed}",
        *([f"公开随机数：{done.beacon}"] if done.beacon else []),
        f"种子承诺（SHA-256）：{done.commitment}",
        f"名册指纹（SHA-256）：{done.register_sha256}",
        f"名册{total}人，抽取{done.size}人，分层：{'、'.join(done.by) or '不分层'}",
        "",
    ]
    for share in done.shares:
        name = " / ".join(share.stratum) or "全体"
        lines.append(f"{name}：{share.people}人中抽{share.quota}人，递补{len(share.reserves)}人")
        lines += [f"  {rank}. {one}" for rank, one in enumerate(share.drawn, start=1)]
        if share.reserves:
            rest = " ……" if len(share.reserves) > SHOWN else ""
            lines.append(f"  递补顺序：{' '.join(share.reserves[:SHOWN])}{rest}")
    return "\n".join(lines)


def _drawn(options: argparse.Namespace) -> Draw:
    try:
        content = options.register.read_bytes()
    except OSError as error:
        raise BadRegister(f"不能读取 {options.register}：{error.strerror}。请检查文件名。") from error
    by = [name for name in options.by.split(",") if name.strip()]
    return draw(read_register(content, by=by), seed=options.seed, size=options.size, beacon=options.beacon)


def _write(target: Path, text: str) -> None:
    """Write beside `target` and put it in its place when it is whole."""
    partial = target.with_name(target.name + ".partial")
    try:
        partial.write_bytes(text.encode())
        partial.replace(target)
    except OSError as error:
        raise BadRegister(f"不能写入 {target}：{error.strerror}。请检查目录是否存在、是否有权限。") from error
    finally:
        partial.unlink(missing_ok=True)
