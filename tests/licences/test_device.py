"""A key in a PKCS#11 device signs licences that everybody believes: SoftHSM stands in for the device."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from civic.adapters.signing import client, hsm
from civic.adapters.signing.algorithms import algorithm
from civic.adapters.signing.certificates import certify
from civic.licences.formats import signed_json
from tests.licences.keys import MONDAY, facts, keys

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((path for path in MODULES if Path(path).exists()), "")
MISSING = (
    "the library python-pkcs11 is not installed" if importlib.util.find_spec("pkcs11") is None
    else "SoftHSM is not installed (apt-get install softhsm2)" if not MODULE or not shutil.which("softhsm2-util")
    else ""
)  # fmt: skip
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
TOKEN, LABEL, PIN = "civic-test", "licences", "482916"


@pytest.fixture
def device(settings, tmp_path, monkeypatch):
    """A token with one key that cannot be taken out, and its certificate by the city's authority."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    made = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "91827364"]
    subprocess.run(made, check=True, capture_output=True)
    settings.LICENCE_HSM, settings.LICENCE_HSM_PIN = f"pkcs11:{MODULE}?token={TOKEN}&label={LABEL}", PIN
    settings.LICENCE_TRUST = keys().authority.certificate.pem.decode()
    certificate = certify(algorithm("ES256"), keys().authority, point=make_key(), at=MONDAY)
    settings.LICENCE_CERTIFICATE_ES256 = (certificate.pem + keys().authority.certificate.pem).decode()
    hsm._token.cache_clear()
    yield certificate
    hsm._token.cache_clear()


def make_key() -> bytes:
    """Make a key inside the token and return its public half."""
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    token = pkcs11.lib(MODULE).get_token(token_label=TOKEN)
    with token.open(rw=True, user_pin=PIN) as session:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, _private = parameters.generate_keypair(store=True, label=LABEL)
        encoded: bytes = public[pkcs11.Attribute.EC_POINT]
    return encoded[2:] if encoded[0] == 0x04 and encoded[1] == 0x41 else encoded  # an OCTET STRING around the point


def test_a_licence_signed_in_the_device_is_believed(device):
    found = client.signer(at=MONDAY)

    content = signed_json.write(facts(), found, at=MONDAY)

    assert isinstance(found, hsm.DeviceSigner)
    assert found.chain[0] == device
    assert signed_json.read(content, client.trusted(at=MONDAY)).claims["name"] == "王㛃䶮𬭚𠮷"
