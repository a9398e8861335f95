"""Checks manifests without a cluster: published schemas, the restricted pod standard, and that all fits together."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

sys.path.insert(0, str(Path(__file__).parent))
import installation

KUBERNETES = "1.31.0"
DEPLOY = Path(__file__).parent
OVERLAYS = DEPLOY / "kubernetes" / "overlays"
LOCKS = DEPLOY.parent / "requirements"
Manifest = dict[str, Any]


def manifests(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield every manifest that the kustomization in `folder` names, its bases first."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    for name in kustomization["resources"]:
        path = (folder / name).resolve()
        if path.is_dir():
            yield from manifests(path)
        else:
            yield from ((path, document) for document in yaml.safe_load_all(path.read_text(encoding="utf-8")))


def faults(manifest: Manifest) -> Iterator[str]:
    """Yield what is wrong with one manifest."""
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(str(part) for part in error.path)}: {error.message}"
    pod = manifest.get("spec", {}).get("template", {}).get("spec")
    if pod:
        yield from _pod_faults(pod)
        if manifest["kind"] == "Deployment":
            for container in pod["containers"]:
                if "livenessProbe" not in container:
                    yield f"{container['name']}: runs for ever without a liveness probe"


def _pod_faults(pod: Manifest) -> Iterator[str]:
    context = pod.get("securityContext", {})
    if not context.get("runAsNonRoot") or context.get("runAsUser", 0) == 0:
        yield "the pod may run as root"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "the pod has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "the pod carries a token of the cluster"
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield f"the pod shares the host: {key}"
    if any("hostPath" in volume for volume in pod.get("volumes", [])):
        yield "the pod mounts a folder of the host"
    for container in (*pod.get("initContainers", []), *pod["containers"]):
        yield from (f"{container['name']}: {fault}" for fault in _container_faults(container))


def _container_faults(container: Manifest) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
        yield "may gain privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write to its own image"
    if context.get("capabilities", {}).get("drop") != ["ALL"] or context.get("capabilities", {}).get("add"):
        yield "keeps capabilities"
    if set(container.get("resources", {}).get("limits", {})) < {"memory", "cpu"}:
        yield "has no limits"
    if "ports" in container and "readinessProbe" not in container:
        yield "serves without a readiness probe"
    if container["image"].endswith(":latest"):
        yield "has a moving tag"


def main() -> int:
    """Check every overlay; print each fault."""
    checked = [(path, manifest) for overlay in sorted(OVERLAYS.iterdir()) for path, manifest in manifests(overlay)]
    found = [f"{path.name} {m['kind']}/{m['metadata']['name']}: {fault}" for path, m in checked for fault in faults(m)]
    containerfile = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for overlay in sorted(OVERLAYS.iterdir()):
        together = [manifest for _, manifest in manifests(overlay)]
        found += [f"{overlay.name}: {fault}" for fault in installation.faults(together, containerfile, LOCKS)]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    found += [f"compose: {fault}" for fault in installation.volume_faults(compose, containerfile)]
    print("\n".join(found) or f"{len(checked)} manifests fit Kubernetes {KUBERNETES} and the restricted pod standard")
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
