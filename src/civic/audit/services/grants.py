"""What the application's own database role may do: everything with business rows, only add to the ledger."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from civic.audit.models import Entry, Head, Leaf, Node

LEDGER = frozenset(model._meta.db_table for model in (Entry, Leaf, Node, Head))
READ_ONLY = frozenset({"django_migrations"})
WRITE = "SELECT, INSERT, UPDATE, DELETE"


def grant_application_role(connection: BaseDatabaseWrapper) -> str:
    """Make the role settings.APP_DATABASE_ROLE if it is missing and give it what it needs; return its name.

    Run as the owner of the tables after each migration; running it again changes nothing.
    The role needs no LOGIN: the application says SET ROLE after it connects.
    """
    role, quote = str(settings.APP_DATABASE_ROLE), connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user, EXISTS(SELECT FROM pg_roles WHERE rolname = %s)", [role])
        schema, owner, exists = cursor.fetchone()
        if not exists:
            cursor.execute(f"CREATE ROLE {quote(role)} NOLOGIN")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = {name for (name,) in cursor.fetchall()}
        for statement in (*_table_grants(tables, quote(role)), *_schema_grants(quote(schema), quote(role))):
            cursor.execute(statement)
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [owner, role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {quote(role)} TO {quote(owner)}")
    return role


def _table_grants(tables: set[str], role: str) -> list[str]:
    """Return the grants on tables, in an order that never gives the ledger away, not even for a moment."""
    ledger, readable, business = (
        _names(found) for found in (tables & LEDGER, tables & READ_ONLY, tables - LEDGER - READ_ONLY)
    )
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {ledger} FROM {role}, PUBLIC",
        f"GRANT SELECT, INSERT ON {ledger} TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {readable} FROM {role}",
        f"GRANT SELECT ON {readable} TO {role}",
        f"GRANT {WRITE} ON {business} TO {role}",
    ]


def _schema_grants(schema: str, role: str) -> list[str]:
    """Return the grants on everything else; tables of later migrations are business tables until this runs again."""
    defaults = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT"
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}",
        f"{defaults} {WRITE} ON TABLES TO {role}",
        f"{defaults} USAGE, SELECT ON SEQUENCES TO {role}",
        f"{defaults} EXECUTE ON FUNCTIONS TO {role}",
    ]


def _names(tables: set[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(tables))
