"""How an operator wants certificates of its stations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.exceptions import UnableToChangeCertificate
from chargers.models import CertificatePolicy

MAX_RENEW_DAYS = 180
_FIELDS = ("organization", "sign_automatically", "renew_days")


def policy_of(*, operator_id: UUID) -> CertificatePolicy:
    """The operator's policy; an unsaved one with the defaults when it has none."""
    found = CertificatePolicy.objects.filter(operator_id=operator_id).first()
    return found or CertificatePolicy(operator_id=operator_id)


@atomic
def change_policy(
    *,
    operator: Operator,
    organization: str,
    sign_automatically: bool,
    renew_days: int,
    actor: Actor,
    now: datetime,
) -> CertificatePolicy:
    """Set the whole policy.

    Args:
        renew_days: days before expiry at which a station is asked for a new request; 0: never.

    Raises:
        UnableToChangeCertificate: a field is out of range.
    """
    organization = organization.strip()
    values: dict[str, object] = {
        "organization": organization,
        "sign_automatically": sign_automatically,
        "renew_days": renew_days,
    }
    errors = {}
    if len(organization) > 64:
        errors["organization"] = "At most 64 characters."
    if not 0 <= renew_days <= MAX_RENEW_DAYS:
        errors["renew_days"] = f"From 0 to {MAX_RENEW_DAYS} days."
    if errors:
        raise UnableToChangeCertificate(errors=errors)
    policy = policy_of(operator_id=operator.pk)
    changes = audit.differences(policy, values)
    for name in _FIELDS:
        setattr(policy, name, values[name])
    policy.save()
    audit.record(
        operator=operator,
        actor=actor,
        action="certificate_policy.changed",
        obj=policy,
        changes=changes,
        now=now,
    )
    return policy
