"""Limits on guessing: how often a number or an address may be looked up, counted in the database."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from civic.core.errors import TooMany
from civic.core.ids import normalise_number

PER_NUMBER, PER_ADDRESS, WINDOW = 10, 60, timedelta(minutes=10)
"""Ten tries a number leave a guesser one chance in a thousand; an office behind one address has sixty tries."""


class LookedUpTooOften(TooMany):
    """The look-up is closed for a while."""

    code = "looked-up-too-often"


COUNT = """
INSERT INTO cases_lookup (what, window_start, count) VALUES (%s, %s, 1)
ON CONFLICT (what, window_start) DO UPDATE SET count = cases_lookup.count + 1
RETURNING count
"""


def count_look_up(*, number: str, address: str, at: datetime) -> None:
    """Count one look-up, however the number is written.

    Raises: LookedUpTooOften, with the seconds until it opens again.
    """
    seconds = int(WINDOW.total_seconds())
    start = datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=at.tzinfo)
    wait = seconds - int((at - start).total_seconds())
    with connection.cursor() as cursor:
        for what, limit in (
            (f"number:{normalise_number(number)[:24]}", PER_NUMBER),
            (f"address:{address}", PER_ADDRESS),
        ):
            cursor.execute(COUNT, [what, start])
            if cursor.fetchone()[0] > limit:
                raise LookedUpTooOften(_("查询次数太多，请过几分钟再试，或登录后在「我的」里查看。"), retry_after=wait)
