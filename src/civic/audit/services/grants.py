"""What the application's own database role may do: everything with business rows, only add to the ledger."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from civic.audit.models import Entry, Head, Leaf, Node

LEDGER = tuple(model._meta.db_table for model in (Entry, Leaf, Node, Head))
READ_ONLY = ("django_migrations",)


def grant_application_role(connection: BaseDatabaseWrapper) -> str:
    """Make the role settings.APP_DATABASE_ROLE if it is missing and give it what it needs; return its name.

    Run as the owner of the tables after each migration; running it again changes nothing.
    The role needs no LOGIN: the application says SET ROLE after it connects.
    """
    role, quote = settings.APP_DATABASE_ROLE, connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_schema(), current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role]
        )
        schema, owner, exists = cursor.fetchone()
        if not exists:
            cursor.execute(f"CREATE ROLE {quote(role)} NOLOGIN")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = {name for (name,) in cursor.fetchall()}
        for statement in _statements(quote(role), quote(schema), [quote(name) for name in LEDGER if name in tables]):
            cursor.execute(statement)
        for name in tables & set(READ_ONLY):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {quote(name)} FROM {quote(role)}")
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [owner, role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {quote(role)} TO {quote(owner)}")
    return str(role)


def _statements(role: str, schema: str, ledger: list[str]) -> list[str]:
    """Return the grants, in an order that never gives the ledger away, not even for a moment."""
    business = (
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT c.oid::regclass::text FROM pg_class c "
        f"WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'p', 'v') "
        f"AND c.relname <> ALL (ARRAY[{', '.join(_literal(table) for table in ledger)}]::text[]) "
        f"LOOP EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' || name || ' TO {role}'; END LOOP; END $$"
    )
    defaults = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT"
    tables = ", ".join(ledger)
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        business,
        f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {tables} FROM {role}, PUBLIC",
        f"GRANT SELECT, INSERT ON {tables} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}",
        f"{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"{defaults} USAGE, SELECT ON SEQUENCES TO {role}",
        f"{defaults} EXECUTE ON FUNCTIONS TO {role}",
    ]


def _literal(quoted: str) -> str:
    return "'" + quoted.strip('"') + "'"
