"""Settings of one city's installation, all from the environment, with defaults for a demonstration."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from civic.config import env
from civic.config.reactions import REACTIONS as REACTIONS
from civic.config.supervision import SUPERVISION_REPEATED as SUPERVISION_REPEATED
from civic.config.supervision import SUPERVISION_WORKDAYS as SUPERVISION_WORKDAYS

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(env.text("CIVIC_VAR", str(ROOT / "var")))
CITY_PACK = Path(env.text("CIVIC_CITY", str(ROOT / "cities" / "luan")))

# What other rooms do after a city pack is loaded: management commands, called with its folder, where they exist.
CITY_COMMANDS = [  # in this order
    "load_licence_types",
    "load_exchange",
    "load_hotline",
    "create_demonstration_accounts",
    "load_deputies",
    "create_demonstration_licences",
    "create_demonstration_cases",
    "create_demonstration_offers",
    "create_demonstration_tickets",
    "create_demonstration_rounds",
    "create_demonstration_consultations",
    "create_demonstration_board",
]  # fmt: skip
RULE_REPLAY_SOURCE = "civic.instant.replaying.recorded"  # past automatic decisions: service -> (case, facts, outcome)
CASE_GUARD = "civic.instant.guard"  # what binds whoever grants a case: why_not_grant(case), rely_on(case, at=)
# What else stands on officials' page of a case: (request, case, at=).
CASE_PANELS = ["civic.instant.panels.advice", "civic.instant.panels.checks"]
RULE_WORDS_SOURCE = "civic.instant.vocabulary.rule_words"  # who gathers facts, which licences a grant may bring
CATALOGUE_STAMP_SECONDS, CREDIT_STAMP_SECONDS = 1.0, 5.0  # how old a process may find its shelf, who may not commit

DEMONSTRATION, DEBUG = env.flag("CIVIC_DEMONSTRATION", True), False
SECRET_KEY = env.text("CIVIC_SECRET_KEY", "demonstration-only-" + "x" * 40 if DEMONSTRATION else "not set")
MASTER_KEY = env.text("CIVIC_MASTER_KEY")  # base64 of 32 bytes; empty: var/secrets/master.key, made at first start
LEDGER_KEY = env.text("CIVIC_LEDGER_KEY")  # signs the ledger's heads; as above
SEAL_KEY = env.text("CIVIC_SEAL_KEY")  # marks entries as the application's own; as above
LEDGER_PUBLIC_KEYS = env.text("CIVIC_LEDGER_PUBLIC_KEYS").split()  # former keys; in a public role also today's
FORMER_SEAL_KEYS = env.text("CIVIC_FORMER_SEAL_KEYS").split()
SIGNS_LEDGER = env.flag("CIVIC_SIGNS_LEDGER")  # the worker sets it: it signs heads, and needs the private key
LEDGER_ORIGIN = env.text("CIVIC_LEDGER_ORIGIN", "civic/luan")  # the first line of each signed head
LEDGER_WITNESS = Path(env.text("CIVIC_LEDGER_WITNESS", str(VAR / "witness")))  # newest head, outside the database
ALLOWED_HOSTS = env.text("CIVIC_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
HTTPS = env.flag("CIVIC_HTTPS", not DEMONSTRATION)

ROLE = env.text("CIVIC_ROLE", "all")  # portal | office | api | all
ROOT_URLCONF = f"civic.config.urls_{ROLE}"

MECHANISMS = ["civic.core", "civic.audit", "civic.idempotency", "civic.workflow", "civic.deadlines", "civic.masking"]
ROOMS = [
    "civic.areas", "civic.accounts", "civic.documents", "civic.notifications", "civic.ratings",
    "civic.catalogue", "civic.exchange", "civic.participation", "civic.licences", "civic.cases", "civic.instant",
    "civic.supervision", "civic.hotline", "civic.budgeting", "civic.consultation", "civic.insight", "civic.home",
]  # fmt: skip
CIVIC_APPS = [name for name in (*MECHANISMS, *ROOMS) if (ROOT / "src" / Path(*name.split("."))).exists()]

INSTALLED_APPS = [
    *CIVIC_APPS,
    "civic.config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "civic.config.middleware.RequestId",
    "civic.config.metrics.Measure",
    "civic.config.kept_answers.KeptAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civic.config.middleware.ContentPolicy",
    "civic.config.middleware.Keepable",
    "civic.config.page_middleware.Session",
    "civic.config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "civic.config.page_middleware.Forgery",
    "civic.config.page_middleware.Authentication",
    "civic.config.page_middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "civic.config.page_middleware.Htmx",
    "allauth.account.middleware.AccountMiddleware",
    "civic.config.page_middleware.SessionLimits",
    "civic.config.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "civic.config.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "civic.config.context.chrome",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The runtime role owns nothing and may only add to the ledger; migrations run as the owner (DATABASE_OWNER_URL).
APP_DATABASE_ROLE = env.text("CIVIC_APP_DATABASE_ROLE", "civic_app")


def _database_url() -> str:
    if url := env.text("DATABASE_URL"):
        return url
    if host := env.text("DB_HOST"):
        user, password = env.text("DB_USER", "civic"), env.text("DB_PASSWORD")
        return f"postgresql://{user}:{password}@{host}:{env.text('DB_PORT', '5432')}/{env.text('DB_NAME', 'civic')}"
    return "postgresql://civic@127.0.0.1:5432/civic"


DATABASES = {
    "default": {
        **env.database(_database_url()),
        "CONN_MAX_AGE": env.integer("DB_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Account"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "civic.accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "src" / "civic" / "adapters" / "locale"]  # the one room that is not an app
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

CSRF_FAILURE_VIEW = "civic.config.faults.forgery"
SESSION_ENGINE = "civic.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
HOLDER_COOKIE_NAME = "__Host-holder" if HTTPS else "holder"  # see accounts.kept_forms
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = False  # the ingress redirects
BEHIND_PROXY = env.flag("CIVIC_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


def _places(address: str) -> list[str]:
    parts = urlsplit(address)
    usual = 80 if parts.scheme == "http" else 443
    return [f"{parts.hostname}:{parts.port or usual}"] if parts.hostname else []


def _identity_origin() -> list[str]:
    parts = urlsplit(env.text("CIVIC_IDENTITY_SERVER"))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *_identity_origin()],  # a form here may lead to the unified log-in
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("CIVIC_STATIC", str(ROOT / "static-root")))
FRONT_END = Path(env.text("CIVIC_FRONT_END", str(ROOT / "node_modules")))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "civic.config.staticfiles.FrontEnd",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "civic.config.staticfiles.Hashed"},
}
WHITENOISE_MAX_AGE = 60
DOCUMENT_STORE = env.text("CIVIC_DOCUMENT_STORE", f"file://{VAR / 'documents'}")  # or s3://bucket?endpoint=…
DOCUMENT_STORE_KEY = env.text("CIVIC_DOCUMENT_STORE_KEY")
DOCUMENT_STORE_SECRET = env.text("CIVIC_DOCUMENT_STORE_SECRET")

REDIS_HOST = env.text("REDIS_HOST")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://{REDIS_HOST}"}
        if REDIS_HOST
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "civic"}
    )
}

TOKEN_MEMORY = env.flag("CIVIC_TOKEN_MEMORY", True)  # a good token is known for three seconds without a query

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]  # whichever address a guess comes from
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # more guesses do not keep an official out for longer
AXES_DISABLE_ACCESS_LOG = True  # log-ins are in the ledger
AXES_SENSITIVE_PARAMETERS = ["username", "password", "csrfmiddlewaretoken", "next"]
AXES_VERBOSE = False

SMS_GATEWAY = env.text("CIVIC_SMS_GATEWAY", "fake" if DEMONSTRATION else "")  # address of an HTTP gateway
SMS_GATEWAY_KEY = env.text("CIVIC_SMS_GATEWAY_KEY")
SMS_SIGNATURE = env.text("CIVIC_SMS_SIGNATURE", "六安一网通办")
QUIET_HOURS = env.text("CIVIC_QUIET_HOURS", "22:00-07:00")  # no text messages but urgent ones; the city's time
SMS_OUTBOX = "civic.accounts.demonstration.keep_message" if DEMONSTRATION else ""
IDENTITY_SERVER = env.text("CIVIC_IDENTITY_SERVER", "fake" if DEMONSTRATION else "")  # an OpenID Connect issuer
IDENTITY_CLIENT_ID = env.text("CIVIC_IDENTITY_CLIENT_ID", "civic")
IDENTITY_CLIENT_SECRET = env.text("CIVIC_IDENTITY_CLIENT_SECRET", "demonstration" if DEMONSTRATION else "")
GUARDIAN_REGISTER = env.text("CIVIC_GUARDIAN_REGISTER", "fake" if DEMONSTRATION else "")
GUARDIAN_REGISTER_KEY = env.text("CIVIC_GUARDIAN_REGISTER_KEY")

# The departments' systems: "fake" (in this process), an address that has them all as /<code> (`civic departments`), or
# empty: each at the address that the exchange has for it.
DEPARTMENTS_AT = env.text("CIVIC_DEPARTMENTS_AT", "fake" if DEMONSTRATION else "")
DEPARTMENTS_ON = env.text("CIVIC_DEPARTMENTS_ON")  # the day on which the fakes' world stands; empty: today
DEPARTMENTS_CREDENTIALS = env.text("CIVIC_DEPARTMENTS_CREDENTIALS")  # JSON: {"gaj": {"auth": "oauth2", …}, …}
# Inner places that the platform may connect to, as host:port: all others that are not on the public internet are
# refused. Ports that a place on the public internet may have.
OUTBOUND_ALLOWED = env.text("CIVIC_OUTBOUND_ALLOWED").replace(",", " ").split() + _places(DEPARTMENTS_AT)
OUTBOUND_PORTS = (80, 443, 8080, 8443)

STAFF_IDLE_SECONDS = 30 * 60
STAFF_SESSION_SECONDS = 12 * 3600

LOGIN_URL, LOGIN_REDIRECT_URL = "/login/", "/my/"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # no e-mail addresses: people are found by phone or number
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "civic.accounts.single_sign_on.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "civic.accounts.single_sign_on.UnifiedLoginAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "civic.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMONSTRATION

LICENCE_ALGORITHM = env.text("CIVIC_LICENCE_ALGORITHM", "ES256")  # ES256 | SM2; PDFs are signed with ES256 in any case
# Private keys (PEM, or base64 of 32 bytes) and their certificates (PEM, the signer's first). Only the worker needs the
# keys; everybody needs the trust. Empty: a demonstration makes a TEST authority in the folder at its first start.
LICENCE_FOLDER = Path(env.text("CIVIC_LICENCE_FOLDER", str(VAR / "secrets")))
LICENCE_KEY_ES256 = env.text("CIVIC_LICENCE_KEY_ES256")
LICENCE_KEY_SM2 = env.text("CIVIC_LICENCE_KEY_SM2")
LICENCE_CERTIFICATE_ES256 = env.text("CIVIC_LICENCE_CERTIFICATE_ES256")
LICENCE_CERTIFICATE_SM2 = env.text("CIVIC_LICENCE_CERTIFICATE_SM2")
LICENCE_TRUST = env.text("CIVIC_LICENCE_TRUST")  # PEM: the authorities that may certify this city's licence keys
LICENCE_HSM = env.text("CIVIC_LICENCE_HSM")  # pkcs11:/path/module.so?token=NAME&label=KEY: the key stays in a device
LICENCE_HSM_PIN = env.text("CIVIC_LICENCE_HSM_PIN")
LICENCE_WIDTHS = env.text("CIVIC_LICENCE_WIDTHS", "21,18,9,3")  # GB/T 36904: type, authority, serial number, version
LICENCE_HEADING = env.text("CIVIC_LICENCE_HEADING", "六安一网通办")  # on the page of each licence


def _public_address() -> str:
    """Return the site's own address, as it stands in QR codes and status lists."""
    named = [host for host in ALLOWED_HOSTS if host not in ("127.0.0.1", "localhost", "[::1]", "testserver", "")]
    if HTTPS and named:
        return f"https://{named[0]}"
    return f"http://127.0.0.1:{env.integer('CIVIC_PORT', 8000)}"


PUBLIC_ADDRESS = env.text("CIVIC_PUBLIC_ADDRESS", _public_address()).rstrip("/")
CASE_NUMBER_PREFIX, TICKET_NUMBER_PREFIX = env.text("CIVIC_CASE_PREFIX", "LA"), env.text("CIVIC_TICKET_PREFIX", "LH")
SUPERVISED_MATTERS = "civic.hotline.services.complaining"  # finds what cards and agendas name, and what is stuck
TICKET_PROFILE = env.text("CIVIC_TICKET_PROFILE", "12345")  # the timer profile of new tickets; see the city pack
TICKET_FAILED_PROFILE = env.text("CIVIC_TICKET_FAILED_PROFILE", "failed")  # of the window for what cannot be got done
HOTLINE_CENTRE = env.text("CIVIC_HOTLINE_CENTRE", "rx")  # code of the department that runs the hotline
HOTLINE_MODEL = Path(env.text("CIVIC_HOTLINE_MODEL", str(VAR / "hotline" / "model.npz")))  # `civic hotline train`
OPEN311_JURISDICTION = env.text("CIVIC_OPEN311_JURISDICTION", "luan.gov.cn")  # jurisdiction_id of GeoReport v2
WECHAT_TOKEN = env.text("CIVIC_WECHAT_TOKEN")  # shared with the official account on WeChat; empty: the door is shut
TICKETS_PER_DAY = env.integer("CIVIC_TICKETS_PER_DAY", 20)  # voices one account or address may hand in on one day
MASKING_PROFILE = env.text("CIVIC_MASKING_PROFILE", "strict")  # strict | staff | seed
CRYPTO = env.text("CIVIC_CRYPTO", "intl")  # intl: AES-256-GCM, SHA-256 | gm: SM4-GCM, SM3; each opens both
# Working days the applicant has to answer a correction, the city has to check a commitment after the decision, and the
# applicant has to be heard before a decision is revoked: the law names none of these; a city may set its own.
CASE_WORKDAYS = {
    "case.correction": env.integer("CIVIC_CORRECTION_WORKDAYS", 15),
    "case.commitment": env.integer("CIVIC_COMMITMENT_CHECK_WORKDAYS", 20),
    "case.statement": env.integer("CIVIC_STATEMENT_WORKDAYS", 5),
    "case.hearing": env.integer("CIVIC_HEARING_WORKDAYS", 20),  # Administrative Licensing Law art. 47
    "credit.repair": env.integer("CIVIC_CREDIT_REPAIR_WORKDAYS", 10),
}
CREDIT_MARK_DAYS = env.integer("CIVIC_CREDIT_MARK_DAYS", 365)  # without repair; 国办发〔2020〕42号 names no time
CONSENT_DAYS = env.integer("CIVIC_CONSENT_DAYS", 3)  # natural days in which the other parent can answer
RECHECK_WORKDAYS = env.integer("CIVIC_RECHECK_WORKDAYS", 5)  # in which a person looks again at a decision of rules
# How many working days each part of a bad rating's remedy may take. Contact and repair: the rule of Sichuan province;
# a city may set its own. Appeal, review and call-back are ours.
RATING_WORKDAYS = {
    "rating.contact": env.integer("CIVIC_RATING_CONTACT_WORKDAYS", 1),
    "rating.repair": env.integer("CIVIC_RATING_REPAIR_WORKDAYS", 15),
    "rating.appeal": env.integer("CIVIC_RATING_APPEAL_WORKDAYS", 10),
    "rating.review": env.integer("CIVIC_RATING_REVIEW_WORKDAYS", 5),
    "rating.call_back": env.integer("CIVIC_RATING_CALL_BACK_WORKDAYS", 3),
}
# Working days in which a department answers another's demand for data, and looks into a value that is contested.
EXCHANGE_WORKDAYS = {
    "exchange.demand": env.integer("CIVIC_EXCHANGE_DEMAND_WORKDAYS", 10),
    "exchange.contest": env.integer("CIVIC_EXCHANGE_CONTEST_WORKDAYS", 10),
}
# How many callers of one process wait for the same source at a time; `civic web` sets half of its threads, so that a
# source that hangs leaves the others to everybody else, and `civic worker` as many as it has jobs under way.
EXCHANGE_AT_ONCE = max(1, env.integer("CIVIC_EXCHANGE_AT_ONCE", 4))
COMPLAINT_UNIT = env.text("CIVIC_COMPLAINT_UNIT", "xfj")  # code of the department that looks into complaints first
EXCHANGE_CALL_DAYS = env.integer("CIVIC_EXCHANGE_CALL_DAYS", 3 * 365)  # then a record of a question is deleted
REVEALS_PER_HOUR = env.integer("CIVIC_REVEALS_PER_HOUR", 60)  # clear values one official may ask for in an hour

PROCRASTINATE_IMPORT_PATHS = [
    f"{name}.tasks" for name in CIVIC_APPS if (ROOT / "src" / Path(*name.split("."), "tasks.py")).exists()
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_HANDLERS = ["civic.documents.uploads.BoundedMemory"]
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
DOCUMENTS_PER_DAY = env.integer("CIVIC_DOCUMENTS_PER_DAY", 100)  # files one account may hand in on one day
DOCUMENT_UNUSED_DAYS = env.integer("CIVIC_DOCUMENT_UNUSED_DAYS", 30)  # then a file nobody applied with is deleted: a
# draft lives as long, and personal data is kept no longer than its purpose needs (PIPL art. 19 and 47)
DOCUMENT_BYTES_PER_DAY = env.integer("CIVIC_DOCUMENT_MB_PER_DAY", 200) * 1024 * 1024

OPERATOR_TOKEN = env.text("CIVIC_OPERATOR_TOKEN")  # opens /metrics and the details of /readyz from elsewhere
WORKER_SILENT_SECONDS = env.integer("CIVIC_WORKER_SILENT_SECONDS", 30)  # a worker beats every ten; three missed: dead
QUEUE_LAG_SECONDS = env.integer("CIVIC_QUEUE_LAG_SECONDS", 300)
LEDGER_LAG_SECONDS = env.integer("CIVIC_LEDGER_LAG_SECONDS", 60)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_probe": {"()": "django.utils.log.CallbackFilter", "callback": "ext://civic.config.logs.is_no_probe"}
    },
    "loggers": {"django.request": {"filters": ["no_probe"]}},
    "formatters": {"json": {"()": "civic.config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("CIVIC_LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = [
    "axes.W002",  # the log-in page answers itself, the same whether wrong, unknown or locked
    "axes.W006",  # the lock is on the account: guesses from many addresses count together
    "security.W008",
    *([] if HTTPS else ["security.W004", "security.W012", "security.W016"]),
]
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # its phrase dictionary costs 40 MB in each process
