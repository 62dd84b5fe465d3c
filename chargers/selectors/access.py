"""What is known of a station's handling of tokens."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.domain.local_list import Limits
from chargers.models import (
    AccessPolicy,
    Autocharge,
    ChargingStation,
    LocalList,
    LocalListState,
    StationVariable,
)
from chargers.ocpp.access import AccessSetting, setting_value, variable_names

# A station that does not tell how many tokens it can hold is trusted with this many.
DEFAULT_ENTRIES = 500


def access_settings(station: ChargingStation) -> dict[AccessSetting, str]:
    """Setting -> value as last reported; what the station never told is left out. One query."""
    return settings_of([station])[station.pk]


def settings_of(
    stations: Iterable[ChargingStation],
) -> dict[UUID, dict[AccessSetting, str]]:
    """The same for many stations, in one query."""
    wanted = {
        (station.pk, name): (station.protocol, setting)
        for station in stations
        for setting, name in variable_names(station.protocol).items()
    }
    rows = StationVariable.objects.filter(
        station_id__in={key for key, _ in wanted},
        name__in={name for _, name in wanted},
        evse=0,
        connector=0,
    )
    found: dict[UUID, dict[AccessSetting, str]] = {key: {} for key, _ in wanted}
    for row in rows:
        protocol, setting = wanted.get((row.station_id, row.name), ("", None))
        if setting is not None:
            value = setting_value(protocol, setting, row.value, row.attributes)
            if value:
                found[row.station_id][setting] = value
    return found


def local_lists(*, text: str = "", state: str = "") -> QuerySet[LocalList]:
    """Lists of the operator's stations, without what they hold.

    Args:
        text: in the name or code of the station, or the name of its location.
        state: "in_step", "waiting" (or under way), "trouble", anything else for all.
    """
    rows: QuerySet[LocalList] = LocalList.objects.defer("entries")
    if text := text.replace("\x00", "").strip():
        rows = rows.filter(
            Q(station__name__icontains=text)
            | Q(station__code__istartswith=text)
            | Q(station__location__name__icontains=text)
        )
    states = {
        "in_step": (LocalListState.IN_STEP,),
        "waiting": (LocalListState.WAITING, LocalListState.UPDATING, LocalListState.UNKNOWN),
        "trouble": (LocalListState.FAILED, LocalListState.NOT_SUPPORTED),
    }
    if state in states:
        rows = rows.filter(state__in=states[state])
    return rows.select_related("station__location")


def list_limits(settings: dict[AccessSetting, str]) -> Limits:
    """How many tokens a station can hold, and take at once."""
    entries = _number(settings.get(AccessSetting.LIST_ENTRIES, ""))
    return Limits(
        entries=DEFAULT_ENTRIES if entries is None else entries,
        per_message=_number(settings.get(AccessSetting.LIST_PER_MESSAGE, "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def operator_allows_autocharge(operator_id: UUID) -> bool:
    """The operator's own rule for stations that have none."""
    rows = AccessPolicy.objects.filter(operator_id=operator_id)
    return bool(rows.values_list("is_autocharge_allowed", flat=True).first())


def is_autocharge_allowed(*, station_id: UUID, operator_id: UUID) -> bool:
    """Whether vehicles may identify themselves by their MAC address at this station."""
    own = ChargingStation.objects.filter(pk=station_id).values_list("autocharge", flat=True).first()
    if own in (Autocharge.ON, Autocharge.OFF):
        return own == Autocharge.ON
    return operator_allows_autocharge(operator_id)
