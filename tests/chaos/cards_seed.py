"""Makes so many tickets whose every rung has come and none has fired: `python -m tests.chaos.cards_seed 100`."""

import sys
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.utils.timezone import now

    from tests.factories import accounts, hotline

    start = now() - timedelta(days=21)
    wang = accounts.resident("王芳", phone="13800005678")
    for n in range(int(sys.argv[1])):
        hotline.dispatched(by=wang, at=start + timedelta(seconds=n))


if __name__ == "__main__":
    main()
