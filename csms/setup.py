"""Setting up an operator with everything that its first log-in needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.exceptions import UnableToCreateOperator
from accounts.models import Membership, Operator, Role
from accounts.services.audit import Actor
from accounts.services.members import create_staff_user
from accounts.services.operators import create_operator
from branding.models import Brand, BrandHost
from common.tenancy import operator_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperator:
    """`host` is the name that shows the operator's brand; empty for none yet.

    `is_installation_staff` lets the administrator into the installation's own admin, too.
    """

    name: str
    country: str
    time_zone: str
    currency: str
    host: str
    admin_email: str
    admin_name: str
    admin_password: str = field(repr=False)
    is_installation_staff: bool = False


@transaction.atomic
def set_up_operator(wanted: NewOperator, *, actor: Actor, now: datetime) -> Operator:
    """Create operator, brand and first administrator; all of it or nothing.

    Raises:
        UnableToCreateOperator: a field is not acceptable (`errors` by name).
        UnableToManageMember: the administrator's address or name is not acceptable.
    """
    operator = create_operator(
        name=wanted.name,
        slug=slugify(wanted.name),
        country=wanted.country,
        time_zone=wanted.time_zone,
        currency=wanted.currency,
        actor=actor,
        now=now,
    )
    with operator_scope(operator.pk):
        _add_administrator(operator, wanted, now)
        _add_brand(operator, wanted.host)
    return operator


def _add_administrator(operator: Operator, wanted: NewOperator, now: datetime) -> None:
    user = create_staff_user(email=wanted.admin_email, full_name=wanted.admin_name, now=now)
    if not user.has_usable_password():
        try:
            validate_password(wanted.admin_password, user)
        except ValidationError as error:
            raise UnableToCreateOperator(errors={"password": " ".join(error.messages)}) from error
        user.set_password(wanted.admin_password)
    if wanted.is_installation_staff:
        user.is_staff = user.is_superuser = True
    user.save()
    Membership.objects.create(operator=operator, user=user, role=Role.ADMIN, created_at=now)


def _add_brand(operator: Operator, host: str) -> None:
    brand = Brand.objects.create(operator=operator, name=operator.name)
    name = host.strip().lower()
    if not name:
        return
    taken = BrandHost(operator=operator, brand=brand, host=name)
    try:
        taken.full_clean()
    except ValidationError as error:
        raise UnableToCreateOperator(errors={"host": " ".join(error.messages)}) from error
    taken.save()
