"""The web application that a server process loads."""

import os

from django.core.wsgi import get_wsgi_application

from civic.config.lifeline import die_with_parent

if os.environ.get("CIVIC_CHILD") == "1":
    die_with_parent(int(os.environ.get("CIVIC_SERVER_PROCESS", "0")) or None)
application = get_wsgi_application()
