"""The stored form of what was priced: periods of a charging, and lines of a price."""

from __future__ import annotations

from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tariffs.pricing.fields import (
    BadTermsError,
    Document,
    Fields,
    choice,
    items,
    truth,
)


def dump_charging(charging: Charging) -> Document:
    """Periods as rows [start, end, Wh, state, W, mA], seconds since the Unix epoch."""
    document: Document = {
        "periods": [
            [p.start, p.end, p.energy_wh, str(p.state), p.power_w, p.current_ma]
            for p in charging.periods
        ]
    }
    if charging.reservation_expired:
        document["reservation_expired"] = True
    return document


def load_charging(document: object) -> Charging:
    """The charging of a stored document.

    Raises:
        BadChargingError: it is none, with the field concerned.
    """
    try:
        return _charging(document)
    except BadTermsError as error:
        raise BadChargingError(error.field, error.message) from None


def _charging(document: object) -> Charging:
    fields = Fields.of(document, "", {"periods", "reservation_expired"})
    return Charging(
        periods=fields.each("periods", _period),
        reservation_expired=fields.either("reservation_expired", truth, default=False),
    )


def _period(value: object, field: str) -> Period:
    row = items(value, field)
    if len(row) != len(Period._fields):
        raise BadTermsError(field, f"{len(Period._fields)} values are expected.")
    start, end, energy, state, power, current = row
    return Period(
        start=_integer(start, f"{field}[0]"),
        end=_integer(end, f"{field}[1]"),
        energy_wh=_integer(energy, f"{field}[2]"),
        state=choice(State)(state, f"{field}[3]"),
        power_w=None if power is None else _integer(power, f"{field}[4]"),
        current_ma=None if current is None else _integer(current, f"{field}[5]"),
    )


def _integer(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise BadTermsError(field, "A whole number is expected.")
    return value
