"""Uploads wait in memory, never in a temporary file: what has not been sealed yet touches no disk."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FILES_AT_ONCE = 3


class CutUpload(InMemoryUploadedFile):
    """A file of which only the beginning was kept, because it or its request was too large."""


class BoundedMemory(FileUploadHandler):
    """Keeps no more of a file, and of all files of a request together, than is allowed."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.left = FILES_AT_ONCE * settings.UPLOAD_MAX_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()
        self.room = min(settings.UPLOAD_MAX_BYTES, self.left)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what there is room for and drop the rest."""
        taken = raw_data[: self.room]
        self.kept.write(taken)
        self.room -= len(taken)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.kept.tell()
        self.left -= size
        self.kept.seek(0)
        kind = CutUpload if size < file_size else InMemoryUploadedFile
        return kind(self.kept, self.field_name, self.file_name or "", self.content_type, file_size, self.charset)
