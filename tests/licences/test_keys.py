"""Keys: made once and readable by their owner alone, or given; a public role needs none."""

import base64
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.signing import check as checking
from civic.adapters.signing import client
from civic.adapters.signing.certificates import BadCertificate, Certificate
from tests.licences.keys import MONDAY, keys


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path):
    settings.LICENCE_FOLDER = tmp_path / "secrets"
    client._from_files.cache_clear()
    yield
    client._from_files.cache_clear()


def give(settings, name: str = "ES256") -> None:
    found = keys(name)
    setattr(settings, f"LICENCE_KEY_{name}", base64.b64encode(found.pair.secret).decode())
    chain = found.pair.certificate.pem + found.authority.certificate.pem
    setattr(settings, f"LICENCE_CERTIFICATE_{name}", chain.decode())
    settings.LICENCE_TRUST = found.authority.certificate.pem.decode()


@pytest.mark.parametrize("name", ["ES256", "SM2"])
def test_the_first_start_makes_a_test_authority_that_its_owner_alone_can_read(tmp_path: Path, name: str):
    first = client.signer(name, at=MONDAY)
    client._from_files.cache_clear()
    second = client.signer(name, at=MONDAY)

    assert first.chain == second.chain
    assert "TEST CA" in first.chain[1].subject
    assert first.chain[0].is_issued_by(first.chain[1], at=MONDAY)
    folder = tmp_path / "secrets" / f"licences-{name.lower()}"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "authority.key": 0o600, "authority.pem": 0o600, "signer.key": 0o600, "signer.pem": 0o600,
    }  # fmt: skip
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_that_start_at_once_have_one_authority(tmp_path: Path):
    barrier, made = threading.Barrier(6), []

    def start() -> None:
        barrier.wait()
        made.append(client._from_files.__wrapped__(tmp_path / "secrets", "ES256", 2026).chain[1].thumbprint)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 6
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["licences-es256"]


def test_the_algorithm_is_a_setting(settings):
    settings.LICENCE_ALGORITHM = "SM2"

    assert client.signer(at=MONDAY).algorithm == "SM2"
    with pytest.raises(ValueError, match="write ES256 or SM2"):
        client.signer("RSA", at=MONDAY)


def test_keys_that_are_given_are_used_and_believed(settings, tmp_path):
    settings.DEMONSTRATION = False
    give(settings)

    assert client.signer(at=MONDAY).chain == keys().chain
    assert client.trusted(at=MONDAY) == keys().trusted
    assert checking.check() is None
    assert not (tmp_path / "secrets").exists()


def test_a_public_role_verifies_without_a_private_key_and_cannot_sign(settings, tmp_path):
    settings.DEMONSTRATION = False
    settings.LICENCE_TRUST = keys().authority.certificate.pem.decode()

    assert client.trusted(at=MONDAY) == keys().trusted
    with pytest.raises(client.NoKey):
        client.signer(at=MONDAY)
    assert not (tmp_path / "secrets").exists()


def test_outside_a_demonstration_nobody_is_believed_by_default(settings):
    settings.DEMONSTRATION = False

    with pytest.raises(client.NoTrust, match="还没有配置"):
        client.trusted(at=MONDAY)


def test_half_a_pair_and_broken_keys_are_told(settings):
    give(settings)
    settings.LICENCE_CERTIFICATE_ES256 = ""
    with pytest.raises(ImproperlyConfigured, match="Set both"):
        client.signer(at=MONDAY)
    give(settings)
    settings.LICENCE_KEY_ES256 = "short"
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        client.signer(at=MONDAY)
    with pytest.raises(BadCertificate):
        Certificate.read_all(b"nonsense")


def test_a_key_that_openssl_made_is_read(settings):
    give(settings)
    number = int.from_bytes(keys().pair.secret, "big")
    settings.LICENCE_KEY_ES256 = (
        ec.derive_private_key(number, ec.SECP256R1())
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
    )
    assert checking.check() is None

    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings.LICENCE_KEY_ES256 = other.decode()
    with pytest.raises(ImproperlyConfigured, match="P-256 only"):
        client.signer(at=MONDAY)


def test_a_key_that_does_not_fit_its_certificate_is_told_by_the_check(settings):
    give(settings)
    settings.LICENCE_KEY_ES256 = base64.b64encode(keys(of="somebody else").pair.secret).decode()

    assert checking.check() == "证照签章密钥与证书不匹配。"


def test_a_device_without_its_library_is_told(settings):
    settings.LICENCE_HSM = "pkcs11:/usr/lib/none.so?token=city&label=licences"

    with pytest.raises(ImproperlyConfigured, match="its library is not installed: python-pkcs11"):
        client.signer(at=MONDAY)
    settings.LICENCE_HSM = "pkcs11:/usr/lib/none.so"
    with pytest.raises(ImproperlyConfigured, match=r"write pkcs11:/path/module\.so"):
        client.signer(at=MONDAY)
