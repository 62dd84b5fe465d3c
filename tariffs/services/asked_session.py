"""A session that somebody thinks of: when it would begin, and what it would be like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from chargers.models import Evse
from common.formats import kw, kwh
from tariffs.local_time import Instant, NoSuchTimeError, instant_of
from tariffs.pricing.marginal import Shape
from tariffs.resolution import Customer

MOST_MINUTES: Final = 31 * 24 * 60
MOST_KWH: Final = 10_000
MOST_KW: Final = 5_000
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A session that somebody thinks of.

    Attributes:
        start: an instant; without tzinfo what the clock of the site shows.
        charging_minutes: None: as long as it takes at `power_kw`.
        idle_minutes: after charging, still plugged in.
        power_kw: None: the average.
    """

    evse: Evse
    customer: Customer
    start: datetime
    energy_kwh: Decimal
    charging_minutes: int | None
    idle_minutes: int = 0
    power_kw: Decimal | None = None


def begin_of(start: datetime, zone: ZoneInfo) -> tuple[Instant | None, dict[str, str]]:
    """The instant that is meant, or what is wrong with it."""
    if start.year not in _YEARS:
        return None, {"start": gettext("A time between 2000 and 2099.")}
    whole = start.replace(microsecond=0)
    if whole.tzinfo is not None:
        return Instant(whole.astimezone(UTC)), {}
    try:
        return instant_of(whole, zone), {}
    except NoSuchTimeError as error:
        text = gettext(
            "There is no %(time)s there on that day: the clock goes from %(before)s to %(after)s."
        )
        times = {"time": whole, "before": error.before, "after": error.after}
        shown = {name: f"{time:%H:%M}" for name, time in times.items()}
        return None, {"start": text % shown}


def shape_of(asked: Asked) -> tuple[Shape | None, dict[str, str]]:
    """The session in Wh, W and seconds, or what is wrong with it, by field."""
    errors = _range_errors(asked)
    if not errors and asked.energy_kwh != round(asked.energy_kwh, 3):
        errors["energy_kwh"] = gettext("At most three decimals.")
    if errors:
        return None, errors
    energy_wh = int(asked.energy_kwh * 1000)
    power_w = None if asked.power_kw is None else int(asked.power_kw * 1000)
    charging_s = _charging_seconds(asked.charging_minutes, energy_wh, power_w)
    idle_s = asked.idle_minutes * 60
    errors = _sense_errors(energy_wh, charging_s, idle_s, power_w)
    if errors or charging_s is None:
        return None, errors
    if power_w is None and charging_s:
        power_w = energy_wh * 3600 // charging_s
    return Shape(energy_wh=energy_wh, charging_s=charging_s, idle_s=idle_s, power_w=power_w), {}


def _range_errors(asked: Asked) -> dict[str, str]:
    limits = {
        "energy_kwh": (asked.energy_kwh, MOST_KWH),
        "charging_minutes": (asked.charging_minutes, MOST_MINUTES),
        "idle_minutes": (asked.idle_minutes, MOST_MINUTES),
        "power_kw": (asked.power_kw, MOST_KW),
    }
    return {
        name: gettext("A number from 0 to %s.") % most
        for name, (value, most) in limits.items()
        if value is not None and not (0 <= value <= most)
    }


def _charging_seconds(minutes: int | None, energy_wh: int, power_w: int | None) -> int | None:
    if minutes is not None:
        return minutes * 60
    if not energy_wh:
        return 0
    return -(-energy_wh * 3600 // power_w) if power_w else None


def _sense_errors(
    energy_wh: int, charging_s: int | None, idle_s: int, power_w: int | None
) -> dict[str, str]:
    if charging_s is None or (energy_wh and not charging_s):
        text = gettext("Say how long charging takes, or at which power.")
        return {"charging_minutes": text}
    if charging_s + idle_s > MOST_MINUTES * 60:
        return {"charging_minutes": gettext("A session of at most 31 days, idle time included.")}
    if not charging_s + idle_s:
        return {"charging_minutes": gettext("A session of at least a minute.")}
    possible = None if power_w is None else -(-power_w * charging_s // 3600)
    if possible is not None and energy_wh > possible:
        text = gettext("At %(power)s this takes longer: %(energy)s at most.")
        return {"power_kw": text % {"power": kw(power_w), "energy": kwh(possible)}}
    return {}
