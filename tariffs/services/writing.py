"""A tariff with its first prices, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services.audit import Actor
from tariffs.models import Tariff
from tariffs.services.tariffs import create_tariff
from tariffs.services.versions import NO_LIMITS, Limits, add_version


@atomic
def write_tariff(
    *,
    operator: Operator,
    name: str,
    description: str,
    terms: Mapping[str, Any],
    valid_from: datetime | None = None,
    limits: Limits = NO_LIMITS,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Tariff:
    """Add a tariff and its first version.

    Args:
        terms: a document of `tariffs.pricing.document`; its currency is the tariff's.

    Raises:
        UnableToSaveTariff, UnableToSaveVersion: `errors` by field name; nothing was saved.
    """
    tariff = create_tariff(
        operator=operator,
        name=name,
        currency=str(terms.get("currency", "")),
        description=description,
        actor=actor,
        now=now,
    )
    add_version(
        tariff=tariff,
        terms=terms,
        valid_from=valid_from,
        limits=limits,
        note=note,
        actor=actor,
        now=now,
    )
    return tariff
