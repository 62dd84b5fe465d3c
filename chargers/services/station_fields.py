"""What a station's fields must be like, as messages by field name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import Operator
from chargers.domain.station_keys import MIN_TYPED_LENGTH
from chargers.models import ChargingStation, Location
from chargers.services.hardware import MAX_NUMBER
from common.tenancy import system_scope

SHORT_IDENTITY = 8
# OCPP 2.0.1 part 4: an identifierString of 48, without the colon that ends a Basic user name.
_IDENTITY = re.compile(r"[A-Za-z0-9*\-_=+|@.]{1,48}")
_LENGTHS = {
    "name": 120,
    "code": 40,
    "vendor": 50,
    "model": 50,
    "serial_number": 50,
    "external_id": 120,
}
_HEARTBEAT_SECONDS = range(60, 86_401)
_MAX_POWER_W = range(1, 5_000_001)


def text(value: str) -> str:
    """As people mean it: without blanks around it, without characters that no table can hold."""
    return value.replace("\x00", "").strip()


def new_station_errors(operator: Operator, values: Mapping[str, Any]) -> dict[str, str]:
    """Faults of a station to be added: name, code, identity, location, evses, key."""
    return {
        **_common_errors(operator.pk, None, values),
        **_identity_errors(values["identity"]),
        **_evse_errors(values["evses"]),
        **_key_errors(values["key"]),
    }


def replacement_errors(station: ChargingStation, values: Mapping[str, Any]) -> dict[str, str]:
    """Faults of new hardware at a station: identity, evses, key, what is known of its make."""
    identity = values["identity"]
    return {
        **_common_errors(station.operator_id, station, values),
        **(_identity_errors(identity) if identity != station.identity else {}),
        **_evse_errors(values["evses"]),
        **_key_errors(values["key"]),
    }


def station_errors(station: ChargingStation, values: Mapping[str, Any]) -> dict[str, str]:
    """Faults of changes to a station; only the given fields are looked at."""
    return _common_errors(station.operator_id, station, values)


def _common_errors(
    operator_id: Any, station: ChargingStation | None, values: Mapping[str, Any]
) -> dict[str, str]:
    errors = {
        name: f"At most {limit} characters."
        for name, limit in _LENGTHS.items()
        if len(values.get(name, "")) > limit
    }
    errors |= {name: "This is needed." for name in ("name", "code") if values.get(name) == ""}
    if "code" in values and "code" not in errors and _code_taken(operator_id, station, values):
        errors["code"] = "Another station has this code."
    location = values.get("location")
    if isinstance(location, Location) and location.operator_id != operator_id:
        errors["location"] = "This location does not exist."
    if values.get("heartbeat_interval_seconds", 300) not in _HEARTBEAT_SECONDS:
        errors["heartbeat_interval_seconds"] = "Between 60 and 86400 seconds."
    return errors


def _code_taken(
    operator_id: Any, station: ChargingStation | None, values: Mapping[str, Any]
) -> bool:
    others = ChargingStation.objects.filter(operator_id=operator_id, code=values["code"])
    if station is not None:
        others = others.exclude(pk=station.pk)
    return others.exists()


def _identity_errors(identity: str) -> dict[str, str]:
    if not _IDENTITY.fullmatch(identity):
        return {"identity": "1 to 48 letters, digits and * - _ = + | @ . only."}
    with system_scope("an OCPP identity is unique per installation"):
        taken = ChargingStation.objects.filter(identity=identity).exists()
    return {"identity": "This identity is in use."} if taken else {}


def _evse_errors(evses: Sequence[Any]) -> dict[str, str]:
    if not 1 <= len(evses) <= MAX_NUMBER:
        return {"evses": f"A station has 1 to {MAX_NUMBER} EVSEs."}
    if any(not 1 <= len(evse.connectors) <= MAX_NUMBER for evse in evses):
        return {"evses": f"An EVSE has 1 to {MAX_NUMBER} connectors."}
    if any(evse.max_power_w not in _MAX_POWER_W for evse in evses):
        return {"evses": "Rated power is between 1 W and 5 MW."}
    return {}


def _key_errors(key: str) -> dict[str, str]:
    if key and len(key) < MIN_TYPED_LENGTH:
        return {"key": f"A key needs at least {MIN_TYPED_LENGTH} characters."}
    return {}
