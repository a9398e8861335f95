"""The manifests hold the article's values and pass the checks; a careless manifest does not."""

import base64
import copy
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SECRET = base64.b64encode(b"k" * 32).decode() + "\n"
BASE = ROOT / "deploy" / "kubernetes" / "base"


@pytest.fixture(scope="module")
def validate() -> ModuleType:
    pytest.importorskip("kubernetes_validate")
    spec = importlib.util.spec_from_file_location("validate", ROOT / "deploy" / "validate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def web() -> dict[str, Any]:
    return next(iter(yaml.safe_load_all((BASE / "web.yaml").read_text(encoding="utf-8"))))


def test_every_manifest_fits_the_schemas_and_the_restricted_standard(validate: ModuleType) -> None:
    assert validate.main() == 0


def test_the_service_holds_the_articles_own_values(web: dict[str, Any]) -> None:
    container = web["spec"]["template"]["spec"]["containers"][0]
    documents = list(yaml.safe_load_all((BASE / "web.yaml").read_text(encoding="utf-8")))
    configuration = yaml.safe_load((BASE / "configuration.yaml").read_text(encoding="utf-8"))["data"]

    assert (web["metadata"]["name"], web["spec"]["replicas"]) == ("liuan-gov-service", 3)
    assert container["resources"]["requests"] == {"memory": "256Mi", "cpu": "250m"}
    assert container["resources"]["limits"] == {"memory": "512Mi", "cpu": "500m"}
    assert documents[1]["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": 8080}]
    assert (configuration["DB_HOST"], configuration["REDIS_HOST"]) == ("gov-db-cluster", "gov-redis-cluster")


def _spoilt(web: dict[str, Any], spoil: str) -> dict[str, Any]:
    """Return the manifest with one careless change."""
    careless = copy.deepcopy(web)
    pod = careless["spec"]["template"]["spec"]
    container = pod["containers"][0]
    exec(spoil, {"pod": pod, "container": container, "spec": careless["spec"]})
    return careless


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ("pod['securityContext']['runAsNonRoot'] = False", "the pod may run as root"),
        ("del pod['securityContext']['seccompProfile']", "the pod has no seccomp profile"),
        ("del pod['automountServiceAccountToken']", "the pod carries a token of the cluster"),
        ("pod['hostNetwork'] = True", "the pod shares the host: hostNetwork"),
        ("pod['volumes'].append({'name': 'x', 'hostPath': {'path': '/'}})", "the pod mounts a folder of the host"),
        ("container['securityContext']['privileged'] = True", "gov-service: may gain privileges"),
        ("del container['securityContext']['readOnlyRootFilesystem']", "gov-service: may write to its own image"),
        ("container['securityContext']['capabilities'] = {'drop': []}", "gov-service: keeps capabilities"),
        ("del container['resources']['limits']['memory']", "gov-service: has no limits"),
        ("del container['livenessProbe']", "gov-service: runs for ever without a liveness probe"),
        ("del container['readinessProbe']", "gov-service: serves without a readiness probe"),
        ("container['image'] = 'liuan-gov-service:latest'", "gov-service: has a moving tag"),
    ],
)
def test_a_careless_manifest_is_refused(validate: ModuleType, web: dict[str, Any], spoil: str, fault: str) -> None:
    assert list(validate.faults(_spoilt(web, spoil))) == [fault]


def test_a_misspelt_field_is_refused(validate: ModuleType, web: dict[str, Any]) -> None:
    assert len(list(validate.faults(_spoilt(web, "spec['replica'] = 3")))) == 1


@pytest.fixture
def city(validate: ModuleType) -> dict[str, dict[str, Any]]:
    """The manifests of Lu'an by kind and name."""
    found = [manifest for _, manifest in validate.manifests(validate.OVERLAYS / "luan")]
    return {f"{manifest['kind']}/{manifest['metadata']['name']}": manifest for manifest in found}


SETTINGS = "city['ConfigMap/gov-configuration']['data']"
WORKER = "city['Deployment/liuan-gov-worker']['spec']['template']['spec']"


@pytest.mark.parametrize(
    ("spoil", "faults"),
    [
        (f"del {SETTINGS}['CIVIC_LEDGER_KEY_FILE']", ["CIVIC_LEDGER_KEY is not given"]),
        (f"del {SETTINGS}['CIVIC_SEAL_KEY_FILE']", ["CIVIC_SEAL_KEY is not given"]),
        (f"del {SETTINGS}['CIVIC_DOCUMENT_STORE_SECRET_FILE']", ["CIVIC_DOCUMENT_STORE_SECRET is not given"]),
        (
            f"del [v for v in {WORKER}['volumes'] if 'secret' in v][0]['secret']['items'][3]",
            ["liuan-gov-worker: /secrets/seal-key is not mounted"],
        ),
        (f"{WORKER}['volumes'][0] = {{'name': 'witness', 'emptyDir': {{}}}}",
         ["liuan-gov-worker: the ledger's witness is lost with the pod"]),
        (f"del {SETTINGS}['CIVIC_LEDGER_WITNESS']", ["liuan-gov-worker: the ledger's witness is lost with the pod"]),
        ("del city['NetworkPolicy/to-text-messages-and-unified-login']",
         ["no way out to CIVIC_SMS_GATEWAY, port 443", "no way out to CIVIC_IDENTITY_SERVER, port 443"]),
        (f"{SETTINGS}['CIVIC_DOCUMENT_STORE'] = 's3://documents?endpoint=store:9001'",
         ["no way out to CIVIC_DOCUMENT_STORE, port 9001"]),
        ("del city['Job/liuan-gov-migration']['spec']['template']['spec']['containers'][0]['args']",
         ["nothing loads the city"]),
    ],
)  # fmt: skip
def test_what_would_start_and_not_work_is_refused(
    validate: ModuleType, city: dict[str, dict[str, Any]], spoil: str, faults: list[str]
) -> None:
    containerfile = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")

    exec(spoil, {"city": city})

    assert list(validate.installation.faults(city.values(), containerfile, validate.LOCKS)) == faults


def test_an_image_without_the_store_and_the_cache_is_refused(
    validate: ModuleType, city: dict[str, dict[str, Any]]
) -> None:
    found = validate.installation.faults(city.values(), "RUN pip install -r requirements/run.lock", validate.LOCKS)

    assert list(found) == ["the image has no redis", "the image has no minio"]


def test_a_volume_that_root_would_own_is_refused(validate: ModuleType) -> None:
    compose = {"x-civic": {"volumes": ["documents:/documents", "witness:/witness"]}}

    found = validate.installation.volume_faults(compose, "RUN install -d -o 10001 -g 10001 /witness\nUSER 10001")

    assert list(found) == ["volume /documents would belong to root"]


def test_the_settings_of_the_manifests_are_what_the_platform_asks_for(
    city: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """With the secrets in place the checks that `web` and `worker` ask before they start find nothing."""
    settings = {**city["ConfigMap/gov-configuration"]["data"], "CIVIC_SIGNS_LEDGER": "1"}
    for name, value in list(settings.items()):
        if value.startswith("/secrets/"):
            (tmp_path / Path(value).name).write_text("s" * 50 if value == "/secrets/secret-key" else SECRET)
            settings[name] = str(tmp_path / Path(value).name)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DB_", "DATABASE_", "CIVIC_", "DJANGO"))}
    command = [sys.executable, "-m", "civic.config.cli", "manage", "check", "--deploy", "--tag", "security"]

    done = subprocess.run(
        command, env={**environment, **settings}, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
