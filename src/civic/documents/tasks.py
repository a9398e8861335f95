"""Jobs of documents."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.adapters.object_store.client import object_store
from civic.core.jobs import RETRY
from civic.documents.models import Document
from civic.documents.services import purge_unneeded
from civic.documents.states import State


@app.task(name="civic.documents.tasks.remove_bytes", retry=RETRY)
def remove_bytes(document: int) -> None:
    """Remove the bytes of a document that was given up; a second run finds nothing to do."""
    found = Document.objects.get(pk=document)
    if found.state == State.DISCARDED:
        object_store().remove(found.object_name)


@app.task(name="civic.documents.tasks.remove_object", retry=RETRY)
def remove_object(object_name: str) -> None:
    """Remove the bytes of a document whose row is gone; a second run finds nothing to do."""
    object_store().remove(object_name)


@app.periodic(cron="47 3 * * *", periodic_id="documents-sweep")
@app.task(name="civic.documents.tasks.sweep", queueing_lock="documents.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Remove the files that nobody has applied with in time; return how many."""
    return purge_unneeded(at=now())
