"""The keys of this installation: in files made at the first start, in the environment, or in a device.

Public roles hold no private key: they check licences against the authorities' certificates alone. The worker signs.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from civic.adapters.signing import certificates
from civic.adapters.signing.algorithms import ALGORITHMS, algorithm
from civic.adapters.signing.certificates import BadCertificate, Certificate, Pair
from civic.adapters.signing.hsm import DeviceSigner
from civic.core.errors import Unavailable

FIRST = "signer"
RENEW_BEFORE = timedelta(days=60)


class NoKey(Unavailable):
    """This process holds no key to sign licences with."""

    code = "no-licence-key"


class KeyEnded(NoKey):
    """The certificate of the key does not hold any more."""

    code = "licence-key-ended"


class NoTrust(Unavailable):
    """This installation does not know whose licences are the city's."""

    code = "no-licence-trust"


class Signer(Protocol):
    """What signs licences: a key in a file, or a device that never gives its key away."""

    @property
    def algorithm(self) -> str: ...

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The signer's certificate first, then those above it."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return r and s over `message`, 64 bytes."""
        ...


@dataclass(frozen=True)
class FileSigner:
    """Signs with a key that this process has read."""

    pair: Pair
    above: tuple[Certificate, ...]

    @property
    def algorithm(self) -> str:
        return self.pair.algorithm.name

    @property
    def chain(self) -> tuple[Certificate, ...]:
        return (self.pair.certificate, *self.above)

    def sign(self, message: bytes) -> bytes:
        return self.pair.sign(message)


def signer(name: str = "", *, at: datetime) -> Signer:
    """Return what signs with the algorithm `name` (none named: the city's).

    Raises: ImproperlyConfigured; NoKey; KeyEnded, where the certificate does not hold at `at`: nobody would believe it.
    """
    found = _signer(algorithm(name or settings.LICENCE_ALGORITHM).name, at=at)
    if not found.chain[0].holds(at=at):
        words = _("证照签章证书的有效期到%(day)s，现在不能签发。请换用新的签章证书后重试。")
        raise KeyEnded(words % {"day": found.chain[0].ends_at.date().isoformat()})
    return found


def renew(name: str, *, at: datetime) -> Certificate | None:
    """Make the next TEST key of this algorithm in time, certified by the same authority; None where none is due.

    What was signed before stays good: it is judged by when it was signed. Keys that were given are renewed by whoever
    gave them. Called by the one timer of the queue.
    """
    given = settings.LICENCE_HSM or getattr(settings, f"LICENCE_KEY_{name}", "")
    folder = Path(settings.LICENCE_FOLDER) / f"licences-{name.lower()}"
    if given or not settings.DEMONSTRATION or not folder.exists():
        return None
    current = _from_files(folder.parent, name, at.year, _newest(folder))
    if current.chain[0].ends_at - at > RENEW_BEFORE:
        return None
    secret = base64.b64decode((folder / "authority.key").read_text(encoding="ascii"))
    pair = certificates.make_signer(algorithm(name), Pair(secret, current.above[0]), at=at)
    number = len(list(folder.glob("signer*.pem"))) + 1
    _write(folder / f"signer-{number:03d}.key", base64.b64encode(pair.secret))
    _write(folder / "next", pair.certificate.pem)
    (folder / "next").rename(folder / f"signer-{number:03d}.pem")  # from now on: whole, with its key beside it
    return pair.certificate


def _signer(chosen: str, *, at: datetime) -> Signer:
    device = getattr(settings, "LICENCE_HSM", "")
    if device:
        return DeviceSigner.open(device, chosen, _given_chain(chosen))
    key, chain = getattr(settings, f"LICENCE_KEY_{chosen}", ""), _given_chain(chosen)
    if bool(key) != bool(chain):
        raise ImproperlyConfigured(f"Set both CIVIC_LICENCE_KEY_{chosen} and CIVIC_LICENCE_CERTIFICATE_{chosen}.")
    if key:
        return FileSigner(Pair(_secret(key, chosen), chain[0]), chain[1:])
    if not settings.DEMONSTRATION:
        raise NoKey(_("本机没有证照签章密钥，不能签发；请由配置了密钥的后台进程签发。"))
    home = Path(settings.LICENCE_FOLDER)
    return _from_files(home, chosen, at.year, _newest(home / f"licences-{chosen.lower()}"))


def trusted(*, at: datetime) -> tuple[Certificate, ...]:
    """Return the authorities whose licences are this city's: those in CIVIC_LICENCE_TRUST, else the TEST ones.

    Raises: NoTrust, outside a demonstration without the setting; ImproperlyConfigured.
    """
    if settings.LICENCE_TRUST:
        return _read(settings.LICENCE_TRUST.encode(), "CIVIC_LICENCE_TRUST")
    if not settings.DEMONSTRATION:
        raise NoTrust(_("本平台还没有配置证照颁发机构的证书，暂时不能查验证照，请稍后再试。"))
    return tuple(_from_files(Path(settings.LICENCE_FOLDER), name, at.year, FIRST).above[0] for name in ALGORITHMS)


def _given_chain(name: str) -> tuple[Certificate, ...]:
    text = getattr(settings, f"LICENCE_CERTIFICATE_{name}", "")
    return _read(text.encode(), f"CIVIC_LICENCE_CERTIFICATE_{name}") if text else ()


def _read(text: bytes, name: str) -> tuple[Certificate, ...]:
    try:
        return Certificate.read_all(text)
    except BadCertificate as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def _secret(text: str, name: str) -> bytes:
    """Return the number of the private key that `text` writes: PEM as openssl writes it, or 32 bytes in base64."""
    try:
        secret = _from_pem(text) if text.startswith("-----BEGIN") else base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != 32:
        words = f"CIVIC_LICENCE_KEY_{name}: write the private key as PEM (P-256 only) or its 32 bytes in base64."
        raise ImproperlyConfigured(words)
    return secret


def _from_pem(text: str) -> bytes:
    key = load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("The key is not on P-256.")
    return key.private_numbers().private_value.to_bytes(32, "big")


def _newest(folder: Path) -> str:
    """Return the name of the key in force: the last one made."""
    return max((path.stem for path in folder.glob("signer*.pem")), default=FIRST)


@lru_cache(maxsize=8)
def _from_files(home: Path, name: str, year: int, key: str) -> FileSigner:
    """Return the TEST key of this name and its authority, kept below `home`; make them if there are none.

    Two processes may start at once: each makes a whole folder aside, and the one that moves its folder first wins.
    """
    folder = home / f"licences-{name.lower()}"
    if not folder.exists():
        _make(folder, name, year)
    authority, leaf = (_read((folder / f"{part}.pem").read_bytes(), str(folder)) for part in ("authority", key))
    secret = base64.b64decode((folder / f"{key}.key").read_text(encoding="ascii"))
    return FileSigner(Pair(secret, leaf[0]), authority)


def _make(folder: Path, name: str, year: int) -> None:
    found, at = algorithm(name), datetime(year, 1, 1)  # noqa: DTZ001 (only its year counts)
    authority = certificates.make_authority(found, at=at)
    pair = certificates.make_signer(found, authority, at=at)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    aside.mkdir(mode=0o700)
    for file, content in (
        ("authority.key", base64.b64encode(authority.secret)),
        ("authority.pem", authority.certificate.pem),
        ("signer.key", base64.b64encode(pair.secret)),
        ("signer.pem", pair.certificate.pem),
    ):
        _write(aside / file, content)
    try:
        aside.rename(folder)
    except OSError:  # somebody else was quicker: a folder that holds files is not replaced
        for path in aside.iterdir():
            path.unlink()
        aside.rmdir()


def _write(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
