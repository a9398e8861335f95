"""What must be right before a city's installation may start; a demonstration may be looser."""

import base64
import binascii
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from civic.adapters.departments.endpoint import credentials

SHORTEST_SECRET = 50
OWNERS = {"postgres", "civic_owner"}
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
PROFILES = {"strict", "staff", "seed"}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"}
KEY_BYTES = 32

Complaints = Iterator[tuple[str, str]]


def secret_key() -> Complaints:
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or "demonstration" in settings.SECRET_KEY:
        yield "CIVIC_SECRET_KEY is missing, short or the demonstration's.", "Set 50 or more random characters."


def master_key() -> Complaints:
    if not all(_is_key(part) for part in settings.MASTER_KEY.split(",")):
        yield "CIVIC_MASTER_KEY is missing or not 32 bytes in base64.", "Make one: openssl rand -base64 32."


def ledger_keys() -> Complaints:
    """Pods that made keys of their own could not read each other's entries, nor their own after a restart."""
    for name, key in (("CIVIC_SEAL_KEY", settings.SEAL_KEY), ("CIVIC_LEDGER_KEY", settings.LEDGER_KEY)):
        public = name == "CIVIC_LEDGER_KEY" and not key and settings.LEDGER_PUBLIC_KEYS and not settings.SIGNS_LEDGER
        if not public and not _is_key(key):
            yield f"{name} is missing or not 32 bytes in base64.", "Make one: openssl rand -base64 32."


def witness() -> Complaints:
    if settings.LEDGER_WITNESS.is_relative_to(tempfile.gettempdir()):
        yield "CIVIC_LEDGER_WITNESS is a folder that is lost with the process.", "Name a folder on a lasting volume."


def hosts() -> Complaints:
    if any("*" in host for host in settings.ALLOWED_HOSTS):
        yield "CIVIC_HOSTS lets any host name in.", "Name the site's own host names."
    elif not set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS - {""}:
        yield "CIVIC_HOSTS names no host of the site.", "Name the site's own host names, separated by commas."


def debug() -> Complaints:
    if settings.DEBUG:
        yield "DEBUG is on: errors would show the inside.", "Turn it off."


def https() -> Complaints:
    if not (settings.HTTPS and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield "HTTPS is off: sessions could be overheard.", "Set CIVIC_HTTPS=1 and serve through TLS."
    if settings.SECURE_HSTS_SECONDS <= 0:
        yield "Browsers are not told to stay on HTTPS.", "Keep SECURE_HSTS_SECONDS at a year."


def content_policy() -> Complaints:
    directives = settings.CONTENT_SECURITY_POLICY.get("DIRECTIVES", {})
    for name in ("default-src", "script-src", "style-src"):
        sources = set(directives.get(name, UNSAFE))
        if sources & UNSAFE:
            yield f"The content policy's {name} lets foreign or inline content in.", "Keep it at 'self'."


def passwords() -> Complaints:
    if not settings.PASSWORD_HASHERS or "Argon2" not in settings.PASSWORD_HASHERS[0]:
        yield "Passwords are not hashed with argon2id.", "Put Argon2PasswordHasher first."


def masking() -> Complaints:
    if settings.MASKING_PROFILE not in PROFILES:
        yield f"CIVIC_MASKING_PROFILE={settings.MASKING_PROFILE!r} is unknown.", "Write strict, staff or seed."


def document_store() -> Complaints:
    scheme = urlsplit(settings.DOCUMENT_STORE).scheme
    if scheme not in ("file", "s3"):
        yield "CIVIC_DOCUMENT_STORE is not an address of a store.", "Write file:///folder or s3://bucket?endpoint=…"
    if scheme == "s3" and not (settings.DOCUMENT_STORE_KEY and settings.DOCUMENT_STORE_SECRET):
        yield "The store's key or secret is missing.", "Set CIVIC_DOCUMENT_STORE_KEY and CIVIC_DOCUMENT_STORE_SECRET."
    if scheme == "s3" and not find_spec("minio"):
        yield "CIVIC_DOCUMENT_STORE is s3://, and its client is not installed.", "Install the extra: civic[s3]."


def cache() -> Complaints:
    if settings.REDIS_HOST and not find_spec("redis"):
        yield "REDIS_HOST is set, and its client is not installed.", "Install the extra: civic[redis]."


def case_prefix() -> Complaints:
    if not re.fullmatch(r"[A-Z0-9]{2,4}", settings.CASE_NUMBER_PREFIX):
        yield "CIVIC_CASE_PREFIX cannot be read out.", "Write 2 to 4 capital letters or digits."


def database_role() -> Complaints:
    """The runtime role may own nothing; asked of the server itself where it answers."""
    hint = f"Run as a role like {settings.APP_DATABASE_ROLE}; only `civic migrate` runs as the owner."
    if settings.DATABASES["default"]["USER"] in OWNERS or _owns_tables():
        yield "The platform would run as the owner of its tables, or a superuser.", hint
    elif not settings.DATABASES["default"]["PASSWORD"] and _is_remote():
        yield "The database is reached over the network without a password.", "Set DB_PASSWORD or DB_PASSWORD_FILE."


def city_pack() -> Complaints:
    if not settings.CITY_PACK.is_dir():
        yield f"CIVIC_CITY={settings.CITY_PACK} is no folder.", "Name the folder of the city's data."


def departments() -> Complaints:
    if settings.DEPARTMENTS_AT:
        yield "CIVIC_DEPARTMENTS_AT names departments that are played.", "Leave it empty, and give credentials instead."
    try:
        credentials(settings.DEPARTMENTS_CREDENTIALS)
    except ImproperlyConfigured as error:
        yield str(error), "See docs/operations/outside.md."


QUESTIONS: list[Callable[[], Complaints]] = [
    secret_key, master_key, ledger_keys, witness, hosts, debug, https, content_policy, passwords,
    masking, document_store, cache, case_prefix, database_role, city_pack, departments,
]  # fmt: skip


@register(Tags.security, deploy=True)
def configuration(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Return an error for each thing that is not fit for a city; a demonstration is let off."""
    if settings.DEMONSTRATION:
        return []
    return [
        Error(problem, hint=hint, id=f"civic.{ask.__name__}") for ask in QUESTIONS for problem, hint in ask()
    ]  # fmt: skip


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _is_remote() -> bool:
    host = str(settings.DATABASES["default"]["HOST"])
    return not host.startswith("/") and host not in ("", "127.0.0.1", "localhost", "::1")


def _owns_tables() -> bool:
    question = """
        select rolsuper or exists (select 1 from pg_class where relowner = pg_roles.oid and relkind = 'r')
        from pg_roles where rolname = current_user
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            (answer,) = cursor.fetchone()
    except DatabaseError:
        return False  # an absent database keeps the process unready, not down
    return bool(answer)
