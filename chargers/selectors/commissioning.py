"""How far a station is on its way into service: read from what it did, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chargers.domain.clocks import EPOCH
from chargers.domain.commands import RequestStartTransaction, TriggerMessage
from chargers.domain.commissioning import checklist
from chargers.domain.commissioning.connecting import looks_alike
from chargers.domain.commissioning.facts import (
    Asked,
    Charged,
    Check,
    Clocked,
    Facts,
    Metered,
    PlugFact,
    Refusal,
    Stranger,
)
from chargers.domain.security import HandshakeFault
from chargers.domain.vocabulary import RequestedMessage
from chargers.models import (
    ChargingStation,
    Commissioning,
    FailedHandshake,
    MeterValue,
    OcppFrame,
    ReplacedHardware,
    StationCommand,
    Transaction,
    UnknownHandshake,
)
from chargers.ocpp.told import CLOCKED_ACTIONS, told_at

_FRAMES = 200
_CLOCKS = 5
_SESSIONS = 20
_READINGS = 5
_COMMANDS = 30
_STRANGERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The list of a station now, and the run that it belongs to.

    Attributes:
        run: the open one, else the latest; None for a station that nobody has begun with.
    """

    facts: Facts
    checks: tuple[Check, ...]
    run: Commissioning | None

    @property
    def open_count(self) -> int:
        return sum(not check.state.is_settled for check in self.checks)

    @property
    def finished(self) -> Commissioning | None:
        return self.run if self.run is not None and self.run.finished_at else None


def progress_of(station: ChargingStation, *, now: datetime) -> Progress:
    """The list of a station whose parts are loaded (`stations_with_parts`).

    Eleven queries at most, each along an index and bounded.
    """
    run = latest_run(station.pk)
    facts = _facts(station, run)
    return Progress(facts=facts, checks=checklist(facts, now=now), run=run)


def latest_run(station_id: UUID) -> Commissioning | None:
    """The open run, or the one that was finished last."""
    rows = Commissioning.objects.filter(station_id=station_id)
    return rows.select_related("finished_by", "finished_by_key").order_by("-id").first()


def _facts(station: ChargingStation, run: Commissioning | None) -> Facts:
    since = _since(station)
    sessions = _sessions(station, since)
    idle = _idle_readings(station, since)
    asked = _commands(station, since)
    return Facts(
        identity=station.identity,
        since=since,
        is_enabled=station.is_enabled,
        is_online=station.is_online,
        connected_at=station.connected_at,
        disconnected_at=station.disconnected_at,
        protocol=station.get_protocol_display() if station.protocol else "",
        profile=station.security_profile,
        min_profile=station.min_security_profile,
        refusals=() if station.is_online else _refusals(station, since),
        strangers=() if station.connected_at else _strangers(station, since),
        planned_vendor=run.vendor if run else "",
        planned_model=run.model if run else "",
        planned_evses=run.evses if run else 0,
        vendor=station.vendor,
        model=station.model,
        firmware=station.firmware_version,
        booted_at=station.booted_at,
        registration=station.registration_status,
        plugs=_plugs(station),
        clocks=_clocks(station, since, sessions, idle),
        metered=_metered(sessions, idle),
        meter_asked=_asked(asked, TriggerMessage.kind, RequestedMessage.METER_VALUES),
        charges=[_charged(session) for session in sessions],
        start_asked=_asked(asked, RequestStartTransaction.kind),
    )


def _since(station: ChargingStation) -> datetime:
    """When its present hardware came."""
    replaced = ReplacedHardware.objects.filter(station=station)
    latest: datetime | None = (
        replaced.order_by("-used_until").values_list("used_until", flat=True).first()
    )
    return latest or station.created_at


def _refusals(station: ChargingStation, since: datetime) -> list[Refusal]:
    after = max(since, station.connected_at) if station.connected_at else since
    rows = FailedHandshake.objects.filter(station=station, last_at__gte=after)
    return [
        Refusal(
            fault=HandshakeFault(row.fault),
            count=row.count,
            last_at=row.last_at,
            address=row.last_address or "",
        )
        for row in rows.order_by("-last_at", "-id")
    ]


def _strangers(station: ChargingStation, since: datetime) -> list[Stranger]:
    """Refused identities that nobody has and that are this one but for a slip of the finger."""
    rows = UnknownHandshake.objects.filter(last_at__gte=since).order_by("-last_at", "-pk")
    latest = rows.values_list("identity", "last_at")[:_STRANGERS]
    return [
        Stranger(identity=identity, last_at=last_at)
        for identity, last_at in latest
        if looks_alike(station.identity, identity)
    ]


def _plugs(station: ChargingStation) -> list[PlugFact]:
    return [
        PlugFact(
            evse=evse.number,
            number=connector.number,
            type=connector.get_type_display(),
            status=connector.status if connector.status_at else "",
            error=" ".join(filter(None, (connector.error_code, connector.vendor_error_code))),
            reported_at=connector.status_at,
        )
        for evse in station.evses.all()
        for connector in evse.connectors.all()
    ]


def _sessions(station: ChargingStation, since: datetime) -> list[Transaction]:
    rows = Transaction.objects.filter(station=station, started_received_at__gte=since)
    return list(rows.select_related("evse").order_by("-started_at")[:_SESSIONS])


def _idle_readings(station: ChargingStation, since: datetime) -> list[MeterValue]:
    """Readings outside of sessions, the newest first."""
    rows = MeterValue.objects.filter(station=station, transaction=None).order_by("-id")
    return [row for row in rows[:_READINGS] if row.received_at >= since]


def _commands(station: ChargingStation, since: datetime) -> list[StationCommand]:
    rows = StationCommand.objects.filter(station=station, requested_at__gte=since)
    return list(rows.order_by("-id")[:_COMMANDS])


def _asked(rows: Iterable[StationCommand], kind: str, message: str = "") -> Asked | None:
    """How the latest request of a kind went."""
    for row in rows:
        told = row.arguments.get("requested_message", "")
        if row.kind == kind and message in ("", told):
            reason: Any = row.result.get("reason", "")
            return Asked(
                state=row.status,
                raw_status=row.raw_status,
                reason=str(reason)[:120],
                at=row.finished_at or row.requested_at,
            )
    return None


def _charged(session: Transaction) -> Charged:
    return Charged(
        evse=session.evse.number if session.evse else None,
        started_at=session.started_at,
        is_active=session.is_active,
        energy_wh=session.energy_wh,
        ended_at=session.ended_at,
    )


def _metered(sessions: Sequence[Transaction], idle: Sequence[MeterValue]) -> Metered | None:
    """The newest reading; one with energy rather than one without."""
    found = [
        Metered(
            at=row.received_at,
            evse=row.evse_number,
            energy_wh=row.energy_wh,
            power_w=row.power_w,
        )
        for row in idle
    ]
    found += [one for one in map(_session_reading, sessions) if one is not None]
    return max(found, key=lambda one: (one.energy_wh is not None, one.at), default=None)


def _session_reading(session: Transaction) -> Metered | None:
    energy = session.meter_stop_wh if session.meter_stop_wh is not None else session.last_energy_wh
    energy = energy if energy is not None else session.meter_start_wh
    if energy is None and session.last_reading_at is None:
        return None
    return Metered(
        at=session.last_reading_at or session.started_at,
        evse=session.evse.number if session.evse else 0,
        energy_wh=energy,
        power_w=session.power_w,
    )


def _clocks(
    station: ChargingStation,
    since: datetime,
    sessions: Sequence[Transaction],
    idle: Sequence[MeterValue],
) -> list[Clocked]:
    """The station's time beside ours in its newest messages that tell it."""
    pairs = [(row.device_at, row.received_at) for row in idle]
    for session in sessions:
        pairs += [
            (device, received)
            for device, received in (
                (session.started_device_at, session.started_received_at),
                (session.ended_device_at, session.ended_received_at),
            )
            if device and received
        ]
    pairs += _logged(station, since)
    seen = [
        Clocked(device_at=device, received_at=received)
        for device, received in pairs
        if device != EPOCH
    ]
    return sorted(seen, key=lambda one: one.received_at, reverse=True)[:_CLOCKS]


def _logged(station: ChargingStation, since: datetime) -> list[tuple[datetime, datetime]]:
    frames = OcppFrame.objects.filter(station=station, direction=OcppFrame.Direction.FROM_STATION)
    latest = frames.order_by("-id").values_list("id", "action")[:_FRAMES]
    clocked = [key for key, action in latest if action in CLOCKED_ACTIONS][:_CLOCKS]
    rows = OcppFrame.objects.filter(pk__in=clocked, at__gte=since).values_list("at", "raw")
    told = [(told_at(raw), at) for at, raw in rows]
    return [(device, at) for device, at in told if device is not None]
