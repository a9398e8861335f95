"""Addresses for operators and probes: health, readiness, metrics."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
