"""Reads of accounts that several callers need."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import AuditEntry, Driver, DriverGroup, IdToken, Membership, User
from common.tenancy import system_scope


def memberships_of(user: User) -> list[Membership]:
    """The roles of a staff user at active operators, by the operator's name."""
    with system_scope("a user's own memberships span operators"):
        return list(
            Membership.objects.filter(user=user, operator__is_active=True)
            .select_related("operator")
            .order_by("operator__name", "pk")
        )


def drivers_found(*, text: str, state: str, group: str) -> QuerySet[Driver]:
    """Drivers by name, e-mail, phone, external id or card number.

    Args:
        state: "active", "blocked", anything else for all.
        group: key of a group, "" for all; what is not a key finds nothing.
    """
    rows = Driver.objects.annotate(token_count=Count("id_tokens", distinct=True))
    if text := text.strip():
        rows = rows.filter(
            Q(full_name__icontains=text)
            | Q(email__icontains=text)
            | Q(phone__icontains=text)
            | Q(external_id=text)
            | Q(pk__in=IdToken.objects.filter(uid__istartswith=text).values("driver"))
        )
    if state in {"active", "blocked"}:
        rows = rows.filter(is_blocked=state == "blocked")
    if group:
        key = _uuid(group)
        rows = rows.filter(groups=key) if key else rows.none()
    return rows


def groups_with_counts() -> QuerySet[DriverGroup]:
    """The operator's groups with `driver_count`, by name."""
    return DriverGroup.objects.annotate(driver_count=Count("drivers")).order_by("name")


def tokens_found(*, text: str, state: str, now: datetime) -> QuerySet[IdToken]:
    """Tokens by number, label or driver.

    Args:
        state: "valid", "blocked", "expired", "unassigned", anything else for all.
    """
    rows = IdToken.objects.select_related("driver")
    if text := text.strip():
        rows = rows.filter(
            Q(uid__icontains=text)
            | Q(label__icontains=text)
            | Q(driver__full_name__icontains=text)
            | Q(driver__email__icontains=text)
        )
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    conditions = {
        "valid": Q(unexpired, is_blocked=False) & ~Q(driver__is_blocked=True),
        "blocked": Q(is_blocked=True) | Q(driver__is_blocked=True),
        "expired": Q(expires_at__lte=now),
        "unassigned": Q(driver__isnull=True),
    }
    return rows.filter(conditions[state]) if state in conditions else rows


AUDITED_TYPES = {
    "driver": "Drivers",
    "idtoken": "Tokens",
    "drivergroup": "Groups",
    "membership": "Users",
    "apikey": "API keys",
    "brand": "Brand",
    "location": "Locations",
    "chargingstation": "Stations",
    "stationcommand": "Commands",
    "transaction": "Transactions",
    "tariff": "Tariffs",
    "tariffgroup": "Tariff groups",
    "tariffassignment": "Assigned tariffs",
}


def audit_entries_found(
    *, user: str, object_type: str, object_id: str, text: str
) -> QuerySet[AuditEntry]:
    """Audit entries of a person, of a kind of object, of one object, or with a text in them."""
    rows = AuditEntry.objects.select_related("user", "api_key")
    if user:
        key = _uuid(user)
        rows = rows.filter(user=key) if key else rows.none()
    if object_type:
        rows = rows.filter(object_type=object_type)
    if object_id:
        rows = rows.filter(object_id=object_id)
    if text := text.strip():
        rows = rows.filter(
            Q(action__icontains=text)
            | Q(object_label__icontains=text)
            | Q(actor_label__icontains=text)
        )
    return rows


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
