"""What must hold between manifests, image and settings, so that the installation works and not only starts."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Manifest = dict[str, Any]
KEYS = (
    "CIVIC_SECRET_KEY", "CIVIC_MASTER_KEY", "CIVIC_LEDGER_KEY", "CIVIC_SEAL_KEY", "DB_PASSWORD",
    "CIVIC_DOCUMENT_STORE_KEY", "CIVIC_DOCUMENT_STORE_SECRET", "CIVIC_SMS_GATEWAY_KEY", "CIVIC_IDENTITY_CLIENT_SECRET",
    "CIVIC_LICENCE_TRUST",
)  # fmt: skip
SERVERS = ("CIVIC_SMS_GATEWAY", "CIVIC_IDENTITY_SERVER")
SECRETS = "/secrets/"


def faults(manifests: Iterable[Manifest], containerfile: str, locks: Path) -> Iterator[str]:
    """Yield what is wrong between the manifests of one installation and the image that they run."""
    known = list(manifests)
    configuration = _of_kind(known, "ConfigMap")[0]["data"]
    pods = {
        manifest["metadata"]["name"]: manifest["spec"]["template"]["spec"]
        for manifest in known
        if "template" in manifest.get("spec", {})
    }
    yield from _key_faults(configuration, pods)
    yield from _witness_faults(configuration, pods)
    yield from _package_faults(configuration, containerfile, locks)
    yield from _way_out_faults(configuration, _of_kind(known, "NetworkPolicy"))
    if not any(
        {"load", "prepare"} & set(container.get("args", [])) for pod in pods.values() for container in _all(pod)
    ):
        yield "nothing loads the city"


def volume_faults(compose: Manifest, containerfile: str) -> Iterator[str]:
    """Yield the volumes of a compose file that the image's user could not write to."""
    made = re.search(r"install -d -o 10001 -g 10001 (.+)", containerfile)
    ours = set(made[1].split()) if made else set()
    targets = {volume.partition(":")[2] for volume in compose["x-civic"].get("volumes", [])}
    yield from (f"volume {target} would belong to root" for target in sorted(targets - ours))


def _key_faults(configuration: dict[str, str], pods: dict[str, Manifest]) -> Iterator[str]:
    """Every key is given, and every pod is given the file that it is read from."""
    yield from (f"{key} is not given" for key in KEYS if not {key, f"{key}_FILE"} & set(configuration))
    files = {value.removeprefix(SECRETS) for value in configuration.values() if value.startswith(SECRETS)}
    for name, pod in pods.items():
        secrets = [volume["secret"] for volume in pod["volumes"] if "secret" in volume]
        mounted = {item["path"] for secret in secrets for item in secret.get("items", [])}
        yield from (f"{name}: {SECRETS}{file} is not mounted" for file in sorted(files - mounted))


def _witness_faults(configuration: dict[str, str], pods: dict[str, Manifest]) -> Iterator[str]:
    """Who signs heads keeps them on a volume that outlives the pod and the database."""
    folder = configuration.get("CIVIC_LEDGER_WITNESS")
    for name, pod in pods.items():
        if not any(container.get("args", [""])[0] == "worker" for container in _all(pod)):
            continue
        lasting = {volume["name"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume}
        mounts = {m["mountPath"] for container in _all(pod) for m in container["volumeMounts"] if m["name"] in lasting}
        if folder not in mounts:
            yield f"{name}: the ledger's witness is lost with the pod"


def _package_faults(configuration: dict[str, str], containerfile: str, locks: Path) -> Iterator[str]:
    """What the settings ask for is installed in the image."""
    installed = "".join((locks / name).read_text(encoding="utf-8") for name in re.findall(r"-r requirements/(\S+)",
                                                                                         containerfile))  # fmt: skip
    needed = {"redis": "REDIS_HOST" in configuration,
              "minio": configuration["CIVIC_DOCUMENT_STORE"].startswith("s3:")}  # fmt: skip
    for package, is_needed in needed.items():
        if is_needed and not re.search(rf"^{package}==", installed, re.MULTILINE):
            yield f"the image has no {package}"


def _way_out_faults(configuration: dict[str, str], policies: list[Manifest]) -> Iterator[str]:
    """The network lets the pods out to every server that the settings name."""
    open_ports = {
        port["port"]
        for policy in policies
        if policy["spec"]["podSelector"].get("matchLabels") == {"app": "liuan-gov"}
        for rule in policy["spec"].get("egress", [])
        for port in rule["ports"]
    }
    store = dict(parse_qsl(urlsplit(configuration["CIVIC_DOCUMENT_STORE"]).query)).get("endpoint", ":443")
    ways = {"DB_HOST": 5432, "REDIS_HOST": 6379, "CIVIC_DOCUMENT_STORE": int(store.rpartition(":")[2])}
    for name in SERVERS:
        if name not in configuration:
            yield f"{name} is not given"
        else:
            ways[name] = urlsplit(configuration[name]).port or 443
    yield from (f"no way out to {name}, port {port}" for name, port in ways.items() if port not in open_ports)


def _of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def _all(pod: Manifest) -> list[Manifest]:
    return [*pod.get("initContainers", []), *pod["containers"]]
