"""The form of a whole charging profile, for those who know what OCPP can say."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from chargers.forms.commands.base import WHOLE_STATION, evse_choices, instant_field
from chargers.forms.commands.charging import (
    AMPS,
    UNITS,
    SmartForm,
    command_of,
    limit_field,
    rate,
)
from chargers.models import StationCommand
from chargers.services.charging import setting
from chargers.views.rows import ConnectorView

MAX_PERIODS = 1_000
_MAX_STACK_LEVEL = 1_000
_MAX_MINUTES = 60 * 24 * 366
_LINE = re.compile(
    r"(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)"
    r"[\s;]+(?P<limit>\d{1,5}(?:\.\d{1,3})?)(?:[\s;]+(?P<phases>[123]))?"
)
_RECURRENCES = {"Daily": Recurrence.DAILY, "Weekly": Recurrence.WEEKLY}


class FullProfileForm(SmartForm):
    command = commands.SetChargingProfile
    title = _("Set a full charging profile")
    text = _("Everything that OCPP knows. Most people want a limit or a schedule instead.")
    icon = "adjustments"
    submit = _("Set")
    words = {
        "evse": "where",
        "transaction": "purpose",
        "recurrence": "kind_of_schedule",
        "kind": "kind_of_schedule",
        "duration_seconds": "minutes",
    }

    where = forms.ChoiceField(label=_("At"), required=False)
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[
            (str(ProfilePurpose.TX_DEFAULT), _("Each session")),
            (str(ProfilePurpose.TX), _("The running session")),
            (str(ProfilePurpose.STATION_MAX), _("The whole station together")),
            (str(ProfilePurpose.PRIORITY), _("Priority charging (OCPP 2.1)")),
            (str(ProfilePurpose.LOCAL_GENERATION), _("Local generation (OCPP 2.1)")),
        ],
    )
    stack_level = forms.IntegerField(
        label=_("Stack level"),
        min_value=0,
        max_value=_MAX_STACK_LEVEL,
        initial=0,
        help_text=_("Of two profiles for the same purpose the higher one holds."),
    )
    kind_of_schedule = forms.ChoiceField(
        label=_("Its times count"),
        choices=[
            (str(ProfileKind.ABSOLUTE), _("From an instant")),
            ("Daily", _("From an instant, again every day")),
            ("Weekly", _("From an instant, again every week")),
            (str(ProfileKind.RELATIVE), _("From the start of the session")),
            (str(ProfileKind.DYNAMIC), _("Not at all: one limit, changed at will (OCPP 2.1)")),
        ],
    )
    start_at = instant_field(_("Starts"))
    minutes = forms.IntegerField(
        label=_("Lasts, minutes"),
        required=False,
        min_value=1,
        max_value=_MAX_MINUTES,
        help_text=_("Empty: the last limit goes on."),
    )
    valid_from = instant_field(_("Valid from"))
    valid_to = instant_field(_("Valid until"))
    unit = forms.ChoiceField(label=_("In"), choices=UNITS)
    min_rate = limit_field(
        label=_("Charging below this makes no sense"),
        required=False,
        help_text=_("For vehicles that charge badly at a low rate."),
    )
    periods = forms.CharField(
        label=_("Limits"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"}),
        help_text=_(
            "One a line: hours:minutes after the start, the limit, and if wanted how many phases. "
            "For example 00:00 16 3, then 01:30 10."
        ),
    )

    @classmethod
    def kind(cls) -> str:
        return "set_full_profile"

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.sessions = self.running(connectors)
        self.choose("where", [*evse_choices(connectors), WHOLE_STATION])

    def clean_periods(self) -> tuple[tuple[int, Decimal, int | None], ...]:
        """Start in seconds, limit as typed, phases."""
        lines = [line.strip() for line in self.cleaned_data["periods"].splitlines()]
        found = [_period(number, line) for number, line in enumerate(lines, start=1) if line]
        if len(found) > MAX_PERIODS:
            raise forms.ValidationError(_("At most %d lines.") % MAX_PERIODS)
        return tuple(found)

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        profile = self.profile()
        number, _colon, _rest = self.cleaned_data["where"].partition(":")
        is_session = profile.purpose == ProfilePurpose.TX
        row = setting.set_charging_profile(
            station=self.station,
            evse=int(number) if number else 0,
            profile=profile,
            transaction=self.sessions.get(f"tx:{number}") if is_session else None,
            actor=actor,
            now=now,
        )
        return command_of(row)

    def profile(self) -> ChargingProfile:
        """The profile in neutral words; after `is_valid()`."""
        values = self.cleaned_data
        recurrence = _RECURRENCES.get(values["kind_of_schedule"])
        return ChargingProfile(
            purpose=ProfilePurpose(values["purpose"]),
            kind=ProfileKind.RECURRING if recurrence else ProfileKind(values["kind_of_schedule"]),
            recurrence=recurrence,
            stack_level=values["stack_level"],
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
            schedules=(self._schedule(values),),
        )

    def _schedule(self, values: dict[str, Any]) -> Schedule:
        unit, least = values["unit"], values["min_rate"]
        return Schedule(
            unit=RateUnit.AMPS if unit == AMPS else RateUnit.WATTS,
            start_at=values["start_at"],
            duration_seconds=values["minutes"] and values["minutes"] * 60,
            min_rate=None if least is None else rate(least, unit),
            periods=tuple(
                Period(start_seconds=start, limit=rate(limit, unit), phases=phases)
                for start, limit, phases in values["periods"]
            ),
        )


def _period(number: int, line: str) -> tuple[int, Decimal, int | None]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise forms.ValidationError(
            gettext("Line %d is none of hours:minutes, limit, phases.") % number
        )
    start = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
    return start, Decimal(found["limit"]), int(found["phases"]) if found["phases"] else None
