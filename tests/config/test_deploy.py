"""The manifests hold the article's values and pass the checks; a careless manifest does not."""

import copy
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
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
        ("del container['livenessProbe']", "gov-service: serves without probes"),
        ("container['image'] = 'liuan-gov-service:latest'", "gov-service: has a moving tag"),
    ],
)
def test_a_careless_manifest_is_refused(validate: ModuleType, web: dict[str, Any], spoil: str, fault: str) -> None:
    assert list(validate.faults(_spoilt(web, spoil))) == [fault]


def test_a_misspelt_field_is_refused(validate: ModuleType, web: dict[str, Any]) -> None:
    assert len(list(validate.faults(_spoilt(web, "spec['replica'] = 3")))) == 1
