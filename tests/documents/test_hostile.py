"""Hostile files: every one is refused in a sentence that helps, or kept without its sting, within two seconds."""

import io
import subprocess
import sys
import time

import pytest
from PIL import Image
from pypdf import PdfReader

from civic.core.errors import Refusal
from civic.documents.rules import PDF, safe_name
from civic.documents.services import disarm
from tests.documents.hostile import NAMES, NEUTRAL, PAYLOAD, REFUSED, SCRIPT, corpus, picture

CORPUS = corpus()
SECONDS = 2.0


def test_the_corpus_is_large_and_no_file_is_there_twice():
    assert len(CORPUS) >= 80
    assert len({name for name, _, _ in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("name", "content", "expected"), CORPUS, ids=[name for name, _, _ in CORPUS])
def test_each_hostile_file_is_refused_or_made_harmless_in_time(name, content, expected):
    started = time.process_time()

    try:
        kept, content_type = disarm(content)
    except Refusal as refusal:
        assert expected in (REFUSED, refusal.code), refusal.message
        assert refusal.status in (400, 413, 415)
        assert refusal.message.endswith("。")
    else:
        assert expected == NEUTRAL, f"{name} was taken as {content_type}"
        assert PAYLOAD not in kept
        assert SCRIPT not in kept
        assert b"PK\x05\x06" not in kept
        _assert_whole(kept, content_type)

    assert time.process_time() - started < SECONDS


def _assert_whole(kept, content_type):
    if content_type == PDF:
        assert len(PdfReader(io.BytesIO(kept)).pages) >= 1
        return
    with Image.open(io.BytesIO(kept)) as found:
        found.load()
        assert Image.MIME[found.format] == content_type
        assert getattr(found, "n_frames", 1) == 1
        assert not found.getexif()
        assert not {"icc_profile", "comment", "exif", "xmp", "Comment"} & found.info.keys()


def test_a_turned_photo_is_stored_upright_without_saying_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 44.0, 5.0)})

    kept, content_type = disarm(picture("JPEG", (40, 30), exif=exif.tobytes()))

    with Image.open(io.BytesIO(kept)) as found:
        assert (found.size, dict(found.getexif()), content_type) == ((30, 40), {}, "image/jpeg")


def test_a_transparent_webp_stays_transparent_as_png():
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 128, 128, 90)).save(out, "WEBP")

    kept, content_type = disarm(out.getvalue())

    with Image.open(io.BytesIO(kept)) as found:
        assert (found.mode, content_type) == ("RGBA", "image/png")


@pytest.mark.parametrize(("given", "safe"), NAMES)
def test_a_hostile_name_becomes_a_plain_one(given, safe):
    assert safe_name(given, "image/jpeg") == safe


def test_the_whole_corpus_adds_little_memory():
    script = (
        "import resource, django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'civic.config.settings'; django.setup();"
        "from tests.documents.hostile import corpus, picture; from civic.documents.services import disarm;"
        "from civic.core.errors import Refusal; files = corpus(); disarm(picture());\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "for _, content, _ in files:\n"
        "    try: disarm(content)\n"
        "    except Refusal: pass\n"
        "print(peak() - before)"
    )

    added = int(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)

    assert added <= 100
