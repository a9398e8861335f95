"""The sessions' store: Django's own table, read by every page without the ORM's composing."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection

STATEMENT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Reads a session with one plain statement; writes, signs and ends it as Django does."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; of one that ended or never was, nothing, under no key."""
        with connection.cursor() as cursor:
            cursor.execute(STATEMENT, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0])
        return held
