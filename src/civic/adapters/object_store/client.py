"""The object store named by CIVIC_DOCUMENT_STORE: file:///folder, s3://bucket?endpoint=host:port, or memory://."""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import urllib3
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from civic.adapters.object_store.fake import MEMORY
from civic.core.errors import Unavailable

NAME = re.compile(r"[0-9a-f]{32}")
CONNECT_SECONDS, READ_SECONDS = 3.0, 15.0


class StoreUnavailable(Unavailable):
    """The store did not take or give the bytes; nothing was changed."""

    code = "store-unavailable"


class ObjectMissing(Unavailable):
    """The store answers, but the bytes are not there."""

    code = "object-missing"


class ObjectStore(Protocol):
    """Keeps bytes under a name of 32 hexadecimal digits."""

    def put(self, name: str, content: bytes) -> None: ...

    def get(self, name: str) -> bytes: ...

    def remove(self, name: str) -> None: ...


def object_store() -> ObjectStore:
    """Return the store that the settings name. Raises: ImproperlyConfigured."""
    return _opened(settings.DOCUMENT_STORE)


@lru_cache(maxsize=4)
def _opened(address: str) -> ObjectStore:
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Folder(Path(parts.path))
    if parts.scheme == "s3":
        return Bucket(parts.netloc, _s3_client(dict(parse_qsl(parts.query))))
    if parts.scheme == "memory":
        return MEMORY
    raise ImproperlyConfigured(
        f"CIVIC_DOCUMENT_STORE={address!r}: write file:///folder or s3://bucket?endpoint=host:port."
    )


@dataclass(frozen=True)
class Folder:
    """A folder outside the web root, readable by its owner only."""

    root: Path

    def put(self, name: str, content: bytes) -> None:
        """Write all or nothing: a crash leaves no half object under the name."""
        path = self._path(name)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise StoreUnavailable(_("文件暂时存不进去，本次上传没有生效，请稍后再试。")) from error

    def get(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise ObjectMissing(_("文件内容找不到了，请联系平台管理员。")) from error
        except OSError as error:
            raise StoreUnavailable(_("文件暂时打不开，请稍后再试。")) from error

    def remove(self, name: str) -> None:
        """Remove the object; one that is gone already is no error."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(_("文件暂时删不掉，请稍后再试。")) from error

    def _path(self, name: str) -> Path:
        return self.root / checked(name)[:2] / name


@dataclass(frozen=True)
class Bucket:
    """One bucket of an S3-compatible store."""

    bucket: str
    client: Any

    def put(self, name: str, content: bytes) -> None:
        self._ask("put_object", checked(name), BytesIO(content), len(content))

    def get(self, name: str) -> bytes:
        answer = self._ask("get_object", checked(name))
        try:
            return bytes(answer.read())
        finally:
            answer.close()
            answer.release_conn()

    def remove(self, name: str) -> None:
        self._ask("remove_object", checked(name))

    def _ask(self, verb: str, name: str, *values: object) -> Any:
        minio = import_module("minio.error")
        try:
            return getattr(self.client, verb)(self.bucket, name, *values)
        except minio.S3Error as error:
            if error.code == "NoSuchKey":
                raise ObjectMissing(_("文件内容找不到了，请联系平台管理员。")) from error
            raise StoreUnavailable(_("文件存储暂时不可用，请稍后再试。")) from error
        except (minio.MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise StoreUnavailable(_("文件存储暂时不可用，请稍后再试。")) from error


def checked(name: str) -> str:
    """Return `name` if it can be an object's name. Raises: ValueError; names never come from people."""
    if NAME.fullmatch(name) is None:
        raise ValueError("The name of an object is 32 hexadecimal digits.")
    return name


def _s3_client(options: dict[str, str]) -> Any:
    try:
        minio = import_module("minio")
    except ModuleNotFoundError as error:
        raise ImproperlyConfigured(_("s3:// 需要附加组件：pip install 'civic[s3]'。")) from error
    retry = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    return minio.Minio(
        endpoint=options.get("endpoint", "s3.amazonaws.com"),
        access_key=settings.DOCUMENT_STORE_KEY or None,
        secret_key=settings.DOCUMENT_STORE_SECRET or None,
        secure=options.get("secure", "1") == "1",
        region=options.get("region", "us-east-1"),
        http_client=urllib3.PoolManager(timeout=timeout, retries=retry, maxsize=8),
    )
