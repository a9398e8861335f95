"""Prints one line a figure: a ratio measured in one run on one machine, in turns, median of three."""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
from bench.databases import django, scratch  # noqa: E402 (the path first)
from bench.figures import Figure  # noqa: E402
from bench.stage import Stage  # noqa: E402

GROUPS = (
    "submission", "pages", "services", "rules", "exchange", "newborn", "licences", "scale", "tickets", "overload",
    "board", "opinions", "consultation", "budget", "ballots",
)  # fmt: skip


def main() -> int:
    """Measure what was asked for (nothing named: everything); the exit status says whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; none: all")
    parser.add_argument("--full", action="store_true", help="the worklist at a million cases (takes minutes)")
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL"):
        parser.error("DATABASE_URL is not set; `make bench` starts a private database for this")
    met = True
    with tempfile.TemporaryDirectory(prefix="civic-bench-") as folder, scratch("civic_bench") as database:
        os.environ["CIVIC_VAR"] = folder
        stage = Stage(database=database, people=django(database, "bench.seed"), folder=Path(folder), full=options.full)
        for name in options.groups or GROUPS:
            for figure in importlib.import_module(f"bench.{name}").figures(stage):
                print(figure, flush=True)
                met = met and (not isinstance(figure, Figure) or figure.is_met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
