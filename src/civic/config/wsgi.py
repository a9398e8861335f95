"""The web application that a server process loads."""

import os

from django.core.wsgi import get_wsgi_application

from civic.config.lifeline import die_with_parent

if os.environ.get("CIVIC_CHILD") == "1":
    die_with_parent()
application = get_wsgi_application()
