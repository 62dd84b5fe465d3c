"""Is this a tariff that stations can be given? (TariffType of OCPP 2.1)."""

from __future__ import annotations

from typing import Any

from chargers.ocpp.v21.routes import CODEC

# What a person can start from.
EXAMPLE: dict[str, Any] = {
    "tariffId": "standard-2026",
    "currency": "EUR",
    "description": [{"format": "UTF8", "language": "en", "content": "0.45 EUR per kWh"}],
    "energy": {
        "prices": [{"priceKwh": 0.45}],
        "taxRates": [{"type": "VAT", "tax": 21.0}],
    },
}


def tariff_faults(tariff: dict[str, Any]) -> tuple[str, ...]:
    """What the schema has against it, as path and keyword; empty when it is one."""
    schema = CODEC.checker.request("SetDefaultTariff")
    return CODEC.checker.faults(schema, {"evseId": 0, "tariff": tariff})
