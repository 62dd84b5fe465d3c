"""What an OCMF payload says, as plain values (OCMF 1.2, tables 1 to 7).

Nothing is refused: a field of the wrong type is as good as missing, since the signature alone
decides whether to believe the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_MAX_READINGS = 1_000
_MAX_TEXT = 250
_WATT_HOURS = {"wh": 1, "kwh": 1_000, "mwh": 1_000_000}
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?\s*(Z|[+-]\d\d:?\d\d)?(?:\s+([A-Z]))?"
)
_PAGINATION = re.compile(r"([A-Z])(\d{1,18})")
_BEGIN = frozenset("B")
_END = frozenset("ELRAP")


@dataclass(frozen=True, slots=True)
class Pagination:
    """Place of a document in its meter's count: context T (transaction) or F (fiscal)."""

    context: str
    number: int

    def __str__(self) -> str:
        return f"{self.context}{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading (RD); what a later one leaves out is as in the one before.

    Attributes:
        at: TM, aware UTC; None when unreadable.
        time_status: U unknown, I informative, S synchronised, R relative.
        reason: TX, such as B (begin), C (charging), E, L, R, A, P (kinds of end).
        value: RV with the digits that were sent.
        obis: RI.
        error_flags: EF; E energy, t time not usable.
        status: ST; G is good.
    """

    at: datetime | None = None
    time_text: str = ""
    time_status: str = ""
    reason: str = ""
    value: Decimal | None = None
    obis: str = ""
    unit: str = ""
    current_type: str = ""
    cumulated_loss: Decimal | None = None
    error_flags: str = ""
    status: str = ""

    @property
    def energy_wh(self) -> Decimal | None:
        """The register in Wh, exactly; None for other units and without a value."""
        factor = _WATT_HOURS.get(self.unit.casefold())
        return None if self.value is None or factor is None else self.value * factor

    @property
    def resolution_wh(self) -> Decimal:
        """The worth of the last digit that was sent, Wh."""
        factor = _WATT_HOURS.get(self.unit.casefold(), 0)
        exponent = self.value.as_tuple().exponent if self.value is not None else 0
        return factor * Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(0)

    @property
    def is_begin(self) -> bool:
        return self.reason in _BEGIN

    @property
    def is_end(self) -> bool:
        return self.reason in _END


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The signed content; the standard's short names stand behind each field.

    Attributes:
        others: fields without a place of their own (TT, CCV, LC, vendors' U… to Z…).
    """

    version: str = ""  # FV
    gateway: str = ""  # GI
    gateway_serial: str = ""  # GS
    gateway_version: str = ""  # GV
    pagination: Pagination | None = None  # PG
    meter_vendor: str = ""  # MV
    meter_model: str = ""  # MM
    meter_serial: str = ""  # MS
    meter_firmware: str = ""  # MF
    is_identified: bool | None = None  # IS
    identification_level: str = ""  # IL
    identification_flags: tuple[str, ...] = ()  # IF
    identification_type: str = ""  # IT
    identification: str = ""  # ID
    charge_point_type: str = ""  # CT
    charge_point: str = ""  # CI
    readings: tuple[Reading, ...] = ()  # RD
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def meter(self) -> str:
        """What tells the measuring device from others: its serial number, else the gateway's."""
        return self.meter_serial or self.gateway_serial


_TEXTS = {
    "FV": "version",
    "GI": "gateway",
    "GS": "gateway_serial",
    "GV": "gateway_version",
    "MV": "meter_vendor",
    "MM": "meter_model",
    "MS": "meter_serial",
    "MF": "meter_firmware",
    "IL": "identification_level",
    "IT": "identification_type",
    "ID": "identification",
    "CT": "charge_point_type",
    "CI": "charge_point",
}
_PLACED = frozenset(_TEXTS) | {"PG", "IS", "IF", "RD"}


def read_payload(told: Mapping[str, Any]) -> Payload:
    """The fields of a payload object; numbers are `Decimal` or `int`."""
    identified = told.get("IS")
    flags = told.get("IF")
    return Payload(
        **{name: _text(told.get(key)) for key, name in _TEXTS.items()},
        pagination=_pagination(_text(told.get("PG"))),
        is_identified=identified if isinstance(identified, bool) else None,
        identification_flags=tuple(map(_text, flags[:10])) if isinstance(flags, list) else (),
        readings=tuple(_readings(told.get("RD"))),
        others={key: value for key, value in told.items() if key not in _PLACED},
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\x00", "")[:_MAX_TEXT]
    return str(value)[:_MAX_TEXT] if isinstance(value, int | Decimal) else ""


def _pagination(text: str) -> Pagination | None:
    match = _PAGINATION.fullmatch(text.strip())
    return Pagination(match[1], int(match[2])) if match else None


def _readings(told: Any) -> list[Reading]:
    found: list[Reading] = []
    before: dict[str, Any] = {}
    for one in told[:_MAX_READINGS] if isinstance(told, Sequence) else ():
        if isinstance(one, dict):
            before = {**before, **one}
            found.append(_reading(before if "CL" in one else {**before, "CL": None}))
    return found


def _reading(told: Mapping[str, Any]) -> Reading:
    time_text = _text(told.get("TM"))
    at, time_status = read_time(time_text)
    return Reading(
        at=at,
        time_text=time_text,
        time_status=time_status,
        reason=_text(told.get("TX")),
        value=_number(told.get("RV")),
        obis=_text(told.get("RI")),
        unit=_text(told.get("RU")),
        current_type=_text(told.get("RT")),
        cumulated_loss=_number(told.get("CL")),
        error_flags=_text(told.get("EF")),
        status=_text(told.get("ST")),
    )


def _number(value: Any) -> Decimal | None:
    """A number within what a meter can show; some makes write it as text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    fits = number.is_finite() and number.adjusted() < 16 and len(number.as_tuple().digits) <= 30
    exponent = number.as_tuple().exponent
    return number if fits and isinstance(exponent, int) and exponent > -20 else None


def read_time(text: str) -> tuple[datetime | None, str]:
    """TM: "2018-07-24T13:22:04,000+0200 S" as an aware instant and the clock's status."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None, ""
    day, clock, fraction, zone, status = match.groups()
    offset = "+00:00" if zone in (None, "Z") else zone
    try:
        at = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0').ljust(6, '0')}{offset}")
        return at.astimezone(UTC), status or ""
    except (ValueError, OverflowError):
        return None, status or ""
