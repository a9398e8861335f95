"""Taking a file in, handing it out, giving it up: the journeys between model and object store."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.adapters.object_store.client import object_store
from civic.audit.services import record
from civic.core.errors import FieldError, Invalid, Refusal, TooMany, require
from civic.core.jobs import enqueue
from civic.documents import images, pdfs, policies
from civic.documents.models import Document, Hold
from civic.documents.rules import PDF, PURPOSE, safe_name
from civic.documents.sniffing import TooLarge, Unreadable, sniff
from civic.documents.uploads import CutUpload
from civic.masking.models import SubjectKey

MEGABYTE = 1024 * 1024
PURGED_AT_ONCE = 5000


class QuotaUsedUp(TooMany):
    """This account has handed in as much as one may in a day."""

    code = "quota-used-up"


class PurposeUnknown(Invalid):
    """The purpose is not a code."""

    code = "purpose-unknown"


def store_document(*, owner: Account, file: IO[bytes], name: str, purpose: str, at: datetime) -> Document:
    """Make `file` harmless, seal it under the owner's key and keep it; the same bytes for the same purpose only once.

    `purpose` is a code (the material's key), `name` what the sender called the file.
    Raises: TooLarge, TypeRefused, Unreadable, ActiveContent, QuotaUsedUp, PurposeUnknown, NotAllowed, StoreUnavailable.
    """
    require(policies.why_not_store(owner))
    if PURPOSE.fullmatch(purpose) is None:
        message = _("材料用途应为目录中的材料代码（字母、数字和 _ . : -，不超过60个）。")
        raise PurposeUnknown(message, errors=[FieldError("purpose", PurposeUnknown.code, message)])
    content = _read(file)
    digest = hashlib.sha256(content).hexdigest()
    same = Document.objects.same_as(owner=owner, sha256=digest, purpose=purpose)
    found: Document | None = same.select_related("key").first()
    if found is None:
        return _store(owner, content, digest, name=name, purpose=purpose, at=at)
    Hold.objects.extend([found], until=at + timedelta(days=settings.DOCUMENT_UNUSED_DAYS))
    return found


def open_document(*, document: Document, by: Account, at: datetime, purpose: str = "") -> bytes:
    """Return the bytes of a document that the caller found by `visible_to(by)`, and enter who read it.

    Raises: StoreUnavailable, Shredded, LedgerClosed: nothing is handed out that is not in the ledger.
    """
    sealed = object_store().get(document.object_name)
    content = document.key.open_bytes(sealed, field=document.content_place)
    record(at=at, actor=by, step="documents.document.read", subject=document.ledger_id(), purpose=purpose)
    return content


def grant_documents(*, documents: list[Document], department: Department, by: object, at: datetime) -> None:
    """Let a department read several documents, as when a case is handed to it."""
    with transaction.atomic():
        for document in documents:
            document.grant(department, by=by, at=at)


def hold_documents(*, owner: Account, tokens: Collection[str], until: datetime) -> None:
    """Keep those of `tokens` that are documents of `owner` until then, as long as a draft refers to them."""
    if tokens:
        Hold.objects.extend(Document.objects.owned_by(account=owner).filter(token__in=tokens), until=until)


def purge_unneeded(*, at: datetime) -> int:
    """Remove the files that nobody needs any more, rows at once and bytes by a job; return how many."""
    done = 0
    for document in Document.objects.unneeded(at=at).select_related("owner__person", "key")[:PURGED_AT_ONCE]:
        with transaction.atomic():
            if document.purge(by="timer", at=at):
                enqueue("civic.documents.tasks.remove_object", object_name=document.object_name)
                done += 1
    return done


def discard_document(*, document: Document, by: Account, at: datetime) -> None:
    """Give a file up; its bytes are removed by a job once this is committed."""
    with transaction.atomic():
        document.discard(by=by, at=at)
        enqueue("civic.documents.tasks.remove_bytes", document=document.pk)


def disarm(content: bytes) -> tuple[bytes, str]:
    """Return what is kept of a file and its type: pictures drawn anew, PDF files that cannot act as they are.

    Raises: TypeRefused, Unreadable, TooLarge, ActiveContent.
    """
    content_type = sniff(content)
    if content_type != PDF:
        return images.redraw(content, content_type)
    pdfs.check(content)
    return content, PDF


def _read(file: IO[bytes]) -> bytes:
    most = settings.UPLOAD_MAX_BYTES
    content = file.read(most + 1)
    if len(content) > most or isinstance(file, CutUpload):
        raise TooLarge(_("文件超过%(most)s MB 的上限，请压缩或拆分后再上传。") % {"most": most // MEGABYTE})
    if not content:
        raise Unreadable(_("这个文件是空的，请重新选择文件。"))
    return content


def _store(owner: Account, content: bytes, digest: str, *, name: str, purpose: str, at: datetime) -> Document:
    _refuse_over_quota(owner, len(content), at)  # before the costly part; asked again under the lock
    kept, content_type = disarm(content)
    draft = Document(
        owner=owner, key=_key_of(owner), content_type=content_type, size=len(kept), sha256=digest, purpose=purpose
    )
    object_store().put(draft.object_name, draft.key.seal_bytes(kept, field=draft.content_place))
    try:
        document = _enter(draft, safe_name(name, content_type), at)
    except Refusal:
        object_store().remove(draft.object_name)
        raise
    if document is not draft:
        object_store().remove(draft.object_name)
    return document


def _enter(draft: Document, name: str, at: datetime) -> Document:
    """Store the row, or return the one that a second request for the same file stored first."""
    owner = draft.owner
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=owner.pk)
        same = Document.objects.same_as(owner=owner, sha256=draft.sha256, purpose=draft.purpose)
        found: Document | None = same.select_related("key").first()
        if found is not None:
            return found
        _refuse_over_quota(owner, draft.size, at)
        return Document.objects.keep(draft=draft, name=name, by=owner, at=at)


def _key_of(owner: Account) -> SubjectKey:
    """Return the person's key, so that deleting the person deletes the file; else a key of the file's own."""
    return owner.person.key if owner.person is not None else SubjectKey.objects.create_key()


def _refuse_over_quota(owner: Account, size: int, at: datetime) -> None:
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    count, total = Document.objects.handed_in(owner=owner, since=midnight)
    if count < settings.DOCUMENTS_PER_DAY and total + size <= settings.DOCUMENT_BYTES_PER_DAY:
        return
    raise QuotaUsedUp(
        _("今天上传的材料已达%(files)s个或%(most)s MB，请明天再传，或到综合窗口提交。")
        % {"files": settings.DOCUMENTS_PER_DAY, "most": settings.DOCUMENT_BYTES_PER_DAY // MEGABYTE},
        retry_after=86_400 - int((at - midnight).total_seconds()),
    )
