"""X.509 certificates of licences: made, read and checked, for ECDSA and for SM2. No Django.

The city's own TEST authority is made here at the first start. It is named as a test and nobody trusts it but those
who are handed its certificate; a city replaces it by keys and certificates of a licensed authority (see
docs/operations/keys.md). A test certificate holds from the year before it was made, so that a demonstration's past can
be signed.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from asn1crypto import algos, core, keys, pem, x509

from civic.adapters.signing.algorithms import ALGORITHMS, Algorithm

TEST_AUTHORITY = "六安政务服务平台示范根证书（TEST CA，不具法律效力）"
TEST_SIGNER = "六安政务服务平台电子证照签章（示范 TEST）"
TEST_ORGANISATION = "示范 TEST ONLY"
AUTHORITY_YEARS, SIGNER_YEARS = 10, 3

keys.NamedCurve.register("sm2p256v1", ALGORITHMS["SM2"].curve, 32)


# what reading DER that somebody made up may raise
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


class BadCertificate(ValueError):
    """This is no certificate that a licence can be signed or checked with."""


@dataclass(frozen=True)
class Certificate:
    """One certificate, as its DER bytes."""

    der: bytes

    @classmethod
    def read_all(cls, text: bytes) -> "tuple[Certificate, ...]":
        """Return the certificates in a PEM file, or the one of a DER file. Raises: BadCertificate."""
        try:
            found = [der for _, _, der in pem.unarmor(text, multiple=True)] if pem.detect(text) else [text]
        except ValueError as error:
            raise BadCertificate("The certificate file is neither PEM nor DER.") from error
        read = tuple(cls(der) for der in found)
        for certificate in read:
            certificate.check()
        return read

    @property
    def pem(self) -> bytes:
        armoured: bytes = pem.armor("CERTIFICATE", self.der)
        return armoured

    @property
    def thumbprint(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def algorithm(self) -> Algorithm:
        """The algorithm of the key that this certificate is about. Raises: BadCertificate."""
        try:
            curve = self._tbs["subject_public_key_info"]["algorithm"]["parameters"].chosen.dotted
        except MALFORMED as error:
            raise BadCertificate("The certificate cannot be read, or its key is on no curve.") from error
        for found in ALGORITHMS.values():
            if found.curve == curve:
                return found
        raise BadCertificate(f"The certificate's key is on curve {curve}: only P-256 and SM2 sign licences.")

    @property
    def subject(self) -> str:
        """The common name of whom this certificate is about."""
        return str(self._tbs["subject"].native.get("common_name", ""))

    @property
    def point(self) -> bytes:
        """The public key."""
        point: bytes = self._tbs["subject_public_key_info"]["public_key"].native
        return point

    def check(self) -> None:
        """Refuse what can neither sign nor check a licence. Raises: BadCertificate."""
        try:
            is_whole = bool(
                self.algorithm and self.point and self._tbs["validity"].native and self._tbs["issuer"].native
            )
            is_whole = is_whole and self.is_authority in (True, False) and self.subject is not None
        except MALFORMED as error:
            raise BadCertificate("The certificate cannot be read.") from error
        if not is_whole:
            raise BadCertificate("The certificate lacks a part.")

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the key that this certificate is about signed `message`."""
        return self.algorithm.verify(self.point, message, signature)

    def is_issued_by(self, authority: "Certificate", *, at: datetime) -> bool:
        """Whether `authority` may issue certificates, signed this one, and both hold at `at`.

        Also refused: a certificate that says another algorithm outside than inside, or that is not plain DER.
        """
        try:
            return self.holds(at=at) and authority.holds(at=at) and _is_signed_by(self, authority)
        except MALFORMED:
            return False

    @cached_property
    def is_authority(self) -> bool:
        basic: Any = x509.Certificate.load(self.der).basic_constraints_value
        return basic is not None and bool(basic["ca"].native)

    def holds(self, *, at: datetime) -> bool:
        validity = self._tbs["validity"]
        return bool(validity["not_before"].native <= at <= validity["not_after"].native)

    @cached_property
    def ends_at(self) -> datetime:
        """The last instant at which the certificate holds."""
        end: datetime = self._tbs["validity"]["not_after"].native
        return end

    @cached_property
    def _tbs(self) -> Any:
        return x509.Certificate.load(self.der)["tbs_certificate"]


@lru_cache(maxsize=64)
def _is_signed_by(leaf: Certificate, authority: Certificate) -> bool:
    """Whether `authority` may issue certificates and signed `leaf`; the same few are asked about again and again."""
    whole = x509.Certificate.load(leaf.der, strict=True)
    tbs = whole["tbs_certificate"]
    is_sound = (
        whole.dump(force=True) == leaf.der
        and tbs["signature"].dump() == whole["signature_algorithm"].dump()
        and tbs["signature"]["algorithm"].dotted == authority.algorithm.signature
        and tbs["issuer"].dump() == authority._tbs["subject"].dump()
        and authority.is_authority
    )
    return is_sound and authority.verifies(tbs.dump(), plain_signature(whole["signature_value"].native))


def find_issuer(leaf: Certificate, trusted: "tuple[Certificate, ...]", *, at: datetime) -> Certificate | None:
    """Return which of the trusted authorities issued `leaf`; None where none did."""
    return next((authority for authority in trusted if leaf.is_issued_by(authority, at=at)), None)


@dataclass(frozen=True)
class Pair:
    """A private key with the certificate of its public half."""

    secret: bytes
    certificate: Certificate

    @property
    def algorithm(self) -> Algorithm:
        return self.certificate.algorithm

    def sign(self, message: bytes) -> bytes:
        return self.algorithm.sign(self.secret, message)


def make_authority(algorithm: Algorithm, *, at: datetime) -> Pair:
    """Return a new TEST authority."""
    secret, point = algorithm.generate()
    name = _name(TEST_AUTHORITY)
    tbs = _tbs(algorithm, subject=name, issuer=name, point=point, years=(at, AUTHORITY_YEARS))
    tbs["extensions"] = _authority_extensions(point)
    return Pair(secret, _signed(tbs, Pair(secret, Certificate(b"")), algorithm))


def make_signer(algorithm: Algorithm, authority: Pair, *, at: datetime) -> Pair:
    """Return a new key for licences, certified by `authority`."""
    secret, point = algorithm.generate()
    return Pair(secret, certify(algorithm, authority, point=point, at=at))


def certify(algorithm: Algorithm, authority: Pair, *, point: bytes, at: datetime) -> Certificate:
    """Return the certificate of a key that somebody else holds: a device, for one."""
    issuer = authority.certificate._tbs["subject"]
    tbs = _tbs(algorithm, subject=_name(TEST_SIGNER), issuer=issuer, point=point, years=(at, SIGNER_YEARS))
    tbs["extensions"] = _signer_extensions(point, authority.certificate.point)
    return _signed(tbs, authority, algorithm)


def _name(common: str) -> x509.Name:
    return x509.Name.build({"country_name": "CN", "organization_name": TEST_ORGANISATION, "common_name": common})


def _tbs(
    algorithm: Algorithm, *, subject: x509.Name, issuer: x509.Name, point: bytes, years: tuple[datetime, int]
) -> x509.TbsCertificate:
    start = datetime(years[0].year - 1, 1, 1, tzinfo=UTC)
    end = datetime(years[0].year + years[1], 1, 1, tzinfo=UTC)
    key = keys.PublicKeyInfo(
        {
            "algorithm": {
                "algorithm": "ec",
                "parameters": keys.ECDomainParameters("named", _curve(algorithm)),
            },
            "public_key": point,
        }
    )
    return x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(secrets.token_bytes(16), "big") >> 1,
            "signature": _signature_algorithm(algorithm),
            "issuer": issuer,
            "validity": {"not_before": _time(start), "not_after": _time(end)},
            "subject": subject,
            "subject_public_key_info": key,
        }
    )


def _curve(algorithm: Algorithm) -> Any:
    """Return the curve of `algorithm` as a certificate writes it."""
    return keys.NamedCurve(keys.NamedCurve._map[algorithm.curve])


def _time(moment: datetime) -> x509.Time:
    form = "utc_time" if moment.year < 2050 else "general_time"
    return x509.Time(form, moment)


def _signature_algorithm(algorithm: Algorithm) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": algorithm.signature})


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}


def _authority_extensions(point: bytes) -> list[dict[str, Any]]:
    return [
        _extension("basic_constraints", x509.BasicConstraints({"ca": True, "path_len_constraint": 0}), critical=True),
        _extension("key_usage", x509.KeyUsage({"key_cert_sign", "crl_sign"}), critical=True),
        _extension("key_identifier", core.OctetString(_key_id(point))),
    ]


def _signer_extensions(point: bytes, authority: bytes) -> list[dict[str, Any]]:
    return [
        _extension("basic_constraints", x509.BasicConstraints({"ca": False}), critical=True),
        _extension("key_usage", x509.KeyUsage({"digital_signature", "non_repudiation"}), critical=True),
        _extension("key_identifier", core.OctetString(_key_id(point))),
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": _key_id(authority)})),
    ]


def _key_id(point: bytes) -> bytes:
    return hashlib.sha256(point).digest()[:20]


def _signed(tbs: x509.TbsCertificate, authority: Pair, algorithm: Algorithm) -> Certificate:
    signature = algorithm.sign(authority.secret, tbs.dump())
    whole = x509.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": _signature_algorithm(algorithm),
            "signature_value": der_signature(signature),
        }
    )
    return Certificate(whole.dump())


def der_signature(signature: bytes) -> bytes:
    """Return r and s as X.509 and CMS write them."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    written: bytes = algos.DSASignature({"r": r, "s": s}).dump()
    return written


def plain_signature(der: bytes) -> bytes:
    """Return r and s of a signature as X.509 and CMS write them. Raises: ValueError, if it is written otherwise."""
    read = algos.DSASignature.load(der, strict=True)
    numbers = [int(read[name].native) for name in ("r", "s")]
    if not all(0 <= number < 1 << 256 for number in numbers):
        raise ValueError("The signature is longer than its curve.")
    plain = b"".join(number.to_bytes(32, "big") for number in numbers)
    if der_signature(plain) != der:
        raise ValueError("The signature is not written as DER.")
    return plain
