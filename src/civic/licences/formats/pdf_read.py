"""Reads a licence's PDF: every byte of the file is vouched for by the signature, or the file is refused.

Nothing here parses PDF at large. The signature's ranges must be the whole file but for the signature itself; the
signature must be, to the byte, what we would write around the signer's certificate and the signed attributes; and what
the licence says is read from the signed data file that lies attached, which carries a signature of its own.
"""

import hashlib
import re
import zlib
from typing import Any

from asn1crypto import algos, cms, tsp, x509

from civic.adapters.signing.certificates import MALFORMED, Certificate, plain_signature
from civic.licences.formats import signed_json
from civic.licences.formats.genuine import Genuine, NotGenuine, Reason, checked_signer

MAGIC = b"%PDF-"
RANGES = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
ATTACHED = re.compile(rb"/Type\s*/EmbeddedFile\b.*?>>\s*stream\r?\n", re.DOTALL)
LARGEST_ATTACHMENT = 1024 * 1024


def read(content: bytes, trusted: tuple[Certificate, ...]) -> Genuine:
    """Return the licence in a PDF. Raises: NotGenuine."""
    covered, signature = _parts(content)
    leaf = _checked(covered, signature)
    data = signed_json.read(_attachment(content), trusted)
    checked_signer([leaf.der], trusted, at=data.signed_at)
    return Genuine(**{**vars(data), "form": "PDF", "signer": leaf.subject})


def _parts(content: bytes) -> tuple[bytes, bytes]:
    """Return the signed bytes and the DER of the signature. Raises: NotGenuine."""
    ranges = RANGES.findall(content)
    if not ranges:
        raise NotGenuine(Reason.UNREADABLE, "no signed PDF")
    if len(ranges) > 1:
        raise NotGenuine(Reason.CHANGED, "signed more than once")
    start, length, restart, rest = (int(number) for number in ranges[0])
    if start != 0 or restart < length or restart + rest != len(content):
        raise NotGenuine(Reason.CHANGED, "the signature does not cover the whole file")
    return content[:length] + content[restart:], _signature(content[length:restart])


def _signature(gap: bytes) -> bytes:
    """Return the signature in the gap left out for it: capital hexadecimal digits, then zeros. Raises: NotGenuine."""
    if not re.fullmatch(rb"<(?:[0-9A-F]{2})+>", gap):
        raise NotGenuine(Reason.CHANGED, "the signature is written otherwise than we write it")
    padded = bytes.fromhex(gap[1:-1].decode())
    try:
        length = len(cms.ContentInfo.load(padded).dump())
    except MALFORMED as error:
        raise NotGenuine(Reason.CHANGED, "the signature cannot be read") from error
    if any(padded[length:]):
        raise NotGenuine(Reason.CHANGED, "something stands behind the signature")
    return padded[:length]


def _checked(covered: bytes, der: bytes) -> Certificate:
    """Return the signer's certificate if its key signed `covered`. Raises: NotGenuine."""
    try:
        signed = cms.ContentInfo.load(der, strict=True)["content"]
        (info,) = signed["signer_infos"]
        (entry,) = signed["certificates"]
        leaf = Certificate(entry.chosen.dump())
        attributes, raw = info["signed_attrs"], info["signature"].native
        if _skeleton(leaf, attributes, raw) != der:
            raise NotGenuine(Reason.CHANGED, "the signature is wrapped otherwise than we wrap it")
        values = {attribute["type"].native: attribute["values"] for attribute in attributes}
        is_bound = _certificate_digest(values) == hashlib.sha256(leaf.der).digest()
        is_whole = values["message_digest"][0].native == hashlib.sha256(covered).digest()
        is_signed = leaf.verifies(attributes.untag().dump(), plain_signature(raw))
    except MALFORMED as error:
        raise NotGenuine(Reason.CHANGED, "the signature cannot be read") from error
    if not (is_bound and is_whole and is_signed):
        raise NotGenuine(Reason.CHANGED, "the signature does not fit")
    return leaf


def _certificate_digest(values: dict[str, Any]) -> bytes:
    attribute: tsp.SigningCertificateV2 = values["signing_certificate_v2"][0]
    (named,) = attribute["certs"]
    digest: bytes = named["cert_hash"].native
    return digest


def _skeleton(leaf: Certificate, attributes: Any, signature: bytes) -> bytes:
    """Return the signature as we write it around what is vouched for, so that no byte of the wrapping is free."""
    certificate = x509.Certificate.load(leaf.der)
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((sha256,)),
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    whole: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return whole


def _attachment(content: bytes) -> bytes:
    """Return the attached signed data file of a PDF whose bytes are vouched for. Raises: NotGenuine."""
    places = [found.end() for found in ATTACHED.finditer(content)]
    if len(places) != 1:
        raise NotGenuine(Reason.UNREADABLE, "no signed data file is attached")
    unzip = zlib.decompressobj()
    try:
        return unzip.decompress(content[places[0] :], LARGEST_ATTACHMENT)
    except zlib.error as error:
        raise NotGenuine(Reason.UNREADABLE, "the attached data file cannot be read") from error
