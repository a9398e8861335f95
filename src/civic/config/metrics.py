"""Counts and times of requests, by route and status: never who or what about whom."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from civic.config import readiness

REQUESTS = Counter("civic_requests_total", "Requests by route and status", ["route", "method", "status"])
SECONDS = Histogram(
    "civic_request_seconds", "Time of a request by route", ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)  # fmt: skip
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Measure:
    """Counts and times every request under the pattern of its route, so numbers and tokens stay out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "unmatched"
        method = request.method if request.method in METHODS else "OTHER"
        _count(route, method, response.status_code).inc()
        _time(route).observe(time.perf_counter() - start)
        return response


@lru_cache(maxsize=4096)
def _count(route: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(route, method, str(status))


@lru_cache(maxsize=1024)
def _time(route: str) -> Histogram:
    return SECONDS.labels(route)


class Lags(Collector):
    """How far queue and ledger are behind, and how full the connection pool is, asked at each scrape."""

    def collect(self) -> Iterator[Metric]:
        at = now()
        yield GaugeMetricFamily("civic_queue_lag_seconds", "Age of the oldest ready job", readiness.queue_lag(at))
        yield GaugeMetricFamily("civic_ledger_lag_seconds", "Age of the oldest loose entry", readiness.ledger_lag(at))
        jobs = GaugeMetricFamily("civic_jobs", "Jobs that did not go as they should", labels=["state"])
        for state, count in asdict(readiness.job_state(at)).items():
            jobs.add_metric([state], count)
        yield jobs
        pool = getattr(connection, "pool", None)
        if pool is not None:
            stats = pool.get_stats()
            yield GaugeMetricFamily("civic_pool_size", "Connections of this process", stats.get("pool_size", 0))
            yield GaugeMetricFamily("civic_pool_waiting", "Requests waiting for one", stats.get("requests_waiting", 0))


def exposition() -> bytes:
    """Return the text that Prometheus reads, over all processes of this server."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    lags = CollectorRegistry()
    lags.register(Lags())
    return generate_latest(registry) + generate_latest(lags)
