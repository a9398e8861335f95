"""The files with which anybody checks a vote without us."""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic.budgeting.models import Poll


def stubs_csv(poll: "Poll") -> bytes:
    """Return every used credential by receipt, in hex: no time, no order of coming in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["receipt", "message", "signature"])
    for one in poll.stubs.order_by("receipt").iterator(chunk_size=10_000):
        writer.writerow([one.receipt, bytes(one.message).hex(), bytes(one.signature).hex()])
    return out.getvalue().encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files as one archive, the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
