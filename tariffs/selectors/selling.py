"""Which operators sell: those of whose sessions a missing tariff is worth telling."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Operator
from tariffs.models import PinnedTariff, TariffAssignment

# What was assigned "since ever" was not offered before somebody wrote it down.
ASSIGNMENT_BEGINS = Coalesce("valid_from", "created_at")


def selling_since(operator_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Operator -> since when it sells: its first assignment begins, or its first price was locked.

    An operator that has assigned nothing ever does not sell; it is not in the answer. One query,
    whose cost does not grow with the sessions.

    Args:
        operator_ids: None for every operator.
    """
    assigned = TariffAssignment.objects.filter(operator=OuterRef("pk")).annotate(
        begins=ASSIGNMENT_BEGINS
    )
    locked = PinnedTariff.objects.filter(operator=OuterRef("pk"), version__isnull=False)
    rows = Operator.objects.annotate(
        first_assigned=Subquery(assigned.order_by("begins").values("begins")[:1]),
        first_locked=Subquery(locked.order_by("locked_at").values("locked_at")[:1]),
    )
    if operator_ids is not None:
        rows = rows.filter(pk__in=operator_ids)
    since: dict[UUID, datetime] = {}
    for operator_id, *begins in rows.values_list("pk", "first_assigned", "first_locked"):
        known = [begin for begin in begins if begin is not None]
        if known:
            since[operator_id] = min(known)
    return since
