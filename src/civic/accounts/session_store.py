"""The sessions' store: Django's own table, read by every page without the ORM's composing."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from civic.core.statements import ask

STATEMENT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Reads a session with one plain statement; writes, signs and ends it as Django does."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; of one that ended or never was, nothing, under no key."""
        found = self._row()
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0])
        return held

    def _row(self) -> tuple[Any, ...] | None:
        """Read the row, and thereby see whether the kept connection still stands, for which Django would ask first."""
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            return self._ask()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block:
                raise
            connection.close()
            return self._ask()

    def _ask(self) -> tuple[Any, ...] | None:
        return ask(STATEMENT, [self.session_key, timezone.now()])
