"""The inputs of the price simulator; they stand in the address, so that a price can be shown around."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Driver, DriverGroup
from chargers.models import CurrentType, Evse
from common.widgets import PlainSelect
from tariffs.resolution import Customer
from tariffs.selectors.resolution import customer_of
from tariffs.services.asked_session import MOST_KW, MOST_KWH, MOST_MINUTES, Asked

GUEST, REGISTERED, NOBODY = "guest", "registered", "nobody"
# A registered driver whom the operator does not have yet: no group is his.
_SOMEBODY = UUID(int=0)
_STEP = timedelta(minutes=5)
_TYPICAL = {CurrentType.AC: ("20", 11_000), CurrentType.DC: ("40", 150_000)}
WALL_CLOCK = "%Y-%m-%dT%H:%M"


class WallClockField(forms.DateTimeField):
    """A time as the clock of the site shows it; the service finds the instant that is meant."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL_CLOCK)

    def to_python(self, value: Any) -> datetime | None:
        # Django would take it for a time of the page's zone.
        if value in self.empty_values:
            return None
        try:
            return datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def _minutes(label: Any, *, required: bool, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MOST_MINUTES,
        required=required,
        help_text=help_text,
    )


class SimulatorForm(forms.Form):
    who = forms.ChoiceField(label=_("Who charges"), widget=PlainSelect)
    start = WallClockField(label=_("Start"), help_text=_("On the clock of the site."))
    energy_kwh = forms.DecimalField(
        label=_("Energy, kWh"), min_value=0, max_value=MOST_KWH, decimal_places=3
    )
    power_kw = forms.DecimalField(
        label=_("Power, kW"),
        min_value=0,
        max_value=MOST_KW,
        decimal_places=3,
        required=False,
        help_text=_("Empty: the average."),
    )
    charging_minutes = _minutes(
        _("Charging, minutes"), required=False, help_text=_("Empty: as long as it takes.")
    )
    idle_minutes = _minutes(
        _("Then plugged in, minutes"), required=False, help_text=_("After charging has ended.")
    )

    def __init__(
        self, query: QueryDict, *, evse: Evse, driver: Driver | None, now: datetime
    ) -> None:
        given = {name: query.get(name, "") for name in self.base_fields if query.get(name)}
        super().__init__({**_usual(evse, given, now), **given})
        self._evse = evse
        self._driver = driver
        who = cast("forms.ChoiceField", self.fields["who"])
        who.choices = _customers(driver)

    def asked(self) -> Asked:
        """The session that is meant; after `is_valid()`."""
        values = self.cleaned_data
        return Asked(
            evse=self._evse,
            customer=self._customer(values["who"]),
            start=values["start"],
            energy_kwh=values["energy_kwh"],
            charging_minutes=values["charging_minutes"],
            idle_minutes=values["idle_minutes"] or 0,
            power_kw=values["power_kw"],
        )

    def _customer(self, who: str) -> Customer:
        kind, _colon, key = who.partition(":")
        if kind == "driver":
            return customer_of(self._driver)
        if kind == "group":
            return Customer(driver=_SOMEBODY, groups=frozenset({UUID(key)}))
        if kind == REGISTERED:
            return Customer(driver=_SOMEBODY)
        return Customer.guest() if kind == GUEST else Customer.nobody()


def _usual(evse: Evse, given: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is meant where the address says nothing: a usual session at this plug, now."""
    zone = ZoneInfo(evse.station.location.time_zone)
    local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    local -= timedelta(minutes=local.minute % (_STEP.seconds // 60))
    energy, power_w = _TYPICAL[CurrentType(evse.current_type)]
    usual = {
        "who": REGISTERED,
        "start": local.strftime(WALL_CLOCK),
        "energy_kwh": energy,
        "idle_minutes": "0",
    }
    if not given.keys() & {"power_kw", "charging_minutes"}:
        least = min(power_w, evse.max_power_w) or power_w
        usual["power_kw"] = format(Decimal(least) / 1000, "f")
    return usual


def _customers(driver: Driver | None) -> list[tuple[str, Any]]:
    chosen = [(f"driver:{driver.pk}", driver.full_name)] if driver else []
    groups = DriverGroup.objects.order_by("name", "id").values_list("pk", "name")
    members = [(f"group:{pk}", _("A member of %s") % name) for pk, name in groups]
    return [
        *chosen,
        (REGISTERED, _("A registered driver")),
        (GUEST, _("A guest who pays on the spot")),
        (NOBODY, _("A card that belongs to nobody")),
        *members,
    ]
