"""Shapes of documents in the API."""

from datetime import datetime
from uuid import UUID

from ninja import Schema


class DocumentOut(Schema):
    """A document, without its bytes."""

    token: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    purpose: str
    stored_at: datetime
    content_url: str
