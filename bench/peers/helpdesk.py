"""The helpdesk peer, served; as a program it makes the tables and one public queue and prints the queue's id."""

import json
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.helpdesk_settings"

from django.core.wsgi import get_wsgi_application  # (settings first)

application = get_wsgi_application()


def prepare() -> int:
    """Make the tables and one queue that anybody may write to; return its id."""
    from django.core.management import call_command
    from helpdesk.models import Queue

    call_command("migrate", verbosity=0, interactive=False)
    queue = Queue.objects.create(title="Bench", slug="bench", allow_public_submission=True)
    return int(queue.pk)


if __name__ == "__main__":
    print(json.dumps({"queue": prepare()}))
