"""Addresses for operators and probes: health, readiness, metrics."""

from django.urls import URLPattern, path

from civic.config import operator

urlpatterns: list[URLPattern] = [
    path("healthz", operator.healthz, name="healthz"),
    path("readyz", operator.readyz, name="readyz"),
    path("metrics", operator.metrics_page, name="metrics"),
]
