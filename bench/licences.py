"""Licences issued, signed and set as PDF in a second, and how long a check of one takes; no target is set for these."""

from collections.abc import Iterator

from bench.databases import django
from bench.stage import Stage


def figures(stage: Stage) -> Iterator[str]:
    """Yield one line a figure, measured in one thread of a process of its own."""
    got = django(stage.database, "bench.licence_run")
    yield (
        f"info  licences: issued {got['issue']:.0f}/s, signed as JSON and SD-JWT {got['sign']:.0f}/s,"
        f" set and signed as PDF {got['render']:.0f}/s"
    )
    for form in ("JSON", "SD_JWT", "PDF"):
        alone, beside_register = got[form], got[f"{form}_register"]
        yield f"info  licence verified, {form}: {alone:.2f} ms; against the register {beside_register:.2f} ms"
