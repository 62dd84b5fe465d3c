"""Roots that an operator trusts and may install at stations."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.certificates import RootUse
from chargers.exceptions import UnableToChangeCertificate
from chargers.models import TrustedRoot
from chargers.pki.pem import Facts, UnreadableError, facts, read_certificate, to_pem

MAX_ROOT = 5500  # characters that InstallCertificate carries in every version


@atomic
def add_root(
    *, operator: Operator, use: RootUse, name: str, pem: str, actor: Actor, now: datetime
) -> TrustedRoot:
    """Trust a CA certificate for one purpose.

    Args:
        name: for people; its common name when empty.
        pem: one certificate.

    Raises:
        UnableToChangeCertificate: unreadable, no CA, expired, too long, or known already.
    """
    try:
        certificate = read_certificate(pem)
    except UnreadableError as error:
        raise UnableToChangeCertificate(errors={"certificate": str(error)}) from error
    found = facts(certificate)
    fault = _fault(operator, use, certificate, found, now)
    if fault:
        raise UnableToChangeCertificate(errors={"certificate": fault})
    root = TrustedRoot.objects.create(
        operator=operator,
        use=use,
        name=(name.strip() or found.subject)[:120],
        subject=found.subject,
        serial_number=found.serial_number,
        fingerprint=found.fingerprint,
        not_before=found.not_before,
        not_after=found.not_after,
        pem=to_pem([certificate]),
        created_at=now,
    )
    _audit(root, "trusted_root.added", actor, now)
    return root


def _fault(
    operator: Operator, use: RootUse, certificate: x509.Certificate, found: Facts, now: datetime
) -> str:
    if not _is_ca(certificate):
        return "This is not the certificate of a CA."
    if found.not_after <= now:
        return "This certificate has expired."
    if len(to_pem([certificate])) > MAX_ROOT:
        return f"The certificate has more than {MAX_ROOT} characters: no station takes it."
    same = TrustedRoot.objects.filter(
        operator=operator, use=use, fingerprint=found.fingerprint
    ).exists()
    return "This certificate is trusted already." if same else ""


def _is_ca(certificate: x509.Certificate) -> bool:
    """Old roots (version 1) carry no extensions; they are their own issuer."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return certificate.issuer == certificate.subject
    return found.value.ca


@atomic
def delete_root(*, root: TrustedRoot, actor: Actor, now: datetime) -> None:
    """Trust it no longer; stations keep what they were given until it is deleted there."""
    _audit(root, "trusted_root.deleted", actor, now)
    root.delete()


def _audit(root: TrustedRoot, action: str, actor: Actor, now: datetime) -> None:
    audit.record(
        operator=root.operator,
        actor=actor,
        action=action,
        obj=root,
        changes={"use": root.use, "subject": root.subject, "fingerprint": root.fingerprint},
        now=now,
    )
