"""The web application that a server process loads."""

import gc
import os
import signal

from civic.config.lifeline import die_with_parent

if os.environ.get("CIVIC_CHILD") == "1":
    # The server forks its workers with its own handler, which in a worker does nothing: until the worker has set its
    # own, the end of the server would pass it by, and it would serve on as an orphan.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent(int(os.environ.get("CIVIC_SERVER_PROCESS", "0")) or None)

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from civic.config import env
from civic.config.admission import HANDS, SHARE, WAITING_ROOM
from civic.config.bodies import SECONDS
from civic.config.gate import Gate, Limits

application = Gate(
    get_wsgi_application(),
    hands=env.integer("CIVIC_HANDS", HANDS),  # `civic web --threads` sets it
    room=env.integer("CIVIC_WAITING_ROOM", WAITING_ROOM),
    limits=Limits(
        share=env.integer("CIVIC_CLIENT_SHARE", SHARE),
        body_seconds=env.integer("CIVIC_BODY_SECONDS", SECONDS),
        is_proxied=env.flag("CIVIC_BEHIND_PROXY"),
    ),
)

# The collector would go through two hundred thousand objects that live as long as the process again and again, and
# whoever waits for a page meanwhile waits 0.3 s longer. Loaded now, every door is among what it leaves alone.
_doors = get_resolver().url_patterns
gc.collect()
gc.freeze()
