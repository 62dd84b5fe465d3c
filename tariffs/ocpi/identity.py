"""What an OCPI tariff says beyond its price: whose it is, its texts, its dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tariffs.ocpi.versions import IDENTITY, TariffType, Version
from tariffs.pricing.fields import BadTermsError, Document, Fields, choice, mapping, text

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DEEPEST = 12


@dataclass(frozen=True, kw_only=True)
class AltText:
    """DisplayText of OCPI; language is ISO 639-1."""

    language: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Tariff object of OCPI without its prices; country_code and party_id are of 2.2 and later.

    Attributes:
        start, end: the tariff holds from start until end, UTC.
        energy_mix: EnergyMix of OCPI, as it came.
    """

    country_code: str = ""
    party_id: str = ""
    id: str
    type: TariffType | None = None
    alt_text: tuple[AltText, ...] = ()
    alt_url: str = ""
    start: datetime | None = None
    end: datetime | None = None
    energy_mix: Mapping[str, Any] | None = None
    last_updated: datetime


def read_identity(fields: Fields, version: Version) -> Identity:
    """The identity in a Tariff object of a version.

    Raises:
        BadTermsError: with the field concerned.
    """
    has_owner = "country_code" in IDENTITY[version]
    read = fields.required if has_owner else fields.optional
    return Identity(
        country_code=read("country_code", partial(text, longest=2)) or "",
        party_id=read("party_id", partial(text, longest=3)) or "",
        id=fields.required("id", partial(text, longest=36)),
        type=fields.optional("type", choice(TariffType)),
        alt_text=fields.each("tariff_alt_text", _alt_text),
        alt_url=fields.optional("tariff_alt_url", text) or "",
        start=fields.optional("start_date_time", instant),
        end=fields.optional("end_date_time", instant),
        energy_mix=fields.optional("energy_mix", any_object),
        last_updated=fields.required("last_updated", instant),
    )


def dump_identity(identity: Identity, version: Version) -> Document:
    """The identity as the version writes it; what is empty is left out."""
    document = {
        "country_code": identity.country_code,
        "party_id": identity.party_id,
        "id": identity.id,
        "type": None if identity.type is None else str(identity.type),
        "tariff_alt_text": [
            {"language": each.language, "text": each.text} for each in identity.alt_text
        ],
        "tariff_alt_url": identity.alt_url,
        "start_date_time": _instant_text(identity.start),
        "end_date_time": _instant_text(identity.end),
        "energy_mix": identity.energy_mix,
        "last_updated": _instant_text(identity.last_updated),
    }
    return {
        key: document[key]
        for key in IDENTITY[version]
        if document[key] is not None and document[key] not in ("", [])
    }


def _alt_text(value: object, field: str) -> AltText:
    fields = Fields.of(value, field, {"language", "text"})
    return AltText(
        language=fields.required("language", partial(text, longest=2)),
        text=fields.required("text", _prose),
    )


def _prose(value: object, field: str) -> str:
    """A text for people; it may have several lines."""
    flat = value.translate({9: " ", 10: " ", 13: " "}) if isinstance(value, str) else value
    text(flat, field, longest=512)
    return str(value)


def instant(value: object, field: str) -> datetime:
    """DateTime of OCPI: UTC, with or without the Z."""
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadTermsError(field, "An instant is expected, such as 2026-12-31T22:00:00Z.")


def _instant_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def any_object(value: object, field: str) -> Mapping[str, Any]:
    """A JSON object that is kept as it is."""
    any_json(value, field)
    return mapping(value, field)


def any_json(value: object, field: str) -> object:
    """Any JSON, but not so deep that reading it back fails."""
    layer: list[object] = [value]
    for _ in range(_DEEPEST):
        if any("\x00" in inner or not _is_text(inner) for inner in layer if isinstance(inner, str)):
            raise BadTermsError(field, "Control characters are not allowed.")
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return value
    raise BadTermsError(field, f"At most {_DEEPEST} levels.")


def _inside(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, list | tuple) else []


def _is_text(value: str) -> bool:
    return not any(0xD800 <= ord(character) < 0xE000 for character in value)
