"""Uploads wait in memory within bounds: what is too large is cut, known as cut, and refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from civic.documents.services import store_document
from civic.documents.sniffing import TooLarge
from civic.documents.uploads import CutUpload
from tests.factories.accounts import resident
from tests.factories.documents import MONDAY


def received(**files):
    named = {name: SimpleUploadedFile(f"{name}.jpg", content) for name, content in files.items()}
    return RequestFactory().post("/", named).FILES


def test_a_file_within_the_limit_arrives_whole_and_in_memory(settings):
    settings.UPLOAD_MAX_BYTES = 1000

    file = received(a=b"x" * 1000)["a"]

    assert (file.read(), file.size, isinstance(file, CutUpload)) == (b"x" * 1000, 1000, False)
    assert not hasattr(file, "temporary_file_path")


def test_a_file_over_the_limit_is_cut_and_says_how_large_it_was(settings):
    settings.UPLOAD_MAX_BYTES = 1000

    file = received(a=b"x" * 5000)["a"]

    assert (len(file.read()), file.size, isinstance(file, CutUpload)) == (1000, 5000, True)


def test_the_files_of_one_request_share_what_is_allowed(settings):
    settings.UPLOAD_MAX_BYTES = 1000

    files = received(a=b"x" * 900, b=b"x" * 900, c=b"x" * 900, d=b"x" * 900, e=b"x")

    assert [len(files[name].read()) for name in "abcde"] == [900, 900, 900, 300, 0]
    assert [isinstance(files[name], CutUpload) for name in "abcde"] == [False, False, False, True, True]


@pytest.mark.django_db
def test_a_cut_file_is_refused_as_too_large(settings):
    settings.UPLOAD_MAX_BYTES = 1000
    file = received(a=b"\xff\xd8\xff" + bytes(1500))["a"]

    with pytest.raises(TooLarge):
        store_document(owner=resident("王芳"), file=file, name="a.jpg", purpose="", at=MONDAY)
