"""Sockets of stations as rows: who is connected, since when, in which epoch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, IntegerField, UUIDField

from chargers import live
from chargers.events import StationConnected, StationDisconnected
from chargers.models import (
    ChargingStation,
    GatewayProcess,
    ReplacedHardware,
    StationConnection,
)
from chargers.services.admission import AdmittedStation
from chargers.services.station_keys import confirm_pending_key
from chargers.services.take_overs import note_take_over
from common.prepared import (
    Param,
    Prepared,
    PreparedInsert,
    PreparedUpdate,
    save_fields,
    update_of,
)
from common.tenancy import system_scope
from events.outbox import publish

# A web process that has not beaten for this long has lost its sockets.
PROCESS_LOST_AFTER = timedelta(seconds=45)
SUPERSEDED = "superseded by a newer connection"
# Longer than any process may be cut off from the others without losing its sockets.
_REPLACED_LATELY = timedelta(days=1)

_STATION_ID = Param("station_id", UUIDField())
_EPOCH = Param("epoch", BigIntegerField())
_NOW = Param("now", DateTimeField())
_CURRENT = Prepared(
    lambda: (
        ChargingStation.objects.filter(pk=_STATION_ID)
        .select_for_update()
        .only("connection_epoch")
        .order_by()
    )
)
_GO_ONLINE = update_of(
    ChargingStation,
    "connection_epoch",
    "is_online",
    "connected_at",
    "last_seen_at",
    "protocol",
    "security_profile",
    "tls_version",
)
_SUPERSEDE = PreparedUpdate(
    lambda: StationConnection.objects.filter(station_id=_STATION_ID, closed_at=None),
    lambda: {"closed_at": _NOW, "close_reason": SUPERSEDED},
)
_OPEN = PreparedInsert(StationConnection)
_CLOSE = PreparedUpdate(
    lambda: StationConnection.objects.filter(station_id=_STATION_ID, epoch=_EPOCH, closed_at=None),
    lambda: {
        "closed_at": _NOW,
        "close_code": Param("code", IntegerField()),
        "close_reason": Param("reason", CharField()),
    },
)
_GO_OFFLINE = PreparedUpdate(
    lambda: ChargingStation.objects.filter(pk=_STATION_ID, connection_epoch=_EPOCH, is_online=True),
    lambda: {"is_online": False, "disconnected_at": _NOW},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConnection:
    """`took_over`: an older connection of the same station was still open."""

    epoch: int
    took_over: bool


@transaction.atomic
def open_connection(
    *,
    station: AdmittedStation,
    protocol: str,
    remote_address: str,
    server: str,
    now: datetime,
    tls_version: str = "",
) -> OpenedConnection:
    """Make this connection the station's current one; every earlier epoch is void from now on.

    A station that came with its new key has it from now on; the old one opens nothing more.
    """
    (row,) = _CURRENT.all(station_id=station.station_id)
    epoch = row.connection_epoch = row.connection_epoch + 1
    row.is_online, row.connected_at, row.last_seen_at = True, now, now
    row.protocol, row.security_profile, row.tls_version = protocol, station.profile, tls_version
    save_fields(_GO_ONLINE, row)
    superseded = _SUPERSEDE.run(station_id=station.station_id, now=now)
    _OPEN.run(
        StationConnection(
            operator_id=station.operator_id,
            station_id=station.station_id,
            epoch=epoch,
            protocol=protocol,
            security_profile=station.profile,
            tls_version=tls_version,
            took_over=superseded > 0,
            remote_address=remote_address or None,
            server=server,
            opened_at=now,
        )
    )
    if station.pending_key_hash:
        confirm_pending_key(station=station, now=now)
    if superseded:
        note_take_over(station=station, now=now)
    publish(
        StationConnected(
            operator_id=station.operator_id,
            subject_id=station.station_id,
            epoch=epoch,
            protocol=protocol,
            took_over=superseded > 0,
        ),
        now=now,
    )
    return OpenedConnection(epoch=epoch, took_over=superseded > 0)


@transaction.atomic
def close_connection(
    *,
    station_id: UUID,
    operator_id: UUID,
    epoch: int,
    code: int | None,
    reason: str,
    now: datetime,
) -> bool:
    """Note that a socket is gone. Only the current epoch takes the station offline.

    Returns whether the station went offline; False for a late close of an old connection.
    """
    _CLOSE.run(station_id=station_id, epoch=epoch, now=now, code=code, reason=reason[:120])
    went_offline = _GO_OFFLINE.run(station_id=station_id, epoch=epoch, now=now)
    if went_offline:
        live.touch(operator_id=operator_id, station_ids=[station_id])
        publish(
            StationDisconnected(
                operator_id=operator_id, subject_id=station_id, epoch=epoch, reason=reason[:120]
            ),
            now=now,
        )
    return bool(went_offline)


def mark_seen(*, station_ids: Collection[UUID], now: datetime) -> None:
    """Any inbound frame is a sign of life."""
    ChargingStation.objects.filter(pk__in=station_ids).update(last_seen_at=now)


def beat(*, server: str, now: datetime) -> bool:
    """This web process is alive.

    Returns False when nobody knew of it: it is new, or was taken for lost meanwhile.
    """
    _, is_new = GatewayProcess.objects.update_or_create(
        name=server,
        defaults={"heartbeat_at": now},
        create_defaults={"heartbeat_at": now, "started_at": now},
    )
    return not is_new


@transaction.atomic
def reopen_connections(*, held: Mapping[UUID, int], now: datetime) -> int:
    """Take back what was closed for a web process that was taken for lost but is not.

    That happens when it stood still, or when the database was away for longer than a process may
    be silent.

    Args:
        held: the epoch of each station whose socket the process holds.

    Returns how many stations are online again; those in a newer epoch stay as they are.
    """
    with system_scope("gateway: sockets of every operator"):
        offline = ChargingStation.objects.filter(pk__in=list(held), is_online=False)
        rows = offline.values("id", "operator_id", "connection_epoch", "protocol")
        closed = [row for row in rows if row["connection_epoch"] == held[row["id"]]]
        for row in closed:
            _reopen(row, now)
    return len(closed)


def _reopen(row: Mapping[str, Any], now: datetime) -> None:
    epoch = row["connection_epoch"]
    ChargingStation.objects.filter(pk=row["id"]).update(is_online=True)
    StationConnection.objects.filter(station_id=row["id"], epoch=epoch).update(
        closed_at=None, close_code=None, close_reason=""
    )
    publish(
        StationConnected(
            operator_id=row["operator_id"],
            subject_id=row["id"],
            epoch=epoch,
            protocol=row["protocol"],
        ),
        now=now,
    )


@transaction.atomic
def close_connections_of(*, server: str, reason: str, now: datetime) -> int:
    """Take every station offline whose socket this process held. Returns how many."""
    open_rows = StationConnection.objects.filter(server=server, closed_at=None)
    closed = 0
    for row in open_rows.values("station_id", "operator_id", "epoch"):
        closed += close_connection(**row, code=None, reason=reason, now=now)
    GatewayProcess.objects.filter(name=server).delete()
    return closed


def sweep_lost_processes(*, now: datetime) -> int:
    """Close the connections of web processes that died without saying so. Returns how many."""
    with system_scope("sweep: web processes serve every operator"):
        alive = GatewayProcess.objects.filter(heartbeat_at__gte=now - PROCESS_LOST_AFTER)
        orphaned = (
            StationConnection.objects.filter(closed_at=None)
            .exclude(server__in=alive.values("name"))
            .filter(opened_at__lt=now - PROCESS_LOST_AFTER)
        )
        servers = list(orphaned.values_list("server", flat=True).distinct())
        closed = sum(
            close_connections_of(server=server, reason="web process lost", now=now)
            for server in servers
        )
        GatewayProcess.objects.filter(heartbeat_at__lt=now - PROCESS_LOST_AFTER).delete()
        return closed


def unwelcome_stations(*, held: Mapping[UUID, int], now: datetime) -> list[UUID]:
    """Stations whose socket must go although its disconnect was lost.

    They are disabled, or their hardware was replaced: the old machine speaks in an older epoch.

    Args:
        held: the epoch of each station whose socket the process holds.
    """
    with system_scope("gateway: sockets of every operator"):
        rows = ChargingStation.objects.filter(is_online=True, is_enabled=False)
        disabled = list(rows.values_list("pk", flat=True))
        lately = ReplacedHardware.objects.filter(used_until__gte=now - _REPLACED_LATELY)
        replaced = lately.values_list("station_id", "station__connection_epoch").distinct()
        return disabled + [key for key, epoch in replaced if held.get(key, epoch) < epoch]
