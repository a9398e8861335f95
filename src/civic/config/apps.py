"""The application that holds settings' management commands and start-up checks."""

from django.apps import AppConfig
from django.utils.translation import gettext

from civic.core import words


class ConfigApp(AppConfig):
    name = "civic.config"
    label = "config"

    def ready(self) -> None:
        """Register the checks; let pure modules translate."""
        from civic.config import checks  # noqa: F401

        words.use(gettext)
