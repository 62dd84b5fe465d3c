"""One settings file, read from the environment (`.env.example` lists every name).

Without any variable it is the embedded default: SQLite, in-memory layer, worker thread, DEBUG off,
a secret key kept in the data directory. DATABASE_URL and REDIS_URL make it the production shape.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from csms.api_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS
from csms.env import env_bool, env_int, env_list, env_str
from csms.secret_key import load_or_create

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("CSMS_DATA_DIR", str(BASE_DIR / "var")))

DEBUG = env_bool("CSMS_DEBUG", default=False)
DATABASE_URL = env_str("DATABASE_URL", "")
REDIS_URL = env_str("REDIS_URL", "")
EMBEDDED = not REDIS_URL
SECRET_KEY = env_str("CSMS_SECRET_KEY", "") or load_or_create(DATA_DIR / "secret-key")
# Pepper of station keys and API keys; its own secret, so that SECRET_KEY can be rotated.
CREDENTIAL_PEPPER = env_str("CSMS_CREDENTIAL_PEPPER", "") or load_or_create(
    DATA_DIR / "credential-pepper"
)

ALLOWED_HOSTS = env_list("CSMS_ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env_list("CSMS_CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env_str("CSMS_PUBLIC_URL", "http://localhost:8000")
HTTPS = PUBLIC_URL.startswith("https://")
# Addresses whose X-Forwarded-* headers are believed.
TRUSTED_PROXIES = env_list("CSMS_TRUSTED_PROXIES")

INSTALLED_APPS = [
    # Before accounts, which takes what we do not use out of the admin again.
    "django.contrib.auth",
    "allauth.account",
    "csms",
    "tariffs",
    "billing",
    "operations",
    "chargers",
    "branding",
    "accounts",
    "events",
    "common",
    "unfold",
    "django.contrib.admin",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "common.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "csms.middleware.AdminCspMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.middleware.RefuseNullCharactersMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "branding.middleware.BrandMiddleware",
    "accounts.middleware.OperatorScopeMiddleware",
    "csms.middleware.LocalTimeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "csms.urls"
ASGI_APPLICATION = "csms.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.session",
                "branding.context.brand",
                "csms.navigation.navigation",
            ],
        },
    },
]

# Database -------------------------------------------------------------------------------------

_SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
        " PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
    ),
}


def _database() -> dict[str, Any]:
    if DATABASE_URL:
        return dict(
            dj_database_url.parse(
                DATABASE_URL,
                conn_max_age=env_int("CSMS_DB_CONN_MAX_AGE", default=60),
                conn_health_checks=True,
            )
        )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "stationmaster.sqlite3",
        "OPTIONS": _SQLITE_OPTIONS,
        "CONN_MAX_AGE": None,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache, channel layer, worker -----------------------------------------------------------------

if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "common.cache.FallbackRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "csms"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2, "socket_timeout": 5} if REDIS_URL else {"polling_interval": 0.05}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# False in tests: they dispatch the outbox themselves.
EVENTS_WAKE_WORKERS = env_bool("CSMS_EVENTS_WAKE_WORKERS", default=True)
# Timelines of stations and transactions read the outbox this far back.
EVENTS_RETENTION_DAYS = env_int("CSMS_EVENTS_RETENTION_DAYS", default=400)

# OCPP -----------------------------------------------------------------------------------------

OCPP_HEARTBEAT_INTERVAL_SECONDS = env_int("CSMS_OCPP_HEARTBEAT_INTERVAL", default=300)
OCPP_FRAME_RETENTION_DAYS = env_int("CSMS_OCPP_FRAME_RETENTION_DAYS", default=30)
OCPP_OFFLINE_END_HOURS = env_int("CSMS_OCPP_OFFLINE_END_HOURS", default=6)
OCPP_SWEEP_SECONDS = env_int("CSMS_OCPP_SWEEP_SECONDS", default=5)
OCPP_MESSAGES_PER_SECOND = env_int("CSMS_OCPP_MESSAGES_PER_SECOND", default=50)
# Private keys of the development CA are encrypted with it at rest.
CERTIFICATE_SECRET = env_str("CSMS_CERTIFICATE_SECRET", "") or load_or_create(
    DATA_DIR / "certificate-secret"
)
TARIFF_OFFER_SECONDS = env_int("CSMS_TARIFF_OFFER_SECONDS", default=900)
CERTIFICATE_DAYS = env_int("CSMS_CERTIFICATE_DAYS", default=365)
OCPP_MAX_FRAME_BYTES = 1_048_576

# TLS of our own, for stations that connect without a proxy (docs/tls.md). Port 0: none.
TLS_PORT = env_int("CSMS_TLS_PORT", default=0)
TLS_CERTIFICATE = env_str("CSMS_TLS_CERTIFICATE", "")
TLS_KEY = env_str("CSMS_TLS_KEY", "")
# Authorities of client certificates (security profile 3); empty: none is asked for.
TLS_CLIENT_CA = env_str("CSMS_TLS_CLIENT_CA", "")
TLS_REQUIRE_CLIENT_CERTIFICATE = env_bool("CSMS_TLS_REQUIRE_CLIENT_CERTIFICATE", default=False)
# One more port for stations that cannot TLS 1.2, off by default.
TLS_LEGACY_PORT = env_int("CSMS_TLS_LEGACY_PORT", default=0)
# In which headers a trusted proxy tells of the TLS that it has ended; empty: it does not.
CLIENT_CERTIFICATE_HEADER = env_str("CSMS_CLIENT_CERTIFICATE_HEADER", "")
TLS_VERSION_HEADER = env_str("CSMS_TLS_VERSION_HEADER", "")

# Accounts -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.HostAwareBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# People type their e-mail into "username": e-mail alone is not unique, see accounts.backends.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "branding.adapter.BrandedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.auth.LogInForm",
    "reset_password": "accounts.forms.auth.RequestResetForm",
}
# No mail to addresses that are no account: this is not a tool to annoy strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# "key" is account and address together (accounts.adapter): a stranger cannot lock an owner out.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,6/5m/key",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}

EMAIL_BACKEND = env_str("CSMS_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env_str("CSMS_EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("CSMS_EMAIL_PORT", default=25)
EMAIL_HOST_USER = env_str("CSMS_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env_str("CSMS_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("CSMS_EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = env_str("CSMS_EMAIL_FROM", "no-reply@localhost")

# Billing --------------------------------------------------------------------------------------

# How long the station's own stop of a session that a rule has ended is waited for.
BILLING_PROVISIONAL_GRACE_HOURS = env_int("CSMS_BILLING_PROVISIONAL_GRACE_HOURS", default=72)

# API ------------------------------------------------------------------------------------------

# Calls that one API key, or one person, may make in a minute.
API_REQUESTS_PER_MINUTE = env_int("CSMS_API_REQUESTS_PER_MINUTE", default=600)
__all__ = ["REST_FRAMEWORK", "SPECTACULAR_SETTINGS"]  # they stand in csms.api_settings

# Pages, static files, security ----------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("CSMS_STATIC_ROOT", str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing one
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env_str("CSMS_MEDIA_ROOT", str(DATA_DIR / "media")))
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if env_bool("CSMS_HASHED_STATIC", default=False)
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
# Without collectstatic (embedded default) WhiteNoise serves straight from `static/`.
WHITENOISE_USE_FINDERS = not env_bool("CSMS_HASHED_STATIC", default=False)
MAP_STYLE_URL = env_str("CSMS_MAP_STYLE_URL", "")

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Stationmaster",
    "SITE_HEADER": "Stationmaster",
    "SITE_SUBHEADER": "Administration of this installation",
    "SITE_SYMBOL": "ev_station",
    "COLORS": {
        "primary": {
            "50": "#eefaf5",
            "100": "#d6f2e6",
            "200": "#b0e4d0",
            "300": "#7dd0b4",
            "400": "#48b594",
            "500": "#269a7a",
            "600": "#0f6b56",
            "700": "#0d5a49",
            "800": "#0c483b",
            "900": "#0a3b31",
            "950": "#05211c",
        },
    },
}

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_SSL_REDIRECT = env_bool("CSMS_SSL_REDIRECT", default=True)
    # Asked from the machine itself, which is no proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = env_int("CSMS_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"},
    },
    "filters": {
        "request_id": {"()": "common.request_id.RequestIdFilter"},
        "suspicious": {"()": "common.logs.SuspiciousRequests"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "suspicious"],
        }
    },
    "root": {"handlers": ["console"], "level": env_str("CSMS_LOG_LEVEL", "INFO")},
    # Celery: one line for every run of a periodic task would bury everything else.
    # channels_redis writes a traceback a second while Redis is away; our own lines say so, too.
    "loggers": {"celery": {"level": "WARNING"}, "channels_redis": {"level": "CRITICAL"}},
}
