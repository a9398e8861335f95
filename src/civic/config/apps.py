"""The application that holds settings' management commands."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "civic.config"
    label = "config"
