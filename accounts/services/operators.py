"""Operators (tenants) of the installation."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.exceptions import UnableToCreateOperator
from accounts.models import Operator
from accounts.services.audit import Actor, record
from accounts.services.validation import field_errors
from common.tenancy import system_scope


@transaction.atomic
def create_operator(
    *,
    name: str,
    slug: str,
    country: str,
    time_zone: str,
    currency: str = "EUR",
    language: str = "en",
    actor: Actor,
    now: datetime,
) -> Operator:
    """Set up a tenant.

    Args:
        country: ISO 3166-1 alpha-2.
        time_zone: IANA name, such as "Europe/Copenhagen".
        currency: ISO 4217.

    Raises:
        UnableToCreateOperator: a field is not acceptable or the slug is taken.
    """
    operator = Operator(
        name=name.strip(),
        slug=slug,
        country=country.upper(),
        time_zone=time_zone,
        currency=currency.upper(),
        language=language,
        created_at=now,
    )
    if time_zone not in available_timezones():
        raise UnableToCreateOperator(errors={"time_zone": "Unknown time zone."})
    try:
        operator.full_clean()
    except ValidationError as error:
        raise UnableToCreateOperator(errors=field_errors(error)) from error
    operator.save()
    with system_scope("a new tenant has no scope yet"):
        record(operator=operator, actor=actor, action="operator.created", obj=operator, now=now)
    return operator
