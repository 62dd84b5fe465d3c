"""Which operators sell: those of whose sessions a missing tariff is worth telling."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from tariffs.models import PinnedTariff, TariffAssignment


def selling_since(operator_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Operator -> since when it sells: its first assignment, or the first price that it locked.

    An operator that has assigned nothing ever does not sell; it is not in the answer. Two queries.

    Args:
        operator_ids: None for every operator.
    """
    assignments = TariffAssignment.objects.all()
    pins = PinnedTariff.objects.exclude(version=None)
    if operator_ids is not None:
        assignments = assignments.filter(operator_id__in=operator_ids)
        pins = pins.filter(operator_id__in=operator_ids)
    since: dict[UUID, datetime] = {}
    for rows, field in ((assignments, "created_at"), (pins, "locked_at")):
        grouped = rows.order_by().values_list("operator_id").annotate(first=Min(field))
        for operator_id, first in grouped:
            since[operator_id] = min(first, since.get(operator_id, first))
    return since
