"""Tariffs that come as objects of OCPI."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services.audit import Actor
from tariffs.exceptions import UnableToImportTariff, UnableToSaveTariff, UnableToSaveVersion
from tariffs.models import Tariff
from tariffs.ocpi import Imported, Version, guess_version, read_tariff, remembered
from tariffs.pricing.document import BadTermsError, dump_terms
from tariffs.services.tariffs import create_tariff
from tariffs.services.versions import add_version


@atomic
def import_tariff(
    *,
    operator: Operator,
    document: Mapping[str, Any],
    version: Version | None = None,
    name: str = "",
    actor: Actor,
    now: datetime,
) -> Tariff:
    """Add a tariff with the price that a Tariff object of OCPI says.

    It holds from now on, or from the object's start where that is later. What the object says
    beyond the price is kept, so that the tariff goes back as it came.

    Args:
        version: of the object; None: told by its fields.
        name: "": made from the object's owner and id.

    Raises:
        UnableToImportTariff: `errors` by field, those of the object as `document.<field>`;
            nothing was saved.
    """
    imported = _read(document, version)
    try:
        tariff = create_tariff(
            operator=operator,
            name=name.strip() or _name(imported),
            currency=imported.terms.currency,
            actor=actor,
            now=now,
        )
        add_version(
            tariff=tariff,
            terms=dump_terms(imported.terms),
            valid_from=max(now, imported.identity.start or now),
            note=f"OCPI {imported.version}",
            actor=actor,
            now=now,
        )
    except (UnableToSaveTariff, UnableToSaveVersion) as error:
        raise _refused({_place(field): told for field, told in error.errors.items()}) from error
    tariff.ocpi = remembered(imported)
    tariff.save(update_fields=["ocpi"])
    return tariff


def _read(document: Mapping[str, Any], version: Version | None) -> Imported:
    try:
        return read_tariff(document, version or guess_version(document))
    except BadTermsError as error:
        field = f"document.{error.field}" if error.field else "document"
        raise _refused({field: error.message}) from error


def _refused(errors: Mapping[str, str]) -> UnableToImportTariff:
    return UnableToImportTariff("The tariff cannot be imported.", errors=errors)


def _place(field: str) -> str:
    """The field of the request to which a field of the other services belongs."""
    if field.startswith("terms."):
        return f"document.{field.removeprefix('terms.')}"
    return {"currency": "document.currency"}.get(field, field)


def _name(imported: Imported) -> str:
    """DE*ABC 12: unique among the tariffs of all parties."""
    identity = imported.identity
    owner = "*".join(filter(None, (identity.country_code, identity.party_id)))
    return f"{owner} {identity.id}".strip()
