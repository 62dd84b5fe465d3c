"""Writing brands."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from accounts.models import Operator
from accounts.services.audit import Actor, differences, record
from accounts.services.validation import field_errors
from branding.exceptions import UnableToUpdateBrand
from branding.logo import NotALogoError, kind_of
from branding.models import Brand, BrandHost
from branding.selectors import forget_cached

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandDetails:
    """The theme and the contacts of a brand."""

    name: str
    primary_color: str
    font: str
    radius_px: int
    scheme: str
    mail_from_name: str = ""
    mail_from_address: str = ""
    support_email: str = ""
    support_phone: str = ""


def brand_of(operator: Operator) -> Brand:
    """The operator's brand, a new unsaved one when it has none yet."""
    found = Brand.objects.filter(operator=operator).first()
    return found or Brand(operator=operator, name=operator.name)


@transaction.atomic
def save_brand(
    *,
    operator: Operator,
    details: BrandDetails,
    logo: bytes | None = None,
    remove_logo: bool = False,
    actor: Actor,
    now: datetime,
) -> Brand:
    """Create or change an operator's brand.

    Args:
        logo: content of a new picture; None keeps the old one.

    Raises:
        UnableToUpdateBrand: a field or the picture is not acceptable.
    """
    brand = brand_of(operator)
    values = asdict(details)
    changes: dict[str, Any] = differences(brand, values)
    for name, value in values.items():
        setattr(brand, name, value)
    errors = _errors(brand)
    kind = _logo_kind(logo, errors)
    if errors:
        raise UnableToUpdateBrand(errors=errors)
    if remove_logo and brand.logo:
        brand.logo = ""
        changes["logo"] = "removed"
    if logo is not None:
        # A name of our own: the uploader's is never used.
        digest = sha256(logo).hexdigest()[:16]
        brand.logo.save(f"{brand.pk.hex}-{digest}.{kind}", ContentFile(logo), save=False)
        changes["logo"] = "replaced"
    brand.save()
    record(
        operator=operator, actor=actor, action="brand.saved", obj=brand, changes=changes, now=now
    )
    transaction.on_commit(lambda: forget_cached(brand))
    return brand


def _logo_kind(logo: bytes | None, errors: dict[str, str]) -> str:
    if logo is None:
        return ""
    try:
        return kind_of(logo)
    except NotALogoError as error:
        errors["logo"] = str(error)
        return ""


def _errors(brand: Brand) -> dict[str, str]:
    try:
        brand.full_clean(exclude=["logo"])
    except ValidationError as error:
        return field_errors(error)
    return {}


@transaction.atomic
def add_host(*, brand: Brand, host: str, actor: Actor, now: datetime) -> BrandHost:
    """Show a brand on a host name. Repeating it changes nothing.

    Raises:
        UnableToUpdateBrand: not a host name, or another brand has it.
    """
    name = host.strip().lower().removesuffix(".")
    if not _HOST.fullmatch(name):
        raise UnableToUpdateBrand(errors={"host": "Enter a host name without scheme and port."})
    existing = BrandHost.objects.filter(host=name).first()
    if existing is not None and existing.brand_id == brand.pk:
        return existing
    row = BrandHost(operator=brand.operator, brand=brand, host=name)
    try:
        row.full_clean(validate_unique=False)
        # Another operator's host is out of scope, so only the database can tell.
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise UnableToUpdateBrand(errors={"host": "This host name is in use."}) from error
    record(operator=brand.operator, actor=actor, action="brand.host_added", obj=row, now=now)
    transaction.on_commit(lambda: forget_cached(brand))
    return row
