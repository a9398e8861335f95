"""Keys: made once and readable by their owner alone, or given; a public role needs none."""

import base64
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured

from civic.adapters.signing import check as checking
from civic.adapters.signing import client, hsm
from civic.adapters.signing.certificates import BadCertificate, Certificate
from civic.licences.formats import signed_json
from civic.licences.formats.genuine import NotGenuine
from tests.licences.keys import MONDAY, facts, keys


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
        made.append(client._from_files.__wrapped__(tmp_path / "secrets", "ES256", 2026, "signer").chain[1].thumbprint)

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


def test_a_device_without_its_library_is_told(settings, monkeypatch):
    monkeypatch.setattr(hsm, "find_spec", lambda _name: None)
    settings.LICENCE_HSM = "pkcs11:/usr/lib/none.so?token=city&label=licences"

    with pytest.raises(ImproperlyConfigured, match="its library is not installed: python-pkcs11"):
        client.signer(at=MONDAY)
    settings.LICENCE_HSM = "pkcs11:/usr/lib/none.so"
    with pytest.raises(ImproperlyConfigured, match=r"write pkcs11:/path/module\.so"):
        client.signer(at=MONDAY)


NEAR, AFTER = datetime(2028, 11, 15, tzinfo=UTC), datetime(2029, 1, 2, tzinfo=UTC)  # the first key ends with 2028


@pytest.mark.parametrize("name", ["ES256", "SM2"])
def test_the_next_key_is_made_in_time_by_the_same_authority_and_once(name: str):
    first = client.signer(name, at=MONDAY)

    early = client.renew(name, at=datetime(2028, 10, 1, tzinfo=UTC))
    made, again = client.renew(name, at=NEAR), client.renew(name, at=NEAR)

    second = client.signer(name, at=NEAR)
    assert (early, again) == (None, None)
    assert second.chain == (made, first.chain[1])
    assert made.thumbprint != first.chain[0].thumbprint
    assert second.chain[0].verifies(b"probe", second.sign(b"probe"))
    assert made.ends_at.year == 2031
    assert client.trusted(at=AFTER)[0 if name == "ES256" else 1] == first.chain[1]


def test_what_was_signed_before_stays_good_and_what_is_signed_after_is_believed():
    before = signed_json.write(facts(), client.signer(at=MONDAY), at=MONDAY)
    client.renew("ES256", at=NEAR)

    after = signed_json.write(facts(), client.signer(at=AFTER), at=AFTER)

    trusted = client.trusted(at=AFTER)
    assert signed_json.read(before, trusted).signed_at == MONDAY
    assert signed_json.read(after, trusted).signed_at == AFTER


def test_with_a_certificate_that_has_ended_nothing_is_signed():
    client.signer(at=MONDAY)

    with pytest.raises(client.KeyEnded, match="有效期到2029-01-01"):
        client.signer(at=AFTER)


def test_what_the_ended_key_signs_all_the_same_is_not_believed():
    old = client.signer(at=MONDAY)

    forged = signed_json.write(facts(), old, at=AFTER)

    with pytest.raises(NotGenuine, match="UNKNOWN_ISSUER"):
        signed_json.read(forged, client.trusted(at=AFTER))


def test_keys_that_were_given_are_not_renewed_here(settings):
    give(settings)

    assert client.renew("ES256", at=NEAR) is None
