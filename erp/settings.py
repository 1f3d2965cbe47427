"""Settings (Einstellungen). Everything that differs between machines comes from the environment."""

from __future__ import annotations

import hashlib
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from erp import kinds
from erp.api.enum_names import ENUM_NAMES
from erp.core.logs import logging_of
from erp.core.vault_keys import parse_keys
from erp.schedule import plan
from erp.web.policy import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env("RAPPEN_MODE", default="production")  # production, demo or test
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"RAPPEN_MODE is {MODE!r}; it must be production, demo or test")
DEBUG = False
DEMO = MODE == "demo"
TESTING = MODE == "test"

# For tests alone: die at a named point, or let the clock stand still (erp.core).
CRASH_AT = env("RAPPEN_CRASH_AT", default="")
CLOCK_AT = env("RAPPEN_CLOCK_AT", default="")
WEBHOOK_TRUST = env("RAPPEN_WEBHOOK_TRUST", default="")  # a receiver's certificate on this machine
if (CRASH_AT or CLOCK_AT or WEBHOOK_TRUST) and not TESTING:
    raise ImproperlyConfigured(
        "RAPPEN_CRASH_AT, RAPPEN_CLOCK_AT and RAPPEN_WEBHOOK_TRUST exist in test mode only"
    )

RAPPEN_VAR = Path(env("RAPPEN_VAR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
# The folder of backups, and how many base backups stay in it.
BACKUP = env("RAPPEN_BACKUP", default="")
BACKUP_KEEP = env.int("RAPPEN_BACKUP_KEEP", default=7)
SECRET_KEY = env("RAPPEN_SECRET_KEY", default="")
if not SECRET_KEY:
    if not TESTING:
        raise ImproperlyConfigured(
            "RAPPEN_SECRET_KEY is not set. Start with `make demo` or `make up`, which keep one under "
            "var/secrets, or set it in the environment."
        )
    SECRET_KEY = "only-for-tests-" + "0" * 40  # noqa: S105
if "RAPPEN_FIELD_KEYS" in env.ENVIRON:
    try:
        FIELD_KEYS = parse_keys(env("RAPPEN_FIELD_KEYS"))
    except ValueError as error:
        raise ImproperlyConfigured(f"RAPPEN_FIELD_KEYS: {error}") from None
elif TESTING:
    FIELD_KEYS = [("test", hashlib.sha256(b"only for tests").digest())]
else:
    raise ImproperlyConfigured(
        "RAPPEN_FIELD_KEYS is not set: it seals secrets in the database. Start with `make demo` or "
        "`make up`, which keep one under var/secrets, or make one: openssl rand -base64 32"
    )
if not TESTING and (len(SECRET_KEY) < 40 or SECRET_KEY.startswith("only-for-tests")):
    raise ImproperlyConfigured("RAPPEN_SECRET_KEY must be at least 40 random characters")
ALLOWED_HOSTS = env.list("RAPPEN_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("RAPPEN_ORIGINS", default=[])
HTTPS = env.bool("RAPPEN_HTTPS", default=False)
#: Where links in mails lead that no page writes.
PUBLIC_ADDRESS = env(
    "RAPPEN_ADDRESS", default=f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "erp.web.serving.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "erp",
    "contacts",
    "vat",
    "accounting",
    "payroll",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "erp.web.middleware.OriginMiddleware",
    "erp.web.middleware.PrivateAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "erp.web.middleware.SoundAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "erp.web.sizes.SizesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "erp.access.sign_in.middleware.SessionLimitsMiddleware",
    "erp.access.sign_in.middleware.LeavingMiddleware",
    "erp.access.sign_in.middleware.DeniedMiddleware",
    "erp.web.middleware.LanguageMiddleware",
    "erp.web.middleware.SignInRequiredMiddleware",
    "erp.access.sign_in.middleware.FullySignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "erp.urls"
WSGI_APPLICATION = "erp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "erp" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "erp.web.context.page",
            ],
        },
    },
]

# One PostgreSQL, two roles: pages and tasks use the runtime role, migrations the owner.
_POOL = {"min_size": 1, "max_size": env.int("RAPPEN_DB_POOL", default=8), "timeout": 10}
_ENGINE = "erp.core.postgresql"
DATABASES = {
    "default": env.db("DATABASE_URL", default="postgres://rappen_app@/rappen", engine=_ENGINE)
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})
if not TESTING and env.bool("RAPPEN_POOL", default=True):
    DATABASES["default"]["OPTIONS"]["pool"] = _POOL
if "DATABASE_OWNER_URL" in env.ENVIRON:
    DATABASES["owner"] = env.db("DATABASE_OWNER_URL", engine=_ENGINE)
DATABASE_ROUTERS = ["erp.routers.OneDatabase"]

REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "erp.core.cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rappen",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Europe/Zurich"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the queue comes back some day
# A message that nobody acknowledges goes to another worker, but never while its task may still run.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 15 * 60, 16 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30 * 60, "socket_connect_timeout": 2, "socket_keepalive": True
}  # fmt: skip
# Jobs (erp.jobs), in seconds: how long a worker's silence is borne; how long it works on one before
# others have their turn; how long the queue may take; how often what it lost is sent again.
JOB_LEASE = env.int("RAPPEN_JOBS_LEASE", default=30)
JOB_SLICE = env.int("RAPPEN_JOBS_SLICE", default=30)
JOB_RESEND = env.int("RAPPEN_JOBS_RESEND", default=120)
JOB_SWEEP = env.int("RAPPEN_JOBS_SWEEP", default=60)
# What is done in one go has a limit of its own. Its message comes to another worker meanwhile, which finds it held.
JOB_WHOLE_LIMIT = env.int("RAPPEN_JOBS_WHOLE_LIMIT", default=4 * 60 * 60)
JOB_KINDS = [*kinds.JOBS]
if TESTING:
    JOB_KINDS += env.list("RAPPEN_JOB_KINDS", default=[])
# Folders that bills are dropped in: how often they are looked into, and how long a file must have
# stayed as it is to be taken for complete; in seconds.
INBOX_LOOK = env.int("RAPPEN_INBOX_LOOK", default=60)
INBOX_REST = env.int("RAPPEN_INBOX_REST", default=10)
# Outgoing mail (erp.mails): kinds by module; how many mails a company sends in an hour, to how many
# people and how large (MB); in seconds, the pauses between tries, how long one may take, a sweep.
MAIL_KINDS = [*kinds.MAILS]
if TESTING:
    MAIL_KINDS += env.list("RAPPEN_MAIL_KINDS", default=[])
MAIL_PER_HOUR = env.int("RAPPEN_MAILS_PER_HOUR", default=500)
MAIL_RECIPIENTS = env.int("RAPPEN_MAILS_RECIPIENTS", default=30)
MAIL_MEGABYTES = env.int("RAPPEN_MAILS_MEGABYTES", default=15)
MAIL_PAUSES = env.list("RAPPEN_MAILS_PAUSES", cast=int, default=[60, 300, 900, 3600, 14400, 43200])
MAIL_LEASE = env.int("RAPPEN_MAILS_LEASE", default=300)
MAIL_SWEEP = env.int("RAPPEN_MAILS_SWEEP", default=30)

# Requests to endpoints in a minute (erp.api.limits): of a person, in a company, from an
# address where nobody is signed in.
_MORE = 1000 if TESTING else 1
API_LIMITS = {
    "person": env.int("RAPPEN_API_PERSON", default=600 * _MORE),
    "company": env.int("RAPPEN_API_COMPANY", default=3000 * _MORE),
    "address": env.int("RAPPEN_API_ADDRESS", default=60 * _MORE),
}

# Webhooks (erp.webhooks), in seconds: pauses between tries, a sweep, how long one try may take.
WEBHOOK_PAUSES = env.list(
    "RAPPEN_WEBHOOKS_PAUSES", cast=int, default=[10, 60, 600, 3600, 6 * 3600, 24 * 3600]
)
WEBHOOK_SWEEP = env.int("RAPPEN_WEBHOOKS_SWEEP", default=10)

AUTH_USER_MODEL = "erp.User"
AUTHENTICATION_BACKENDS = ["erp.access.sign_in.backend.PeopleBackend"]
PASSWORD_HASHERS = ["erp.access.hashers.Argon2"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "erp.access.passwords.validators.AccessPasswordValidator"}]
PWNED_FILE = env("RAPPEN_PWNED_FILE", default="")
PWNED_URL = env("RAPPEN_PWNED_URL", default="" if TESTING else "https://api.pwnedpasswords.com")
LEAKS_SOURCE = "erp.access.leaks.adapter.HaveIBeenPwned"
LEAKS_URL = env("RAPPEN_LEAKS_URL", default="https://haveibeenpwned.com")
LEAKS_KEY = env("RAPPEN_LEAKS_KEY", default="")
ACCOUNT_ADAPTER = "erp.access.sign_in.adapter.AccountAdapter"
MFA_ADAPTER = "erp.access.sign_in.adapter.FactorAdapter"
USERSESSIONS_ADAPTER = "erp.access.sign_in.adapter.SessionsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow localhost alone
MFA_TOTP_ISSUER = "Rappen"
MFA_RECOVERY_CODE_DIGITS = 20  # 66 bits each
MFA_RECOVERY_CODES_SHOW_ONCE = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Rappen: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/5m/key",
    "login_missed": "20/m/ip",
    "login_strangers": "300/m/key",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_ONLY = False
HEADLESS_TOKEN_STRATEGY = "erp.access.sign_in.phones.PhoneSessions"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "companies"
LOGOUT_REDIRECT_URL = "account_login"
_MAIL = env.email_url("RAPPEN_EMAIL_URL", default="consolemail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
    _MAIL["EMAIL_BACKEND"], _MAIL["EMAIL_HOST"] or "localhost", _MAIL["EMAIL_PORT"] or 25
)  # fmt: skip
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_TLS", False), _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("RAPPEN_EMAIL_TIMEOUT", default=30)  # seconds for each word of the server
DEFAULT_FROM_EMAIL = env("RAPPEN_EMAIL_FROM", default="rappen@localhost")

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "rappen_session"
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "rappen_device"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "rappen_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the machine itself
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading a domain is for its owner to decide
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.int("RAPPEN_TRUSTED_PROXIES", default=0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("RAPPEN_TRUSTED_PROXIES")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("fr", _("French")), ("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "erp" / "locale"]
LANGUAGE_COOKIE_NAME = "rappen_language"
FORMAT_MODULE_PATH = ["erp.web.formats"]
USE_TZ = True
TIME_ZONE = "Europe/Zurich"
USE_THOUSAND_SEPARATOR = False  # amounts are grouped by their own filter; ids never are

STATIC_URL = "/static/"
STATIC_ROOT = RAPPEN_VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if TESTING:
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "erp.api.authentication.AppTokenAuthentication",
        "erp.api.authentication.PhoneAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["erp.api.permissions.FullySignedIn"],
    "DEFAULT_PARSER_CLASSES": ["erp.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "erp.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": "erp.api.metadata.Pointer",
    "EXCEPTION_HANDLER": "erp.api.problems.answer",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rappen",
    "DESCRIPTION": "Books, VAT and banking of Swiss companies.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1(/companies/{company})?",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "erp.api.bodies.tell_apart",
        "erp.api.examples.add_examples",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

LOGGING = logging_of(MODE)
NAVIGATION = "erp.navigation.sections"
SETUP_WAY = "erp.cockpit.setup_pages.way"
DEMO_SIGN_IN = {
    "email": "demo@rappen.example",
    "password": "Buchhaltung-macht-Freude",
    "seed": "RAPPENDEMORAPPENDEMORAPPENDEMO22",  # of the codes; known to everybody
}
# Reference data: which sources are not asked ("all": no network), and where, if not at the publisher.
REFERENCE_OFF = env.list("RAPPEN_REFERENCE_OFF", default=["all"] if TESTING else [])
REFERENCE_BASES = env.dict("RAPPEN_REFERENCE_BASES", default={})
CELERY_BEAT_SCHEDULE = plan(
    jobs=JOB_SWEEP, mails=MAIL_SWEEP, inbox=INBOX_LOOK, webhooks=WEBHOOK_SWEEP
)
