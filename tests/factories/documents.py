"""Documents for tests: small real pictures and PDF files."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from civic.accounts.models import Account
from civic.documents.models import Document, Hold
from civic.documents.services import store_document

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Lu'an


def picture(colour: str = "teal") -> bytes:
    """A JPEG of 40 by 30 pixels; another colour, another file."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


def document(
    owner: Account,
    *,
    content: bytes | None = None,
    name: str = "身份证正面.jpg",
    purpose: str = "id_card",
    at: datetime = MONDAY,
) -> Document:
    """A stored document of `owner`."""
    file = BytesIO(picture() if content is None else content)
    return store_document(owner=owner, file=file, name=name, purpose=purpose, at=at)


def hold(of: Document, *, until: datetime) -> Hold:
    """What keeps a document until then."""
    Hold.objects.extend([of], until=until)
    return of.hold
