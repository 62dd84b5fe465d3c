"""Catalogue of hardware that can be simulated.

Names and ratings follow public data sheets loosely; firmware numbers are invented.
Connector types use the names of OCPP 2.0.1 (ConnectorEnumType).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CurrentKind(StrEnum):
    """Alternating or direct current at the plug."""

    AC = "AC"
    DC = "DC"


@dataclass(frozen=True, slots=True)
class EvseSpec:
    """One charging place. `max_current_a` is per phase for AC, at the cable for DC."""

    kind: CurrentKind
    connectors: tuple[str, ...]
    max_power_w: int
    max_current_a: int
    phases: int = 3


@dataclass(frozen=True, slots=True)
class HardwareModel:
    """A make and model; `shared_power_w` caps the sum of all its EVSEs."""

    key: str
    vendor: str
    name: str
    firmware: str
    protocol: str
    evses: tuple[EvseSpec, ...]
    shared_power_w: int

    @property
    def label(self) -> str:
        """Vendor and model in one string."""
        return f"{self.vendor} {self.name}"


def _ac(
    count: int, *, amps: int, connector: str = "sType2", phases: int = 3
) -> tuple[EvseSpec, ...]:
    spec = EvseSpec(CurrentKind.AC, (connector,), amps * phases * 230, amps, phases)
    return (spec,) * count


def _dc(
    count: int, *, kw: int, amps: int, connectors: tuple[str, ...] = ("cCCS2",)
) -> tuple[EvseSpec, ...]:
    return (EvseSpec(CurrentKind.DC, connectors, kw * 1000, amps),) * count


def _model(  # noqa: PLR0917 - one row of a table
    key: str,
    vendor: str,
    name: str,
    firmware: str,
    protocol: str,
    evses: tuple[EvseSpec, ...],
    shared_kw: int | None = None,
) -> HardwareModel:
    total = sum(evse.max_power_w for evse in evses)
    return HardwareModel(
        key, vendor, name, firmware, protocol, evses, shared_kw * 1000 if shared_kw else total
    )


CCS_AND_CHADEMO = ("cCCS2", "cG105")

MODELS: dict[str, HardwareModel] = {
    model.key: model
    for model in (
        _model(
            "alpitronic-hyc300",
            "Alpitronic",
            "HYC300",
            "2.6.4",
            "1.6",
            _dc(2, kw=300, amps=500),
            300,
        ),
        _model(
            "alpitronic-hyc50", "Alpitronic", "HYC50", "2.6.1", "2.0.1", _dc(2, kw=50, amps=150), 50
        ),
        _model(
            "abb-terra-184",
            "ABB",
            "Terra 184",
            "1.8.33",
            "2.0.1",
            (
                *_dc(2, kw=180, amps=400, connectors=CCS_AND_CHADEMO),
                *_ac(1, amps=32, connector="cType2"),
            ),
            202,
        ),
        _model("abb-terra-ac", "ABB", "Terra AC W22-T-RD", "1.8.21", "1.6", _ac(1, amps=32)),
        _model(
            "kempower-s", "Kempower", "S-Series", "4.2.1", "2.0.1", _dc(4, kw=160, amps=400), 400
        ),
        _model(
            "alfen-eve-double", "Alfen", "Eve Double Pro-line", "6.4.0-4210", "1.6", _ac(2, amps=32)
        ),
        _model(
            "wallbox-supernova",
            "Wallbox",
            "Supernova 150",
            "3.1.7",
            "1.6",
            _dc(2, kw=150, amps=300),
            150,
        ),
        _model("easee-charge-up", "Easee", "Charge Up", "331", "1.6", _ac(1, amps=32)),
        _model("zaptec-pro", "Zaptec", "Pro", "4.1.2", "1.6", _ac(1, amps=32)),
        _model(
            "keba-p30",
            "Keba AG",
            "KeContact P30 x",
            "1.17.1",
            "1.6",
            _ac(1, amps=32, connector="cType2"),
        ),
        _model("evbox-elvi", "EVBox", "Elvi", "G4.0.12", "1.6", _ac(1, amps=32, phases=1)),
        _model(
            "autel-maxicharger-dc",
            "Autel",
            "MaxiCharger DC 240",
            "1.42.00",
            "2.0.1",
            _dc(2, kw=240, amps=400),
            240,
        ),
        _model(
            "autel-maxicharger-ac",
            "Autel",
            "MaxiCharger AC 22",
            "1.38.51",
            "2.0.1",
            _ac(1, amps=32),
        ),
        _model(
            "mennekes-amtron", "Mennekes", "AMTRON Professional", "5.33.4", "1.6", _ac(1, amps=32)
        ),
    )
}


def hardware(key: str) -> HardwareModel:
    """Look a model up by key; raises `ValueError` naming the known keys."""
    try:
        return MODELS[key]
    except KeyError:
        known = ", ".join(sorted(MODELS))
        msg = f"unknown model {key!r}; known: {known}"
        raise ValueError(msg) from None
