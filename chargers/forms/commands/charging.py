"""Forms of smart charging: one limit, a schedule, and what to ask of a station about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
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
from chargers.exceptions import UnableTo, UnableToCommand
from chargers.forms.commands.base import WHOLE_STATION, Choices, CommandForm, evse_choices
from chargers.models import ChargingProfile as ProfileRow
from chargers.models import StationCommand, Transaction
from chargers.selectors.charging import clearable_profiles, dynamic_profiles
from chargers.services.charging import setting
from chargers.views.rows import ConnectorView

AMPS, KILOWATTS = "A", "kW"
UNITS = [(AMPS, _("A per phase")), (KILOWATTS, _("kW, all phases"))]
EACH_SESSION = "each"
MAX_LIMIT = 10_000
DAY = timedelta(days=1)


class SmartForm(CommandForm):
    """Names of services' fields in the words of the form."""

    words = {"evse": "where", "purpose": "where", "transaction": "where", "kind": "repeats"}

    def take(self, error: UnableTo) -> None:
        errors = {self.words.get(name, name): text for name, text in error.errors.items()}
        super().take(type(error)(error.message, errors=errors))

    def running(self, connectors: list[ConnectorView]) -> dict[str, Transaction]:
        return {
            f"tx:{view.evse.number}": view.transaction for view in connectors if view.transaction
        }


def whom(connectors: list[ConnectorView]) -> Choices:
    """For whom a limit can be meant: running sessions, EVSEs, all sessions, the station."""
    running = {
        f"tx:{view.evse.number}": str(_("The running session at EVSE %s")) % view.evse.number
        for view in connectors
        if view.transaction
    }
    places = dict.fromkeys(view.evse.number for view in connectors)
    return [
        *running.items(),
        *((f"evse:{number}", str(_("Each session at EVSE %s")) % number) for number in places),
        (EACH_SESSION, str(_("Each session at this station"))),
        ("", str(_("The whole station together"))),
    ]


def purpose_of(where: str) -> ProfilePurpose:
    if where.startswith("tx:"):
        return ProfilePurpose.TX
    return ProfilePurpose.TX_DEFAULT if where else ProfilePurpose.STATION_MAX


def evse_of(where: str) -> int:
    _kind, _colon, number = where.partition(":")
    return int(number) if number else 0


def rate(value: Decimal, unit: str) -> float:
    """Amps, or kW as watts, with the one decimal that every station takes."""
    return round(float(value * 1000 if unit == KILOWATTS else value), 1)


def limit_field(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0, max_value=MAX_LIMIT, max_digits=8, decimal_places=3, **kwargs
    )


class LimitForm(SmartForm):
    command = commands.SetChargingProfile
    title = _("Limit the power")
    text = _("Holds from now on. 0 pauses the charging.")
    icon = "gauge"
    submit = _("Limit")

    where = forms.ChoiceField(label=_("For"), required=False)
    limit = limit_field(label=_("Limit"))
    unit = forms.ChoiceField(label=_("In"), choices=UNITS)
    lasts = forms.TypedChoiceField(
        label=_("Until"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("It is removed")),
            ("30", _("In 30 minutes")),
            ("60", _("In 1 hour")),
            ("120", _("In 2 hours")),
            ("240", _("In 4 hours")),
            ("720", _("In 12 hours")),
            ("1440", _("In 24 hours")),
        ],
    )

    @classmethod
    def kind(cls) -> str:
        return "set_limit"

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.sessions = self.running(connectors)
        self.choose("where", [entry for entry in whom(connectors) if entry[0] != EACH_SESSION])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        values = self.cleaned_data
        unit, lasts = values["unit"], values["lasts"]
        limit = rate(values["limit"], unit)
        row = setting.set_limit(
            station=self.station,
            amps=limit if unit == AMPS else None,
            watts=limit if unit == KILOWATTS else None,
            evse=evse_of(values["where"]),
            transaction=self.sessions.get(values["where"]),
            until=None if lasts is None else now + timedelta(minutes=lasts),
            actor=actor,
            now=now,
        )
        return command_of(row)


def command_of(row: ProfileRow) -> StationCommand:
    if row.command is None:
        raise UnableToCommand("The command is gone.")
    return row.command


class PeriodRow(forms.Form):
    """From a time on a limit holds."""

    start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    limit = limit_field(label=_("Limit"))


PeriodRows = forms.formset_factory(
    PeriodRow, extra=1, min_num=1, max_num=24, validate_min=True, validate_max=True
)

ONCE, DAILY, FROM_START = "once", "daily", "start"


class ScheduleForm(SmartForm):
    command = commands.SetChargingProfile
    title = _("Set a charging schedule")
    text = _("Limits that change over the day. Each row holds until the next one.")
    icon = "chart-line"
    submit = _("Set")
    rows_label = _("Limits")
    rows_help = _(
        "Time of day at the site. For a schedule that counts from the start of a session, hours "
        "and minutes since then, beginning with 00:00."
    )

    where = forms.ChoiceField(label=_("For"), required=False)
    repeats = forms.ChoiceField(
        label=_("When"),
        choices=[
            (ONCE, _("Once")),
            (DAILY, _("Every day")),
            (FROM_START, _("From the start of the session")),
        ],
    )
    day = forms.DateField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: today."),
    )
    unit = forms.ChoiceField(label=_("In"), choices=UNITS)
    ends = forms.TimeField(
        label=_("No limit from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Empty: the last limit goes on."),
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.sessions = self.running(connectors)
        self.choose("where", whom(connectors))
        self.rows: Any = PeriodRows(self.data if self.is_bound else None, prefix="periods")

    def is_valid(self) -> bool:
        rows_are_valid: bool = self.rows.is_valid()
        return super().is_valid() and rows_are_valid

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for error in self.rows.non_form_errors():
            self.add_error(None, error)
        return values

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        where = self.cleaned_data["where"]
        row = setting.set_charging_profile(
            station=self.station,
            evse=evse_of(where),
            profile=self.profile(now),
            transaction=self.sessions.get(where),
            actor=actor,
            now=now,
        )
        return command_of(row)

    def profile(self, now: datetime) -> ChargingProfile:
        """The schedule in neutral words; times of day are those of the site."""
        values = self.cleaned_data
        daily, relative = values["repeats"] == DAILY, values["repeats"] == FROM_START
        given = [row.cleaned_data for row in self.rows if row.cleaned_data]
        first = clock(0) if relative else given[0]["start"]
        offsets = _offsets([row["start"] for row in given], first)
        end = None if values["ends"] is None else _after(values["ends"], first, offsets[-1])
        schedule = Schedule(
            unit=RateUnit.AMPS if values["unit"] == AMPS else RateUnit.WATTS,
            start_at=None if relative else self._start(values["day"], first, now),
            duration_seconds=end,
            periods=tuple(
                Period(start_seconds=offset, limit=rate(row["limit"], values["unit"]))
                for offset, row in zip(offsets, given, strict=True)
            ),
        )
        kinds = {ONCE: ProfileKind.ABSOLUTE, DAILY: ProfileKind.RECURRING}
        return ChargingProfile(
            purpose=purpose_of(values["where"]),
            kind=kinds.get(values["repeats"], ProfileKind.RELATIVE),
            recurrence=Recurrence.DAILY if daily else None,
            schedules=(schedule,),
        )

    def _start(self, day: date | None, first: clock, now: datetime) -> datetime:
        zone = ZoneInfo(self.station.location.time_zone)
        return datetime.combine(day or now.astimezone(zone).date(), first, tzinfo=zone)


def _offsets(times: list[clock], first: clock) -> list[int]:
    """Seconds of each row after the first; a time that is not later is of the next day."""
    found: list[int] = []
    for time in times:
        found.append(_after(time, first, found[-1]) if found else _seconds(time) - _seconds(first))
    return found


def _after(time: clock, first: clock, before: int) -> int:
    day = int(DAY.total_seconds())
    offset = (_seconds(time) - _seconds(first)) % day
    while offset <= before:
        offset += day
    return offset


def _seconds(time: clock) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


class ClearProfileForm(SmartForm):
    command = commands.ClearChargingProfile
    title = _("Remove charging limits")
    text = _("Limits that other systems set at the station stay.")
    icon = "trash"
    submit = _("Remove")
    words = {"profile_id": "which"}

    which = forms.ChoiceField(label=_("Which"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        rows = clearable_profiles(self.station.pk)
        self.choose("which", [("", str(_("All of them"))), *map(profile_choice, rows)])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        chosen = self.cleaned_data["which"]
        return setting.clear_charging_profiles(
            station=self.station, profile_id=int(chosen) if chosen else None, actor=actor, now=now
        )


def profile_choice(row: ProfileRow) -> tuple[str, str]:
    place = f"EVSE {row.evse_number}" if row.evse_number else str(WHOLE_STATION[1])
    schedule = row.profile.schedule
    limit = schedule.periods[0].limit
    return str(
        row.profile_id
    ), f"{row.profile_id} · {row.purpose} · {place} · {limit:g} {schedule.unit}"


class CompositeForm(SmartForm):
    command = commands.GetCompositeSchedule
    title = _("Ask what will hold")
    text = _("The station adds up all limits; the answer is drawn on the page Charging.")
    icon = "chart-bar"
    submit = _("Ask")

    where = forms.ChoiceField(label=_("Of"), required=False)
    hours = forms.TypedChoiceField(
        label=_("For the next"),
        coerce=int,
        choices=[
            ("1", _("1 hour")),
            ("6", _("6 hours")),
            ("12", _("12 hours")),
            ("24", _("24 hours")),
        ],
        initial="6",
    )
    unit = forms.ChoiceField(
        label=_("In"),
        required=False,
        choices=[
            ("", _("As the station likes")),
            ("A", _("A per phase")),
            ("W", _("W, all phases")),
        ],
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [*evse_choices(connectors), WHOLE_STATION])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        values = self.cleaned_data
        number, _colon, _rest = values["where"].partition(":")
        return setting.get_composite_schedule(
            station=self.station,
            evse=int(number) if number else 0,
            duration=timedelta(hours=values["hours"]),
            unit=RateUnit(values["unit"]) if values["unit"] else None,
            actor=actor,
            now=now,
        )


class GetProfilesForm(SmartForm):
    command = commands.GetChargingProfiles
    title = _("Read charging profiles")
    text = _(
        "The station reports what is installed (OCPP 2.x); the page Charging is corrected by it."
    )
    icon = "list"
    submit = _("Read")

    where = forms.ChoiceField(label=_("Of"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [("", str(_("Everywhere"))), *evse_choices(connectors)])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        number, _colon, _rest = self.cleaned_data["where"].partition(":")
        return setting.get_charging_profiles(
            station=self.station, evse=int(number) if number else None, actor=actor, now=now
        )


class PriorityForm(SmartForm):
    command = commands.UsePriorityCharging
    title = _("Priority charging")
    text = _("Lets a session charge by the station's priority profile (OCPP 2.1).")
    icon = "star"
    submit = _("Send")

    where = forms.ChoiceField(label=_("Session"))
    activate = forms.ChoiceField(
        label=_("Priority"),
        choices=[("yes", _("On")), ("no", _("Off"))],
        widget=forms.RadioSelect,
        initial="yes",
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.sessions = self.running(connectors)
        self.choose("where", [entry for entry in whom(connectors) if entry[0] in self.sessions])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return setting.use_priority_charging(
            transaction=self.sessions[self.cleaned_data["where"]],
            activate=self.cleaned_data["activate"] == "yes",
            actor=actor,
            now=now,
        )


class DynamicLimitForm(SmartForm):
    command = commands.UpdateDynamicSchedule
    title = _("Change a dynamic limit")
    text = _("A new limit for an installed dynamic profile (OCPP 2.1), in the profile's own unit.")
    icon = "refresh"
    submit = _("Change")

    profile_id = forms.ChoiceField(label=_("Profile"))
    limit = forms.FloatField(label=_("Limit, A or W"), min_value=0, max_value=10_000_000)

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        self.choose(
            "profile_id", [profile_choice(row) for row in dynamic_profiles(self.station.pk)]
        )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return setting.update_dynamic_schedule(
            station=self.station,
            profile_id=int(self.cleaned_data["profile_id"]),
            limit=round(self.cleaned_data["limit"], 1),
            actor=actor,
            now=now,
        )
