"""Wraps every subject's key with the current master key: the last step of changing it."""

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from civic.masking.services import rotate


class Command(BaseCommand):
    """Wrap all keys anew. CIVIC_MASTER_KEY holds the new key, a comma and the old one.

    The old key stays configured: look-up indexes made with it are found through it, values are no longer read by it.
    """

    help = "Wraps every subject's key with the first key of CIVIC_MASTER_KEY; safe to stop and to repeat."

    def handle(self, **options: object) -> None:
        """Show how far it is, then how many there were."""
        total = rotate(by="operator", at=now(), tell=lambda done: self.stdout.write(f"{done} keys", ending="\r"))
        self.stdout.write(
            f"{total} keys are wrapped with the current master key. Look-up indexes keep the key they name."
        )
