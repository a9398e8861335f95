"""civic licences export-trust DIR: what somebody needs to verify licences without this platform."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from civic.adapters.signing.client import trusted
from civic.licences.models import StatusList, StatusListVersion
from civic.licences.services import publish_all
from civic.licences.states import StatusPurpose


class Command(BaseCommand):
    help = "Write the authorities' certificates (authorities.pem) and every status list (NAME.jwt) into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--refresh", action="store_true", help="sign the lists anew first; needs the keys")

    def handle(self, *, folder: Path, refresh: bool, **options: Any) -> None:
        at = now()
        if refresh:
            publish_all(at=at)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "authorities.pem").write_bytes(b"".join(found.pem for found in trusted(at=at)))
        written = 0
        for found in StatusList.objects.order_by("pk"):
            for purpose in StatusPurpose:
                versions = StatusListVersion.objects.as_of(number=found.pk, purpose=purpose, instant=at)
                if (version := versions.first()) is not None:
                    (folder / f"{found.name(purpose)}.jwt").write_text(version.credential, encoding="ascii")
                    written += 1
        self.stdout.write(f"{folder}: authorities.pem, {written} status lists")
