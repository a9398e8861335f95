"""The list of services against the article's own Flask code, 200 services each."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from bench.figures import Figure, against
from bench.load import Load, answer, request
from bench.servers import ROOT, civic, peer
from bench.stage import Stage

SERVICES = 200


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the list with what the client has kept (If-None-Match), and without."""
    name = "GET /api/services / the article's Flask code"
    if find_spec("flask_sqlalchemy") is None:
        yield f"skip  {name}: flask-sqlalchemy is not installed (pip install '.[dev]')"
        return
    file = str(stage.folder / "services.db")
    fill = f"from bench.peers.flask_services import fill; fill({SERVICES})"
    subprocess.run([sys.executable, "-c", fill], check=True, cwd=ROOT, env={**os.environ, "BENCH_SQLITE": file})
    with civic(stage.database) as ours, peer("flask_services", probe="/api/services", BENCH_SQLITE=file) as flask:
        theirs = Load(flask.port, lambda _: request("GET", "/api/services"))
        path = f"/api/services?limit={SERVICES}"
        fresh = Load(ours.port, lambda _: request("GET", path))
        _, head, body = answer(fresh)
        tag = next(line.split(b": ", 1)[1].decode() for line in head.split(b"\r\n") if line.lower()[:5] == b"etag:")
        kept = Load(ours.port, lambda _: request("GET", path, headers={"If-None-Match": tag}), expected=304)
        note = f"{len(json.loads(body))} services"
        yield against(f"{name}, answer kept by the client", kept, theirs, target=8, note=note)
        yield against(f"{name}, nothing kept", fresh, theirs, target=2, note=note)
