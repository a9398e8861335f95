"""Object stores: folder, S3 and memory keep one promise; what is down is said so."""

import re
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.object_store import client, fake
from civic.adapters.object_store.check import check
from civic.core.errors import Unavailable

NAME = "0123456789abcdef0123456789abcdef"


class Shelf(BaseHTTPRequestHandler):
    """As much of S3 as three verbs need."""

    objects: dict[str, bytes] = {}

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = b"".join(re.findall(rb"[0-9a-f]+;[^\r]*\r\n(.*?)\r\n", body, re.DOTALL))
        self.objects[self.path] = body
        self._answer(200, b"", ETag='"0"')

    def do_GET(self):
        if self.path in self.objects:
            return self._answer(200, self.objects[self.path])
        return self._answer(
            404, b"<Error><Code>NoSuchKey</Code><Message>-</Message></Error>", **{"Content-Type": "application/xml"}
        )

    def do_DELETE(self):
        self.objects.pop(self.path, None)
        self._answer(204, b"")

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def s3(settings):
    pytest.importorskip("minio")
    settings.DOCUMENT_STORE_KEY, settings.DOCUMENT_STORE_SECRET = "key", "secret-of-the-test"
    Shelf.objects.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"s3://documents?endpoint=127.0.0.1:{server.server_port}&secure=0"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["folder", "s3", "memory"])
def store(request, settings, tmp_path):
    addresses = {"folder": lambda: f"file://{tmp_path}/documents", "memory": lambda: "memory://"}
    settings.DOCUMENT_STORE = request.getfixturevalue("s3") if request.param == "s3" else addresses[request.param]()
    fake.MEMORY.objects.clear()
    fake.MEMORY.broken = False
    return client.object_store()


def test_what_is_put_comes_back_until_it_is_deleted(store):
    content = secrets.token_bytes(70_000)

    store.put(NAME, content)
    assert store.get(NAME) == content
    store.put(NAME, b"second")
    assert store.get(NAME) == b"second"
    store.remove(NAME)
    store.remove(NAME)

    with pytest.raises(Unavailable, match="找不到"):
        store.get(NAME)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper(), NAME + "/", NAME + "\n", "/" + NAME[1:]])
def test_a_name_that_is_not_32_hexadecimal_digits_is_a_bug(store, name):
    for verb in (store.get, store.remove, lambda name: store.put(name, b"")):
        with pytest.raises(ValueError, match="32 hexadecimal"):
            verb(name)


def test_the_check_finds_a_store_in_order(store):
    assert check() is None


def test_files_lie_in_a_folder_for_their_owner_only(settings, tmp_path):
    settings.DOCUMENT_STORE = f"file://{tmp_path}/private"
    client.object_store().put(NAME, b"x")

    path = tmp_path / "private" / "01" / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [found.name for found in path.parent.iterdir()] == [NAME]


def test_a_store_that_is_down_says_so(settings, tmp_path):
    (tmp_path / "occupied").write_text("a file where the folder should be")
    settings.DOCUMENT_STORE = f"file://{tmp_path}/occupied"

    with pytest.raises(client.StoreUnavailable):
        client.object_store().put(NAME, b"x")
    with pytest.raises(client.StoreUnavailable):
        client.object_store().get(NAME)
    assert check().startswith("材料存储不可用")


def test_an_s3_store_that_is_down_says_so(settings):
    pytest.importorskip("minio")
    settings.DOCUMENT_STORE = "s3://documents?endpoint=127.0.0.1:1&secure=0"

    with pytest.raises(client.StoreUnavailable):
        client.object_store().put(NAME, b"x")


def test_an_unknown_address_is_refused(settings):
    settings.DOCUMENT_STORE = "ftp://documents"

    with pytest.raises(ImproperlyConfigured, match="file:///folder"):
        client.object_store()
