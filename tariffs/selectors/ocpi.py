"""Tariffs as objects of OCPI."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tariffs.models import Tariff, TariffVersion
from tariffs.ocpi import AltText, Exported, Identity, Unexpressed, Version, export, recalled
from tariffs.selectors.tariffs import latest_version
from tariffs.selectors.terms import terms_of

_NO_PRICE = Unexpressed(field="elements", message="The tariff has no price yet.")
_NO_PARTY = Unexpressed(
    field="party_id", message="It is not known which party of OCPI you are; it is left out."
)


def ocpi_tariff(tariff: Tariff, version: Version, *, at: datetime) -> Exported:
    """The price that is valid, else the one that will be first, as a Tariff object.

    An imported tariff keeps the owner and id that it came with, and goes back word for word
    in the version of OCPI that it came in.
    """
    priced = latest_version(tariff, at=at)
    if priced is None:
        return Exported(document=None, unexpressed=(_NO_PRICE,))
    origin = recalled(tariff.ocpi)
    if origin is None:
        found = export(terms_of(priced), _own_identity(tariff, priced, at), version)
        return replace(found, unexpressed=(*found.unexpressed, _NO_PARTY))
    identity = origin.identity
    if priced.number > 1:
        identity = replace(identity, last_updated=priced.created_at)
    as_given = origin.as_given if origin.version is version else ()
    return export(terms_of(priced), identity, version, as_given)


def _own_identity(tariff: Tariff, priced: TariffVersion, at: datetime) -> Identity:
    text = AltText(language=tariff.operator.language[:2], text=tariff.description)
    return Identity(
        country_code=tariff.operator.country,
        id=str(tariff.pk),
        alt_text=(text,) if tariff.description else (),
        start=priced.valid_from if priced.valid_from > at else None,
        last_updated=priced.created_at,
    )
