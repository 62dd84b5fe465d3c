"""Sockets of stations as rows: who is connected, since when, in which epoch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chargers import live
from chargers.domain.quirks import STANDARD, Make, Quirks
from chargers.domain.station_keys import key_matches
from chargers.events import StationConnected, StationDisconnected
from chargers.models import ChargingStation, GatewayProcess, StationConnection
from chargers.services.quirks import resolve_make
from common.tenancy import system_scope
from events.outbox import publish

# A web process that has not beaten for this long has lost its sockets.
PROCESS_LOST_AFTER = timedelta(seconds=45)
_ADMIT_FIELDS = (
    "id",
    "operator_id",
    "key_hash",
    "is_enabled",
    "heartbeat_interval_seconds",
    "vendor",
    "model",
    "firmware_version",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a station showed at the handshake; `password` is raw bytes."""

    identity: str
    password: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedStation:
    """A station whose key was right."""

    station_id: UUID
    operator_id: UUID
    heartbeat_interval_seconds: int
    quirks: Quirks = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConnection:
    """`took_over`: an older connection of the same station was still open."""

    epoch: int
    took_over: bool


def admit(credentials: Credentials | None) -> AdmittedStation | None:
    """Check a handshake (OCPP security profiles 1 and 2). None: not admitted, whyever.

    Costs the same for an unknown identity and a wrong key: one query, one HMAC.
    """
    identity = credentials.identity if credentials else ""
    with system_scope("handshake: the identity is unique per installation"):
        row = ChargingStation.objects.filter(identity=identity).values(*_ADMIT_FIELDS).first()
    password = credentials.password if credentials else b""
    right = key_matches(
        password,
        stored_hash=row["key_hash"] if row else "",
        pepper=settings.CREDENTIAL_PEPPER,
    )
    if row is None or not right or not row["is_enabled"]:
        return None
    return AdmittedStation(
        station_id=row["id"],
        operator_id=row["operator_id"],
        heartbeat_interval_seconds=row["heartbeat_interval_seconds"],
        quirks=_quirks(row),
    )


def _quirks(row: Mapping[str, Any]) -> Quirks:
    """By what the station said at its last boot, or what staff typed in."""
    make = Make(row["vendor"], row["model"], row["firmware_version"])
    with system_scope("handshake: rules of the station's operator"):
        return resolve_make(operator_id=row["operator_id"], make=make).quirks


@transaction.atomic
def open_connection(
    *,
    station: AdmittedStation,
    protocol: str,
    remote_address: str,
    server: str,
    now: datetime,
) -> OpenedConnection:
    """Make this connection the station's current one; every earlier epoch is void from now on."""
    rows = ChargingStation.objects.filter(pk=station.station_id)
    before = rows.select_for_update().values("connection_epoch", "is_online").get()
    epoch = before["connection_epoch"] + 1
    rows.update(
        connection_epoch=epoch,
        is_online=True,
        connected_at=now,
        last_seen_at=now,
        protocol=protocol,
    )
    superseded = StationConnection.objects.filter(
        station_id=station.station_id, closed_at=None
    ).update(closed_at=now, close_reason="superseded by a newer connection")
    StationConnection.objects.create(
        operator_id=station.operator_id,
        station_id=station.station_id,
        epoch=epoch,
        protocol=protocol,
        remote_address=remote_address or None,
        server=server,
        opened_at=now,
    )
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
    StationConnection.objects.filter(station_id=station_id, epoch=epoch, closed_at=None).update(
        closed_at=now, close_code=code, close_reason=reason[:120]
    )
    went_offline = ChargingStation.objects.filter(
        pk=station_id, connection_epoch=epoch, is_online=True
    ).update(is_online=False, disconnected_at=now)
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


def unwelcome_stations() -> list[UUID]:
    """Stations that are connected though they are disabled (their disconnect was lost)."""
    with system_scope("gateway: sockets of every operator"):
        rows = ChargingStation.objects.filter(is_online=True, is_enabled=False)
        return list(rows.values_list("pk", flat=True))
