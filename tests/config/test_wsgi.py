"""What a web process loads before it serves anybody."""

import os
import subprocess
import sys

LOADED = "import gc, civic.config.wsgi; print(gc.get_freeze_count(), len(gc.get_objects()))"


def test_nobody_waits_while_the_collector_goes_through_what_lives_as_long_as_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=dict(os.environ), capture_output=True, text=True, timeout=120, check=True
    )

    left_alone, gone_through = map(int, done.stdout.split())
    assert left_alone > 100_000
    assert gone_through < 10_000
