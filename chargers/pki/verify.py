"""From a certificate up to a trusted root, or why not (RFC 5280 section 6, what matters here)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

MAX_DEPTH = 6
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class ChainFault(StrEnum):
    """What is wrong with a chain; in the order in which it is looked for."""

    NO_PATH = "no_path"
    SIGNATURE = "signature"
    NOT_A_CA = "not_a_ca"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Verified:
    """`path` goes from the leaf to the root, the root included; `fault` is None when all is well.

    A path is there for a fault of time, too: it tells which certificate has expired.
    """

    path: tuple[x509.Certificate, ...]
    fault: ChainFault | None


def verify_chain(
    leaf: x509.Certificate,
    *,
    intermediates: Sequence[x509.Certificate],
    roots: Collection[x509.Certificate],
    now: datetime,
) -> Verified:
    """Build the path and check signatures, CA bits, path lengths and validity.

    Only what is among `roots` is trusted, whatever the chain brings along.
    """
    path = [leaf]
    while path[-1] not in roots:
        step = _issuer(path[-1], roots, intermediates)
        if isinstance(step, ChainFault):
            return Verified((), step)
        path.append(step)
        if len(path) > MAX_DEPTH:
            return Verified((), ChainFault.NO_PATH)
    fault = _ca_fault(path) or _time_fault(path, now)
    return Verified(tuple(path), fault)


def _issuer(
    certificate: x509.Certificate,
    roots: Collection[x509.Certificate],
    intermediates: Sequence[x509.Certificate],
) -> x509.Certificate | ChainFault:
    """Roots first, so that a path is as short as trust allows."""
    named = [
        one
        for one in (*roots, *intermediates)
        if one.subject == certificate.issuer and one != certificate
    ]
    for candidate in named:
        if _signed_by(certificate, candidate):
            return candidate
    return ChainFault.SIGNATURE if named else ChainFault.NO_PATH


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _ca_fault(path: Sequence[x509.Certificate]) -> ChainFault | None:
    """Every certificate above the leaf may sign, and no more CAs follow below than it allows."""
    for below, certificate in enumerate(path[1:]):
        constraints = _extension(certificate, x509.BasicConstraints)
        if constraints is None or not constraints.ca:
            return ChainFault.NOT_A_CA
        if constraints.path_length is not None and below > constraints.path_length:
            return ChainFault.NOT_A_CA
        usage = _extension(certificate, x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            return ChainFault.NOT_A_CA
    return None


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _time_fault(path: Sequence[x509.Certificate], now: datetime) -> ChainFault | None:
    if any(one.not_valid_after_utc < now for one in path):
        return ChainFault.EXPIRED
    if any(one.not_valid_before_utc > now for one in path):
        return ChainFault.NOT_YET_VALID
    return None
