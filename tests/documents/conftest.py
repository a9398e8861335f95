"""Every test of documents has a store of its own, in memory."""

import pytest

from civic.adapters.object_store.fake import MEMORY


@pytest.fixture(autouse=True)
def store(settings):
    settings.DOCUMENT_STORE = "memory://"
    MEMORY.objects.clear()
    MEMORY.broken = False
    return MEMORY
