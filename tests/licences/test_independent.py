"""Tools that are not ours read what we write: pyHanko's validator, pdfsig, an SD-JWT library, gmssl, OpenSSL."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from asn1crypto import x509
from gmssl import sm2
from jwcrypto.jwk import JWK
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sd_jwt.verifier import SDJWTVerifier

from civic.adapters.signing.certificates import find_issuer
from civic.licences.formats import pdf_write, sd_jwt, signed_json
from civic.licences.formats.encoding import canonical, from_b64url
from tests.licences.keys import MONDAY, SITE, credential, data_file, facts, keys, pdf

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def validated(content: bytes):
    root = x509.Certificate.load(keys().authority.certificate.der)
    context = ValidationContext(trust_roots=[root], moment=MONDAY, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, context)


def test_pyhanko_finds_the_pdf_intact_trusted_certified_and_whole():
    status = validated(pdf())

    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok
    assert "INTACT:TRUSTED" in status.summary()


def test_pyhanko_finds_a_changed_bit():
    content = pdf()
    place = content.index(b"/MediaBox")
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    assert not validated(changed).intact


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler is not installed")
def test_pdfsig_finds_a_valid_signature_over_the_whole_document(tmp_path: Path):
    path = tmp_path / "licence.pdf"
    path.write_bytes(pdf())

    told = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "示范 TEST" in told


def test_a_reader_shows_the_red_seal_and_a_qr_code_that_leads_to_the_verification():
    document = pypdfium2.PdfDocument(pdf())
    document.init_forms()
    page = document[len(document) - 1].render(scale=3, may_draw_forms=True).to_pil().convert("RGB")
    left, bottom, right, top = (edge * 3 for edge in pdf_write.SEAL_BOX)
    seal = page.crop((int(left), page.height - int(top), int(right), page.height - int(bottom)))
    red = sum(1 for r, g, b in seal.getdata() if r > 150 and g < 90 and b < 90)

    (code,) = zxingcpp.read_barcodes(page)

    assert code.text == f"{SITE}/v/ABCDEFGH23456789"
    assert 0.04 < red / (seal.width * seal.height) < 0.3


def test_rare_characters_are_text_of_the_page_and_markup_is_not_obeyed():
    text = pypdfium2.PdfDocument(pdf())[0].get_textpage().get_text_bounded()

    assert "王㛃䶮𬭚𠮷" in text
    assert "#set*示范*$路$\\1" in "".join(text.split())


def test_a_character_without_a_glyph_is_written_as_its_number():
    frame = pdf_write.Frame("六安一网通办")
    signed = signed_json.write(facts("王\U0002ebef"), keys(), at=MONDAY)

    content = pdf_write.write(facts("王\U0002ebef"), signed=signed, signer=keys(), frame=frame, at=MONDAY)

    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
    assert "王〔U+2EBEF〕" in text
    assert "以附件中签名数据文件的文字为准" in text


def test_the_data_file_is_attached_as_pdf_a_3_wants_it():
    document = pypdfium2.PdfDocument(pdf())

    assert document.count_attachments() == 1
    assert bytes(document.get_attachment(0).get_data()) == data_file()
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf()
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf()


def test_an_sd_jwt_library_reads_the_credential_and_a_selection_of_it():
    leaf = keys().pair.certificate
    jwk = JWK.from_pem(leaf.pem)

    whole = SDJWTVerifier(credential().decode(), lambda issuer, head: jwk).get_verified_payload()
    some = SDJWTVerifier(
        sd_jwt.select(credential(), {"name"}).decode(), lambda issuer, head: jwk
    ).get_verified_payload()

    assert whole["iss"] == SITE
    assert whole["vct"] == f"{SITE}/licence-types/household_page"
    assert whole["holder_number"] == "341502199001010025"
    assert some["name"] == "王㛃䶮𬭚𠮷"
    assert "holder_number" not in some
    assert [entry["statusPurpose"] for entry in some["credentialStatus"]] == ["revocation", "suspension"]


def test_gmssl_agrees_with_the_sm2_signature_of_a_data_file():
    whole = json.loads(data_file("SM2"))
    value = from_b64url(whole["signature"].pop("value"))
    point = keys("SM2").pair.certificate.point
    oracle = sm2.CryptSM2(private_key="", public_key=point[1:].hex())

    assert oracle.verify_with_sm3(value.hex(), canonical(whole))
    assert not oracle.verify_with_sm3(value.hex(), canonical(whole) + b" ")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not installed")
@pytest.mark.parametrize(("name", "options"), [("ES256", []), ("SM2", ["-vfyopt", "distid:1234567812345678"])])
def test_openssl_reads_and_believes_our_certificates(tmp_path: Path, name: str, options: list[str]):
    found = keys(name)
    (tmp_path / "ca.pem").write_bytes(found.authority.certificate.pem)
    (tmp_path / "leaf.pem").write_bytes(found.pair.certificate.pem)

    command = ["openssl", "x509", "-in", "leaf.pem", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"]
    subject = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    command = ["openssl", "verify", *options, "-CAfile", "ca.pem", "-attime", "1772413200", "leaf.pem"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "示范 TEST" in subject
    if name == "ES256":  # OpenSSL takes an empty identity for certificates under SM2, GM/T 0009 another
        assert told.stdout == "leaf.pem: OK\n"


@pytest.mark.parametrize("name", ["ES256", "SM2"])
def test_a_signer_is_believed_while_its_certificate_holds(name: str):
    leaf, trusted = keys(name).pair.certificate, keys(name).trusted
    later = MONDAY.replace(year=2040)

    assert find_issuer(leaf, trusted, at=MONDAY) == trusted[0]
    assert find_issuer(leaf, trusted, at=later) is None
    assert x509.Certificate.load(leaf.der).key_usage_value.native == {"digital_signature", "non_repudiation"}
