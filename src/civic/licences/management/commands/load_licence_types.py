"""`load_licence_types DIR`: takes the licence types of a city pack in; a second time changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from civic.accounts.models import Department
from civic.licences.models import LicenceType
from civic.licences.pack import FILE, read_types
from civic.licences.rules import Widths


class Command(BaseCommand):
    help = "Load a city pack's licences.yaml. Types that it no longer names are not issued any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the city pack, e.g. cities/luan")

    def handle(self, *, folder: Path, **options: Any) -> None:
        pack = read_types(folder, Widths.read(settings.LICENCE_WIDTHS))
        departments = {found.code: found for found in Department.objects.all()}
        unknown = sorted({facts["authority"] for facts in pack.types} - departments.keys())
        errors = [*pack.errors, *(f"{FILE}: departments.csv 里没有部门「{code}」。" for code in unknown)]
        if errors:
            raise CommandError("\n".join(errors))
        at = now()
        written = [
            LicenceType.objects.describe(
                by="operator", at=at, is_offered=True, **{**facts, "authority": departments[facts["authority"]]}
            )[1]
            for facts in pack.types
        ]
        for gone in LicenceType.objects.offered().exclude(code__in=[facts["code"] for facts in pack.types]):
            written.append(LicenceType.objects.describe(code=gone.code, by="operator", at=at, is_offered=False)[1])
        self.stderr.write(f"licence types: {len(pack.types)}, {sum(written)} written", style_func=str)
