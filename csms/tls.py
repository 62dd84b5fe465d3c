"""TLS of the server's own listeners: who is shown what, and what is accepted."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_LEGACY_CIPHERS = "DEFAULT:@SECLEVEL=0"


@dataclass(frozen=True, slots=True)
class Listener:
    """One more port."""

    port: int
    context: ssl.SSLContext


def tls_listeners() -> list[Listener]:
    """The ports that the settings ask for beside the plain one.

    Raises:
        ImproperlyConfigured: a file is missing or is not what it should be.
    """
    ports = [(settings.TLS_PORT, False), (settings.TLS_LEGACY_PORT, True)]
    return [Listener(port, make_context(legacy=legacy)) for port, legacy in ports if port]


def make_context(*, legacy: bool = False) -> ssl.SSLContext:
    """TLS 1.2 or newer; with `legacy` whatever an old station offers (Q11).

    Raises:
        ImproperlyConfigured: see `tls_listeners`.
    """
    if not settings.TLS_CERTIFICATE:
        raise ImproperlyConfigured("CSMS_TLS_CERTIFICATE names no file.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if legacy:
        _allow_old(context)
    try:
        context.load_cert_chain(settings.TLS_CERTIFICATE, settings.TLS_KEY or None)
        _ask_for_certificates(context)
    except (OSError, ssl.SSLError) as error:
        raise ImproperlyConfigured(f"The TLS files cannot be used: {error}") from error
    return context


def _ask_for_certificates(context: ssl.SSLContext) -> None:
    if settings.TLS_CLIENT_CA:
        context.load_verify_locations(settings.TLS_CLIENT_CA)
        context.verify_mode = ssl.CERT_OPTIONAL
    if settings.TLS_REQUIRE_CLIENT_CERTIFICATE:
        if not settings.TLS_CLIENT_CA:
            message = "CSMS_TLS_REQUIRE_CLIENT_CERTIFICATE needs CSMS_TLS_CLIENT_CA."
            raise ImproperlyConfigured(message)
        context.verify_mode = ssl.CERT_REQUIRED


def _allow_old(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        # Python warns of what an operator has asked for in so many words.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers(_LEGACY_CIPHERS)
