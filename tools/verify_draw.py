#!/usr/bin/env python3
"""Run a published draw by lot again, with nothing but Python itself: 重新抽取一次，核对公布的抽取结果。

    python3 verify_draw.py --seed SEED --size 30 [--beacon NUMBER] [--by area,age_band] REGISTER.csv [PUBLISHED.csv]

Prints the commitment, the register's hash, the quotas and who was drawn. With PUBLISHED.csv (columns id and role) it
says whether that list is the outcome: exit status 0 if it is, 1 if it is not. How the draw works, step by step:
"""

import argparse
import csv
import hashlib
import io
import sys
from pathlib import Path


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read(path):
    """Return the file's bytes and its rows, each a dictionary of cells without the blanks around them."""
    content = Path(path).read_bytes()
    rows = [
        {(name or "").strip().lower(): (cell or "").strip() for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    ]
    return content, [row for row in rows if any(row.values())]


def draw(rows, columns, seed, size):
    """Return a list of (stratum, people in it, its quota, its ids in the order of their lots)."""
    # 1. Put people into strata.
    strata = {}
    for row in rows:
        strata.setdefault(tuple(row[name] for name in columns), []).append(row["id"])
    # 2. Share the seats out in proportion; what is left goes to the largest remainders.
    quota = {stratum: size * len(ids) // len(rows) for stratum, ids in strata.items()}
    by_remainder = sorted(strata, key=lambda s: (-(size * len(strata[s]) % len(rows)), -len(strata[s]), s))
    for stratum in by_remainder[: size - sum(quota.values())]:
        quota[stratum] += 1
    # 3. Order each stratum by SHA-256 of "seed|id": the first ones are drawn, the others are reserves.
    return [
        (stratum, len(ids), quota[stratum], sorted(ids, key=lambda one: (sha256(seed + "|" + one), one)))
        for stratum, ids in sorted(strata.items())
    ]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", required=True)
    options.add_argument("--size", required=True, type=int)
    options.add_argument("--beacon", default="", help="the public number that was announced with the commitment")
    options.add_argument("--by", default="", help="the columns of strata; all of the register's if left out")
    options.add_argument("register")
    options.add_argument("published", nargs="?")
    given = options.parse_args()

    content, rows = read(given.register)
    if len({row.get("id") for row in rows}) < len(rows) or not 0 < given.size <= len(rows):
        sys.exit("名册没有 id 列，编号重复，或者人数不在1至名册总人数之间。")
    columns = [name.strip().lower() for name in given.by.split(",") if name.strip()]
    columns = columns or [name for name in rows[0] if name != "id"]
    outcome = draw(rows, columns, given.seed + ("+" + given.beacon if given.beacon else ""), given.size)

    print("种子承诺 commitment (SHA-256)", sha256(given.seed))
    print("名册指纹 register (SHA-256)  ", hashlib.sha256(content).hexdigest())
    drawn = set()
    for stratum, people, quota, ids in outcome:
        print(" / ".join(stratum) or "全体", f"{people}人中抽{quota}人：", " ".join(ids[:quota]) or "—")
        drawn.update(ids[:quota])
    if given.published:
        told = {row["id"] for row in read(given.published)[1] if row["role"] == "drawn"}
        print("与公布的名单一致。" if told == drawn else "与公布的名单不一致！")
        sys.exit(0 if told == drawn else 1)


if __name__ == "__main__":
    main()
