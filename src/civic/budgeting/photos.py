"""The bytes of a photo that is shown in public: no reading of somebody's papers, so no entry of who looked."""

from civic.adapters.object_store.client import object_store
from civic.budgeting.models import Photo


def bytes_of(photo: Photo) -> bytes:
    """Return the picture. Raises: StoreUnavailable, Shredded."""
    document = photo.document
    content: bytes = document.key.open_bytes(object_store().get(document.object_name), field=document.content_place)
    return content
