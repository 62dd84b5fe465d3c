"""OCPP 2.0.1 as a station speaks it: events out, orders in (see commands201)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chargers.simulator.charging201 import encode_limit, encode_needs, encode_plan
from chargers.simulator.commands import CommandDesk
from chargers.simulator.commands201 import HANDLERS, STORE_HANDLERS
from chargers.simulator.models import HardwareModel
from chargers.simulator.monitoring201 import HANDLERS as MONITOR_HANDLERS
from chargers.simulator.monitoring201 import notify_event
from chargers.simulator.monitors201 import MonitorBook
from chargers.simulator.neutral import (
    Authorize,
    Boot,
    Event,
    FirmwareProgress,
    Heartbeat,
    IdToken,
    Json,
    LimitNotified,
    Metered,
    NeedsNotified,
    PlanNotified,
    Raw,
    Reading,
    Reason,
    Reply,
    ReservationEnded,
    Status,
    StatusChanged,
    Tx,
    TxEnded,
    TxEvent,
    TxStarted,
    TxUpdated,
    UploadProgress,
    VendorData,
)
from chargers.simulator.signing import METHOD, wrapped
from chargers.simulator.variables201 import VariableStore
from chargers.simulator.wire import Call, CommandError, parse_instant, stamp

STATUSES = {
    Status.AVAILABLE: "Available",
    Status.RESERVED: "Reserved",
    Status.UNAVAILABLE: "Unavailable",
    Status.FAULTED: "Faulted",
}  # all others are Occupied
STATES = {
    Status.CHARGING: "Charging",
    Status.SUSPENDED_EV: "SuspendedEV",
    Status.SUSPENDED_EVSE: "SuspendedEVSE",
    Status.PREPARING: "EVConnected",
}
REASONS = {
    Reason.HARD_RESET: "ImmediateReset",
    Reason.SOFT_RESET: "ImmediateReset",
    Reason.UNLOCK_COMMAND: "Other",
}
PHASES = ("L1", "L2", "L3")


class Wire201:
    """State and codec of one OCPP 2.0.1 station."""

    subprotocol = "ocpp2.0.1"
    malformed_code = "FormatViolation"

    __slots__ = ("_events_sent", "_told", "hardware", "monitors", "serial", "variables")

    def __init__(self, hardware: HardwareModel, serial: str) -> None:
        self.hardware = hardware
        self.serial = serial
        self.variables = VariableStore()
        self.monitors = MonitorBook()
        self._told: dict[tuple[int, int], str] = {}
        self._events_sent = 0

    def forget(self) -> None:
        """Drop which states were told: after a reconnect all are told again."""
        self._told.clear()

    def reference_for(self, tx: Tx) -> str | None:
        """Name a new transaction ourselves."""
        return tx.local_id

    def encode(self, event: Event) -> tuple[Call, ...]:
        """Turn an event into messages of this version."""
        match event:
            case Boot():
                return (Call("BootNotification", self._boot(event)),)
            case StatusChanged():
                return tuple(self._status(event))
            case TxStarted() | TxUpdated() | TxEnded():
                return (Call("TransactionEvent", _transaction(event)),)
            case Raw():
                return (Call(event.action, event.payload),)
            case LimitNotified():
                return (Call(*encode_limit(event)),)
            case _:
                action, encode = _ENCODERS[type(event)]
                return (Call(action, encode(event)),)

    def _boot(self, event: Boot) -> Json:
        return {
            "reason": event.reason,
            "chargingStation": {
                "model": self.hardware.name,
                "vendorName": self.hardware.vendor,
                "serialNumber": self.serial,
                "firmwareVersion": event.firmware or self.hardware.firmware,
            },
        }

    def _status(self, event: StatusChanged) -> list[Call]:
        calls = []
        status = STATUSES.get(event.status, "Occupied")
        for connector in event.connectors:
            place = (event.evse, connector)
            if not event.forced and self._told.get(place) == status:
                continue
            was_faulted = self._told.get(place) == "Faulted"
            self._told[place] = status
            payload = {
                "timestamp": stamp(event.at),
                "connectorStatus": status,
                "evseId": event.evse,
                "connectorId": connector,
            }
            calls.append(Call("StatusNotification", payload))
            if event.fault or was_faulted:
                calls.append(Call("NotifyEvent", self._problem(event, connector)))
        return calls

    def _problem(self, event: StatusChanged, connector: int) -> Json:
        """Write the cause of a fault, or that it is gone (2.0.1 part 2, N07)."""
        detail: Json = {
            "eventId": self._next_event(),
            "timestamp": stamp(event.at),
            "trigger": "Alerting",
            "actualValue": "true" if event.fault else "false",
            "cleared": not event.fault,
            "eventNotificationType": "HardWiredNotification",
            "component": {
                "name": "Connector",
                "evse": {"id": event.evse, "connectorId": connector},
            },
            "variable": {"name": "Problem"},
        }
        if event.fault:
            detail["techCode"] = (event.vendor_code or event.fault)[:50]
            detail["techInfo"] = event.fault[:500]
        return {"generatedAt": stamp(event.at), "seqNo": 0, "eventData": [detail]}

    def read_reply(self, event: Event, payload: Json) -> Reply:
        """Take from an answer what the station needs."""
        match event:
            case Boot():
                status = str(payload["status"])
                interval = int(payload["interval"])
                return Reply(accepted=status == "Accepted", status=status, interval=interval)
            case Authorize():
                return _verdict(payload["idTokenInfo"])
            case TxStarted():
                if payload.get("idTokenInfo"):
                    return _verdict(payload["idTokenInfo"])
                return Reply()
            case Heartbeat():
                parse_instant(payload["currentTime"])
                return Reply()
            case _:
                return Reply(status=str(payload.get("status", "")))

    def noticed(self, desk: CommandDesk) -> list[Event]:
        """What monitors see now."""
        notices = list(self.monitors.look(self.variables, desk))
        if not notices:
            return []
        at = desk.model.device_time()
        return [Raw("NotifyEvent", notify_event(notices, at, self._next_event))]

    def next_due(self) -> datetime | None:
        """When a monitor reports by itself."""
        return self.monitors.next_due()

    def _next_event(self) -> int:
        self._events_sent += 1
        return self._events_sent

    def answer(self, action: str, payload: Json, desk: CommandDesk) -> Json:
        """Carry out an order."""
        if action in STORE_HANDLERS:
            answer = STORE_HANDLERS[action](payload, desk, self.variables)
            desk.send_soon(self.noticed(desk))
            return answer
        if action in MONITOR_HANDLERS:
            return MONITOR_HANDLERS[action](payload, desk, self.variables, self.monitors)
        handler = HANDLERS.get(action)
        if handler is None:
            raise CommandError("NotImplemented", f"{action} is not known here"[:255])
        return handler(payload, desk)


def _verdict(info: Json) -> Reply:
    status = str(info["status"])
    return Reply(accepted=status == "Accepted", status=status)


def _transaction(event: TxEvent) -> Json:
    state = "Idle" if event.state is None else STATES[event.state]
    info: Json = {"transactionId": event.tx.local_id, "chargingState": state}
    payload: Json = {
        "eventType": "Updated",
        "timestamp": stamp(event.at),
        "triggerReason": str(event.trigger),
        "seqNo": event.seq,
        "transactionInfo": info,
    }
    if event.offline:
        payload["offline"] = True
    if event.reading is not None:
        payload["meterValue"] = [_meter_value(event.reading)]
    if isinstance(event, TxStarted):
        payload |= _start_details(event)
        if event.remote_start_id is not None:
            info["remoteStartId"] = event.remote_start_id
    elif isinstance(event, TxEnded):
        payload |= _end_details(event)
        info["stoppedReason"] = REASONS.get(event.reason, str(event.reason))
    return payload


def _start_details(event: TxStarted) -> Json:
    details: Json = {
        "eventType": "Started",
        "evse": _evse(event.tx),
        "idToken": _id_token(event.tx.id_token),
    }
    if event.reservation_id is not None:
        details["reservationId"] = event.reservation_id
    return details


def _end_details(event: TxEnded) -> Json:
    details: Json = {"eventType": "Ended", "evse": _evse(event.tx)}
    if event.id_token is not None:
        details["idToken"] = _id_token(event.id_token)
    return details


def _evse(tx: Tx) -> Json:
    return {"id": tx.evse, "connectorId": tx.connector}


def _id_token(id_token: IdToken) -> Json:
    return {"idToken": id_token.value, "type": id_token.type}


def _authorize(event: Authorize) -> Json:
    return {"idToken": _id_token(event.id_token)}


def _heartbeat(_: Heartbeat) -> Json:
    return {}


def _vendor_data(event: VendorData) -> Json:
    payload: Json = {"vendorId": event.vendor}
    if event.message is not None:
        payload["messageId"] = event.message
    if event.data is not None:
        payload["data"] = event.data
    return payload


def _metered(event: Metered) -> Json:
    return {"evseId": event.evse, "meterValue": [_meter_value(event.reading)]}


def _progress(event: FirmwareProgress | UploadProgress) -> Json:
    payload: Json = {"status": event.status}
    if event.request_id is not None:
        payload["requestId"] = event.request_id
    return payload


def _reservation(event: ReservationEnded) -> Json:
    return {"reservationId": event.reservation_id, "reservationUpdateStatus": event.status}


def _meter_value(reading: Reading) -> Json:
    """Write a reading; this version knows no measurand for temperature."""
    context = str(reading.context)

    def sample(value: float, measurand: str, unit: str, **more: str) -> Json:
        return {
            "value": value,
            "context": context,
            "measurand": measurand,
            "unitOfMeasure": {"unit": unit},
            **more,
        }

    samples = [
        sample(reading.energy_wh, "Energy.Active.Import.Register", "Wh", location="Outlet"),
        sample(reading.power_w, "Power.Active.Import", "W"),
    ]
    if reading.signed is not None:
        samples[0]["signedMeterValue"] = {
            "signedMeterData": wrapped(reading.signed.document),
            "signingMethod": METHOD,
            "encodingMethod": "OCMF",
            "publicKey": wrapped(f"oca:base16:asn1:{reading.signed.public_key}"),
        }
    samples += [
        sample(amps, "Current.Import", "A", **_phase(n, reading.currents_a))
        for n, amps in enumerate(reading.currents_a)
    ]
    samples += [
        sample(volts, "Voltage", "V", **_phase(n, reading.voltages_v, "-N"))
        for n, volts in enumerate(reading.voltages_v)
    ]
    if reading.soc_percent is not None:
        samples.append(sample(reading.soc_percent, "SoC", "Percent", location="EV"))
    return {"timestamp": stamp(reading.at), "sampledValue": samples}


def _phase(index: int, values: tuple[float, ...], suffix: str = "") -> dict[str, str]:
    return {} if len(values) == 1 else {"phase": PHASES[index] + suffix}


_ENCODERS: dict[type, tuple[str, Callable[[Any], Json]]] = {
    Authorize: ("Authorize", _authorize),
    Heartbeat: ("Heartbeat", _heartbeat),
    VendorData: ("DataTransfer", _vendor_data),
    Metered: ("MeterValues", _metered),
    NeedsNotified: ("NotifyEVChargingNeeds", encode_needs),
    PlanNotified: ("NotifyEVChargingSchedule", encode_plan),
    ReservationEnded: ("ReservationStatusUpdate", _reservation),
    FirmwareProgress: ("FirmwareStatusNotification", _progress),
    UploadProgress: ("LogStatusNotification", _progress),
}
