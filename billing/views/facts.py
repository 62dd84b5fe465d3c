"""The facts beside a receipt: where, when, by which tariff and why."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.policy import Permission
from billing.models import Cdr
from billing.views.rows import CdrRow
from common.formats import duration, kwh
from tariffs.models import PinnedTariff
from tariffs.why import why_words


def cdr_facts(cdr: Cdr, *, may_see: frozenset[Permission]) -> list[dict[str, Any]]:
    """For `components/facts.html`."""
    tx = cdr.transaction
    facts: list[dict[str, Any]] = [
        _linked(
            _("Session"),
            tx.station_ref,
            reverse("chargers:transaction", args=[tx.pk]),
            Permission.TRANSACTIONS_VIEW in may_see,
        ),
        {"label": _("Station"), "value": f"{tx.station.name} ({tx.station.code})"},
        {"label": _("Location"), "value": cdr.location.name},
        {"label": _("Energy"), "value": kwh(cdr.energy_wh, 3)},
        {"label": _("Duration"), "value": duration(CdrRow(cdr).seconds)},
        {"label": _("Time zone"), "value": cdr.time_zone},
    ]
    if cdr.driver is not None and Permission.DRIVERS_VIEW in may_see:
        facts.append({"label": _("Driver"), "value": str(cdr.driver)})
    return [*facts, *_tariff_facts(cdr), {"label": _("Version"), "value": cdr.version}]


def _linked(label: str, value: str, url: str, allowed: bool) -> dict[str, Any]:  # noqa: FBT001 -- one condition of a private helper
    return {"label": label, "value": value, **({"url": url} if allowed else {})}


def _tariff_facts(cdr: Cdr) -> list[dict[str, Any]]:
    version = cdr.tariff_version
    if version is None:
        return [{"label": _("Tariff"), "value": _("None was found"), "state": "warning"}]
    facts = [{"label": _("Tariff"), "value": f"{version.tariff.name}, v{version.number}"}]
    pin = _pin(cdr)
    if pin is not None:
        locked = f"{pin.locked_at:%Y-%m-%d %H:%M} UTC"
        facts.append({"label": _("Price locked"), "value": locked})
        facts.append({"label": _("Why this price"), "value": _why(pin)})
    return facts


def _pin(cdr: Cdr) -> PinnedTariff | None:
    try:
        return cdr.transaction.pinned_tariff
    except ObjectDoesNotExist:
        return None


def _why(pin: PinnedTariff) -> str:
    if pin.offer_id is not None:
        return _("It was shown before the start.")
    won = next((words.what for words in why_words(pin.explanation) if words.won), "")
    if won:
        return won
    return _("It was locked at the start.")
