"""`official add`: puts somebody into office, for the operator at the machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civic.accounts.management.operator import OPERATOR, refusals_in_words
from civic.accounts.models import Department
from civic.accounts.rules import ROLES
from civic.accounts.services import put_into_office


class Command(BaseCommand):
    help = "Put somebody into office. Prints a one-time password, which opens the choice of one's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="account name, e.g. rsj.liqiang")
        parser.add_argument("display_name", help="name in office, shown to the public, e.g. 李强")
        parser.add_argument("--department", required=True, help="code of the department, e.g. rsj")
        parser.add_argument("--role", action="append", default=[], choices=sorted(ROLES), help="may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        department = Department.objects.filter(code=options["department"]).first()
        if department is None:
            known = ", ".join(Department.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no department {options['department']!r}. Known: {known or 'none yet'}.")
        with refusals_in_words():
            _, password = put_into_office(
                username=options["name"], display_name=options["display_name"].strip(), department=department,
                roles=options["role"], by=OPERATOR, at=timezone.now(),
            )  # fmt: skip
        self.stdout.write(password)
