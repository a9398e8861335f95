"""The application that holds settings' management commands and start-up checks."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "civic.config"
    label = "config"

    def ready(self) -> None:
        """Register the checks."""
        from civic.config import checks  # noqa: F401
