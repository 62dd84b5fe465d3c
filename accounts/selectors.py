"""Reads of accounts that several callers need."""

from __future__ import annotations

from accounts.models import Membership, User
from common.tenancy import system_scope


def memberships_of(user: User) -> list[Membership]:
    """The roles of a staff user at active operators, by the operator's name."""
    with system_scope("a user's own memberships span operators"):
        return list(
            Membership.objects.filter(user=user, operator__is_active=True)
            .select_related("operator")
            .order_by("operator__name", "pk")
        )
