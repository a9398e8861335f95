"""Jobs of documents."""

from procrastinate.contrib.django import app

from civic.adapters.object_store.client import object_store
from civic.core.jobs import RETRY
from civic.documents.models import Document
from civic.documents.states import State


@app.task(name="civic.documents.tasks.remove_bytes", retry=RETRY)
def remove_bytes(document: int) -> None:
    """Remove the bytes of a document that was given up; a second run finds nothing to do."""
    found = Document.objects.get(pk=document)
    if found.state == State.DISCARDED:
        object_store().remove(found.object_name)
