"""The licence as a PDF/A-3b with a visible seal and a PAdES signature. Only the worker loads what this needs.

Every text goes to the layout as data, never as markup. The signature is a certification that allows no change
(DocMDP), always made with ECDSA: PDF readers know no SM2. The signed data file is attached.
"""

import asyncio
import io
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import segno

from civic.documents import typesetting
from civic.licences.formats.content import Facts
from civic.licences.rules import shown_code

if TYPE_CHECKING:
    from civic.adapters.signing.client import Signer

HERE = Path(__file__).parent
CITY = ZoneInfo("Asia/Shanghai")
MILLIMETRE = 72 / 25.4
SEAL_BOX = tuple(round(edge * MILLIMETRE, 2) for edge in (146, 36, 186, 76))  # left, bottom, right, top in mm
FIELD = "Seal"
RESERVED = 8192  # hexadecimal digits for the signature: certificate, attributes and signature need some 2,500


@dataclass(frozen=True)
class Frame:
    """What the page says about the site that sets it, and that it is a demonstration's ("": it is not)."""

    site: str
    mark: str = "示范"
    notice: str = "示范证照，不具法律效力，不得用于办理任何事务。"
    notice_en: str = "Demonstration only: without any legal effect."


def write(facts: Facts, *, signed: bytes, signer: "Signer", frame: Frame, at: datetime) -> bytes:
    """Return the signed PDF of a licence; `signed` is its signed data file, which is attached."""
    page = _page(facts, signed, frame, at)
    return _sealed(page, seal=_seal(facts.authority_name, frame.mark), facts=facts, signer=signer)


def _page(facts: Facts, signed: bytes, frame: Frame, at: datetime) -> bytes:
    """Return the page, not yet signed. A character that the font does not have is written as its number."""
    more = {"signed": signed.decode(), "qr": qr_code(facts.address)}
    return typesetting.set_page(HERE / "layout.typ", lambda missing: _data(facts, frame, missing), at=at, more=more)


def _data(facts: Facts, frame: Frame, missing: set[str]) -> dict[str, Any]:
    words = "〔U+…〕处的字暂缺字形，以附件中签名数据文件的文字为准。" if missing else ""
    rows = [
        {"name": name, "name_en": name_en, "value": typesetting.drawn(value, missing)}
        for _, name, name_en, value in facts.fields
    ]
    end = _day(facts.valid_until) if facts.valid_until else "长期"
    return {
        "type": facts.type_name,
        "type_en": facts.type_name_en,
        "authority": facts.authority_name,
        "issued_on": _day(facts.valid_from),
        "validity": f"{_day(facts.valid_from)} 至 {end}" if facts.valid_until else end,
        "code": shown_code(facts.code),
        "number": facts.number,
        "address": facts.address,
        "site": frame.site,
        "mark": frame.mark,
        "notice": frame.notice,
        "notice_en": frame.notice_en,
        "rows": rows,
        "missing": words,
    }


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def qr_code(address: str) -> str:
    """Return the QR code of an address as SVG."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", border=2, xmldecl=False)
    return drawing.getvalue().decode()


@cache
def _seal(authority: str, mark: str) -> bytes:
    """Return the drawing of an authority's seal."""
    data = json.dumps({"authority": authority, "mark": mark}, ensure_ascii=False)
    return typesetting.compiled(HERE / "seal.typ", {"data": data}, at=datetime(2026, 1, 1, tzinfo=CITY), pdf_tags=False)


def _sealed(page: bytes, *, seal: bytes, facts: Facts, signer: "Signer") -> bytes:
    signers, fields = import_module("pyhanko.sign.signers"), import_module("pyhanko.sign.fields")
    writer = _writer_class()(io.BytesIO(page))
    last = int(writer.root["/Pages"]["/Count"]) - 1
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=facts.authority_name,
        reason=f"电子证照签章 {facts.number}",
    )
    spec = fields.SigFieldSpec(FIELD, on_page=last, box=SEAL_BOX)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as drawing:
        drawing.write(seal)
        drawing.flush()
        stamp = import_module("pyhanko.stamp").StaticStampStyle.from_pdf_file(drawing.name, border_width=0)
        pdf_signer = signers.PdfSigner(meta, signer=_adapter(signer), stamp_style=stamp, new_field_spec=spec)
        output = asyncio.run(pdf_signer.async_sign_pdf(writer, bytes_reserved=RESERVED, output=io.BytesIO()))
    content: bytes = output.getvalue()
    return content


@cache
def _writer_class() -> Any:
    base: Any = import_module("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter

    class Writer(base):  # type: ignore[misc]
        """Leaves the version alone: PDF/A-3 is PDF 1.7, and pyHanko would write 2.0 for a PAdES signature."""

        def ensure_output_version(self, version: object) -> None:
            pass

    return Writer


def _adapter(signer: "Signer") -> Any:
    """Return our signer as pyHanko's: it asks for a signature over bytes and writes the rest."""
    return _adapter_class()(signer)


@cache
def _adapter_class() -> Any:
    base: Any = import_module("pyhanko.sign.signers").Signer
    x509, algos = import_module("asn1crypto.x509"), import_module("asn1crypto.algos")
    store = import_module("pyhanko_certvalidator.registry").SimpleCertificateStore
    from_raw = import_module("civic.adapters.signing.certificates").der_signature

    class Adapter(base):  # type: ignore[misc]
        """Signs through the key adapter, so that a device works as well as a file."""

        def __init__(self, signer: "Signer") -> None:
            self._civic = signer
            super().__init__(
                signing_cert=x509.Certificate.load(signer.chain[0].der),
                cert_registry=store(),
                signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                embed_roots=False,
            )

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return bytes(72) if dry_run else from_raw(self._civic.sign(data))

    return Adapter
