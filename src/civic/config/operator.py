"""Pages for operators and probes: is the process alive, may it take traffic, how fast is it."""

import hmac
import logging
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from civic.config import metrics, readiness
from civic.core import access

log = logging.getLogger("civic.readiness")
_told: frozenset[str] = frozenset()


@access.public
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing else is asked, least of all the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@access.public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether to send traffic here; the reasons only to operators."""
    found = readiness.findings(now())
    ready = readiness.is_ready(found)
    _tell(frozenset(finding.name for finding in found if not finding.ok and not finding.warning))
    body: dict[str, object] = {"ready": ready}
    if is_operator(request):
        body["findings"] = readiness.as_json(found)
    return JsonResponse(body, status=200 if ready else 503)


def _tell(missing: frozenset[str]) -> None:
    """Put into the log what is missing, when that has changed: probes ask every few seconds."""
    global _told
    if missing != _told:
        _told = missing
        log.warning("not ready: %s", ", ".join(sorted(missing)) or "nothing is missing any more")


@access.public
@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; to strangers the page does not exist."""
    if not is_operator(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def is_operator(request: HttpRequest) -> bool:
    """Whether the caller sits at this machine, no proxy between, or shows the operator's token."""
    token = settings.OPERATOR_TOKEN
    if token and hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return True
    proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not proxied and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
