"""A station's settings as the configuration page and the API show them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.domain import commands as wire
from chargers.domain.characteristics import Characteristics
from chargers.domain.variables import component_of
from chargers.models import (
    ChargingStation,
    CommandStatus,
    StationCommand,
    StationReport,
    StationVariable,
)
from chargers.ocpp.secrets import is_secret, is_station_key
from chargers.ocpp.well_known import SETTINGS, Family, Setting, family_of, setting_of
from chargers.services.device_model.variables import (
    characteristics_of,
    full_name,
    known_variables,
)

CHANGES = (wire.SetVariable.kind, wire.SetVariables.kind)
_LATEST_CHANGES = 200
_TOLD_FOR = timedelta(minutes=10)
_REFUSAL_TOLD_FOR = timedelta(days=1)
_REFUSED = (
    CommandStatus.REJECTED,
    CommandStatus.NOT_SUPPORTED,
    CommandStatus.FAILED,
    CommandStatus.TIMED_OUT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The last attempt to set a value, while it is of interest.

    Attributes:
        status: of the command, or of this value where the answer tells of each.
        raw_status: the station's own word.
        needs_reboot: taken, but the station has not restarted since.
    """

    status: CommandStatus
    raw_status: str
    reason: str
    value: str
    at: datetime
    needs_reboot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingView:
    """One value of a station; `row` is None for a well-known setting that was not read yet."""

    name: str
    setting: Setting | None
    row: StationVariable | None
    characteristics: Characteristics
    change: Change | None

    @property
    def key(self) -> str:
        """Short and stable, for ids of elements."""
        return f"{zlib.crc32(self.name.encode()):08x}"

    @property
    def is_secret(self) -> bool:
        return is_secret(self.name)

    @property
    def is_station_key(self) -> bool:
        """What the station logs in with, which is not set as a mere value."""
        return is_station_key(self.name)

    @property
    def is_read_only(self) -> bool:
        return self.row is not None and self.row.is_read_only

    @property
    def value(self) -> str:
        return self.row.value if self.row is not None else ""


def station_variables(
    *, station_id: UUID, search: str = "", component: str | None = None
) -> QuerySet[StationVariable]:
    """Variables by name; every word of `search` must occur in name or value.

    Args:
        component: only those of one component, "" for keys that belong to none; None for all.
    """
    rows: QuerySet[StationVariable] = StationVariable.objects.filter(station_id=station_id)
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(value__icontains=word))
    if component:
        rows = rows.filter(name__startswith=f"{component}.".replace("\x00", ""))
    elif component == "":
        rows = rows.exclude(name__contains=".")
    return rows.order_by("name", "evse", "connector")


def component_counts(station_id: UUID) -> dict[str, int]:
    """Component → how many variables, by name. One query."""
    names = StationVariable.objects.filter(station_id=station_id).order_by("name")
    counts: dict[str, int] = {}
    for name in names.values_list("name", flat=True):
        component = component_of(name)
        counts[component] = counts.get(component, 0) + 1
    return counts


def well_known_settings(
    *, station: ChargingStation, changes: dict[str, Change]
) -> list[SettingView]:
    """Every well-known setting that a station of this version can have, read or not. One query."""
    family = family_of(station.protocol)
    if family is None:
        return []
    named = {name: each for each in SETTINGS if (name := each.name_in(family))}
    known = known_variables(station_id=station.pk, names=named)
    return [
        _view(name, known.get(name), family, changes.get(name), setting)
        for name, setting in named.items()
    ]


def setting_views(
    rows: Iterable[StationVariable],
    *,
    station: ChargingStation,
    changes: dict[str, Change],
) -> list[SettingView]:
    """Rows with what is known about them. No query."""
    family = family_of(station.protocol)
    return [_view(name := full_name(row), row, family, changes.get(name)) for row in rows]


def setting_view(*, station: ChargingStation, name: str, now: datetime) -> SettingView:
    """One value by the station's own full name, known or not. Two queries."""
    row = known_variables(station_id=station.pk, names=[name]).get(name)
    changes = recent_changes(station=station, now=now)
    return _view(name, row, family_of(station.protocol), changes.get(name))


def changed_settings(*, station: ChargingStation, now: datetime) -> list[SettingView]:
    """The values that somebody has just set or tries to. Two queries."""
    changes = recent_changes(station=station, now=now)
    known = known_variables(station_id=station.pk, names=changes)
    family = family_of(station.protocol)
    return [_view(name, known.get(name), family, each) for name, each in changes.items()]


def _view(
    name: str,
    row: StationVariable | None,
    family: Family | None,
    change: Change | None,
    setting: Setting | None = None,
) -> SettingView:
    if setting is None and family is not None:
        setting = setting_of(name, family)
    return SettingView(
        name=name,
        setting=setting,
        row=row,
        characteristics=characteristics_of(name, row, family),
        change=change,
    )


def recent_changes(*, station: ChargingStation, now: datetime) -> dict[str, Change]:
    """Full name → the last attempt to set it, while a person wants to know. One query."""
    commands = StationCommand.objects.filter(station=station, kind__in=CHANGES)
    latest: dict[str, Change] = {}
    for command in commands.order_by("-id")[:_LATEST_CHANGES]:
        for name, change in _changes_of(command, station.booted_at):
            latest.setdefault(name, change)
    return {name: each for name, each in latest.items() if _is_of_interest(each, now)}


def told_of_values(command: StationCommand) -> list[tuple[dict[str, str], str, str, str]]:
    """Of a command that sets values: each with its status, the station's own word, and a reason."""
    if command.kind == wire.SetVariable.kind:
        reason = str(command.result.get("reason", ""))
        return [(command.arguments, command.status, command.raw_status, reason)]
    return [(value, *_told_of(command, value)) for value in command.arguments.get("values", [])]


def _changes_of(command: StationCommand, booted_at: datetime | None) -> list[tuple[str, Change]]:
    told = told_of_values(command)
    at = command.finished_at or command.requested_at
    return [
        (
            str(value["name"]),
            Change(
                status=CommandStatus(status),
                raw_status=raw_status,
                reason=reason,
                value=str(value["value"]),
                at=at,
                needs_reboot=status == CommandStatus.SCHEDULED
                and (booted_at is None or booted_at < at),
            ),
        )
        for value, status, raw_status, reason in told
    ]


def _told_of(command: StationCommand, value: dict[str, str]) -> tuple[str, str, str]:
    """What the answer said of one of several values; without an answer, of the whole command."""
    asked = (value["name"], value.get("attribute") or "Actual")
    for result in command.result.get("results", []):
        if (result["name"], result["attribute"]) == asked:
            return result["status"], result["raw_status"], result.get("reason", "")
    return command.status, command.raw_status, str(command.result.get("reason", ""))


def _is_of_interest(change: Change, now: datetime) -> bool:
    if change.status in CommandStatus.open() or change.needs_reboot:
        return True
    lasting = _REFUSAL_TOLD_FOR if change.status in _REFUSED else _TOLD_FOR
    return now - change.at <= lasting


def change_history(*, station_id: UUID, limit: int = 10) -> list[StationCommand]:
    """Commands that set something, latest first, with who asked. One query."""
    rows = StationCommand.objects.filter(station_id=station_id, kind__in=CHANGES)
    return list(rows.select_related("requested_by", "requested_by_key").order_by("-id")[:limit])


def station_reports(station_id: UUID) -> QuerySet[StationReport]:
    """What was asked for and how much of it came, latest first."""
    return StationReport.objects.filter(station_id=station_id).order_by("-id")
