"""`civic manage check_adapters`: whether what the city's installation depends on outside answers."""

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

ADAPTERS = ("sms", "identity", "object_store", "signing", "departments")


class Command(BaseCommand):
    """Asks every adapter; fails if one has something to complain about."""

    help = "Ask text messages, log-in, document store, licence keys and the departments whether they can be used."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        answers = {name: import_module(f"civic.adapters.{name}.check").check() for name in ADAPTERS}
        for name, complaint in answers.items():
            self.stdout.write(f"{name}: {complaint or 'ok'}")
        if any(answers.values()):
            raise CommandError("not everything outside can be used")
