"""Figures, facts and times of one session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chargers.models import ReplacedHardware, Transaction
from common.formats import DASH, duration, energy_parts, kwh, number, power_parts, with_unit


def figures(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    """Key figures: energy, time, power, battery."""
    energy, energy_unit = energy_parts(tx.energy_wh)
    power, power_unit = power_parts(tx.power_w if tx.is_active else tx.max_power_w)
    peak = " ".join(power_parts(tx.max_power_w))
    seconds = ((tx.ended_at or now) - tx.started_at).total_seconds()
    soc = DASH if tx.soc_percent is None else str(tx.soc_percent)
    return [
        {"label": _("Energy"), "value": energy, "unit": energy_unit, "icon": "bolt"},
        {"label": _("Duration"), "value": duration(seconds), "unit": "", "icon": "clock"},
        {
            "label": _("Power now") if tx.is_active else _("Peak power"),
            "value": power,
            "unit": power_unit,
            "icon": "activity",
            "note": _("peak %s") % peak
            if tx.is_active
            else _("average %s") % _average(tx, seconds),
        },
        {
            "label": _("Battery"),
            "value": soc,
            "unit": "" if tx.soc_percent is None else "%",
            "icon": "battery-2",
            "note": _("not told by the station")
            if tx.soc_percent is None
            else _("state of charge"),
        },
    ]


def _average(tx: Transaction, seconds: float) -> str:
    return " ".join(power_parts(tx.energy_wh * 3600 / seconds)) if seconds > 0 else DASH


def three_times(tx: Transaction) -> list[dict[str, Any]]:
    """Each instant as the station said it, as we received it, and as it counts."""
    return [
        {
            "label": _("Start"),
            "device": tx.started_device_at,
            "received": tx.started_received_at,
            "corrected": tx.started_at,
        },
        {
            "label": _("End"),
            "device": tx.ended_device_at,
            "received": tx.ended_received_at,
            "corrected": tx.ended_at,
        },
    ]


def session_facts(
    tx: Transaction, *, hardware: ReplacedHardware | None, with_driver: bool
) -> list[dict[str, Any]]:
    """What is known about a session."""
    driver = tx.driver if with_driver else None
    driver_url = reverse("accounts:driver", args=[driver.pk]) if driver else ""
    evse = f"EVSE {tx.evse.number}" if tx.evse else DASH
    plug = f" · {tx.connector.get_type_display()}" if tx.connector else ""
    facts: list[dict[str, Any]] = [
        {"label": _("Driver"), "value": str(driver) if driver else "", "url": driver_url},
        {"label": _("Token"), "value": tx.id_token_uid},
        {"label": _("Kind of token"), "value": tx.id_token_type},
        {"label": _("Authorisation"), "value": tx.authorization_status},
        {
            "label": _("Station"),
            "value": tx.station.name,
            "url": reverse("chargers:station", args=[tx.station_id]),
        },
        {"label": _("Former hardware"), "value": str(hardware) if hardware else ""},
        {"label": _("Connector"), "value": f"{evse}{plug}"},
        {
            "label": _("Location"),
            "value": tx.location.name,
            "url": reverse("chargers:location", args=[tx.location_id]),
        },
        {"label": _("Station's reference"), "value": tx.station_ref},
        {"label": _("Meter at start"), "value": _register(tx.meter_start_wh)},
        {"label": _("Meter at stop"), "value": _register(tx.meter_stop_wh)},
        {"label": _("Energy"), "value": kwh(tx.energy_wh, 3)},
        {"label": _("Energy taken from"), "value": energy_source(tx)},
        {"label": _("Reason of the stop"), "value": tx.stop_reason},
        {"label": _("Messages"), "value": _sequence(tx)},
    ]
    return [fact for fact in facts if fact["value"]]


def _register(watt_hours: int | None) -> str:
    return "" if watt_hours is None else with_unit(watt_hours, "Wh")


def _sequence(tx: Transaction) -> str:
    return "" if tx.last_seq_no is None else _("up to number %s") % number(tx.last_seq_no)


def energy_source(tx: Transaction) -> str:
    """Which rung of the ladder of `chargers.domain.energy` gave the energy."""
    codes = {warning.get("code") for warning in tx.warnings}
    if tx.is_active:
        return _("readings so far")
    if "energy_unknown" in codes:
        return _("nothing usable")
    if "energy_from_samples" in codes:
        return _("last reading")
    return _("meter start and stop") if tx.meter_stop_wh is not None else _("readings")
