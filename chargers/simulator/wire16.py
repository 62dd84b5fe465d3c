"""OCPP 1.6J as a station speaks it: events out, orders in (see commands16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chargers.simulator.commands import CommandDesk
from chargers.simulator.commands16 import HANDLERS
from chargers.simulator.keys16 import MAX_KEYS, READABLE, KeyStore
from chargers.simulator.models import HardwareModel
from chargers.simulator.neutral import (
    Authorize,
    Boot,
    Event,
    FirmwareProgress,
    Heartbeat,
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
    StatusChanged,
    Tx,
    TxEnded,
    TxStarted,
    TxUpdated,
    UploadProgress,
    VendorData,
)
from chargers.simulator.wire import Call, CommandError, parse_instant, stamp

ERROR_CODES = frozenset({
    "ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature",
    "InternalError", "LocalListConflict", "OtherError", "OverCurrentFailure", "OverVoltage",
    "PowerMeterFailure", "PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage",
    "WeakSignal",
})  # fmt: skip
REASONS = {Reason.GROUND_FAULT: "Other"}
PHASES = ("L1", "L2", "L3")
UNKNOWN_TX = -1  # what stations send when a start was never confirmed


class Wire16:
    """State and codec of one OCPP 1.6 station."""

    subprotocol = "ocpp1.6"
    malformed_code = "FormationViolation"

    __slots__ = ("hardware", "keys", "serial")

    def __init__(self, hardware: HardwareModel, serial: str) -> None:
        self.hardware = hardware
        self.serial = serial
        self.keys = KeyStore()

    def forget(self) -> None:
        """Keep nothing between connections."""

    def reference_for(self, tx: Tx) -> str | None:  # noqa: ARG002
        """Leave the naming to the CSMS."""
        return None

    def encode(  # noqa: PLR0911 - one return a kind of event
        self, event: Event
    ) -> tuple[Call, ...]:
        """Turn an event into messages of this version."""
        match event:
            case Boot():
                return (Call("BootNotification", self._boot(event)),)
            case TxUpdated(reading=None):
                return ()  # state changes travel as StatusNotification here
            case ReservationEnded():
                return ()  # only the connector's state tells
            case LimitNotified() | NeedsNotified() | PlanNotified():
                return ()  # this version has no words for it
            case Raw():
                return (Call(event.action, event.payload),)
            case FirmwareProgress(request_id=int()):
                return (Call("SignedFirmwareStatusNotification", _numbered(event)),)
            case UploadProgress(request_id=int()):
                return (Call("LogStatusNotification", _numbered(event)),)
            case _:
                action, encode = _ENCODERS[type(event)]
                return (Call(action, encode(event)),)

    def _boot(self, event: Boot) -> Json:
        return {
            "chargePointVendor": self.hardware.vendor,
            "chargePointModel": self.hardware.name,
            "chargePointSerialNumber": self.serial,
            "firmwareVersion": event.firmware or self.hardware.firmware,
            "meterType": "MID class B",
        }

    def read_reply(self, event: Event, payload: Json) -> Reply:
        """Take from an answer what the station needs."""
        match event:
            case Boot():
                status = str(payload["status"])
                return Reply(
                    accepted=status == "Accepted",
                    status=status,
                    interval=int(payload["interval"]),
                )
            case TxStarted():
                status = str(payload["idTagInfo"]["status"])
                reference = str(int(payload["transactionId"]))
                return Reply(status == "Accepted", status, tx_reference=reference)
            case Authorize():
                status = str(payload["idTagInfo"]["status"])
                return Reply(accepted=status == "Accepted", status=status)
            case Heartbeat():
                parse_instant(payload["currentTime"])
                return Reply()
            case _:
                return Reply(status=str(payload.get("status", "")))

    def noticed(self, _: CommandDesk) -> list[Event]:
        """Nothing: this version has no monitors."""
        return []

    def next_due(self) -> datetime | None:
        """Never."""
        return None

    def answer(self, action: str, payload: Json, desk: CommandDesk) -> Json:
        """Carry out an order."""
        if action == "GetConfiguration":
            return self._get_configuration(payload, desk)
        if action == "ChangeConfiguration":
            return {"status": self.keys.write(payload["key"], payload["value"], desk)}
        handler = HANDLERS.get(action)
        if handler is None:
            raise CommandError("NotImplemented", f"{action} is not known here"[:255])
        return handler(payload, desk)

    def _get_configuration(self, payload: Json, desk: CommandDesk) -> Json:
        wanted = payload.get("key") or list(READABLE)
        if len(payload.get("key") or ()) > MAX_KEYS:
            raise CommandError("PropertyConstraintViolation", f"more than {MAX_KEYS} keys")
        answer: Json = {
            "configurationKey": [
                {
                    "key": name,
                    "readonly": READABLE[name].readonly,
                    "value": self.keys.read(name, desk),
                }
                for name in wanted
                if name in READABLE
            ]
        }
        unknown = [name for name in wanted if name not in READABLE]
        if unknown:
            answer["unknownKey"] = unknown
        return answer


def _authorize(event: Authorize) -> Json:
    return {"idTag": event.id_token.value}


def _heartbeat(_: Heartbeat) -> Json:
    return {}


def _vendor_data(event: VendorData) -> Json:
    payload: Json = {"vendorId": event.vendor}
    if event.message is not None:
        payload["messageId"] = event.message
    if event.data is not None:
        payload["data"] = event.data
    return payload


def _status(event: StatusChanged) -> Json:
    payload: Json = {
        "connectorId": event.evse,
        "errorCode": "NoError",
        "status": str(event.status),
        "timestamp": stamp(event.at),
    }
    if event.fault:
        known = event.fault in ERROR_CODES
        payload["errorCode"] = event.fault if known else "OtherError"
        if not known:
            payload["info"] = event.fault[:50]
    if event.vendor_code:
        payload["vendorErrorCode"] = event.vendor_code[:50]
    return payload


def _started(event: TxStarted) -> Json:
    payload: Json = {
        "connectorId": event.tx.evse,
        "idTag": event.tx.id_token.value,
        "meterStart": event.tx.meter_start_wh,
        "timestamp": stamp(event.at),
    }
    if event.reservation_id is not None:
        payload["reservationId"] = event.reservation_id
    return payload


def _updated(event: TxUpdated) -> Json:
    values = [_meter_value(event.reading)] if event.reading else []
    return {
        "connectorId": event.tx.evse,
        "transactionId": _transaction_id(event.tx),
        "meterValue": values,
    }


def _ended(event: TxEnded) -> Json:
    payload: Json = {
        "transactionId": _transaction_id(event.tx),
        "meterStop": event.reading.energy_wh,
        "timestamp": stamp(event.at),
        "reason": REASONS.get(event.reason, str(event.reason)),
        "transactionData": _transaction_data(event),
    }
    if event.id_token is not None:
        payload["idTag"] = event.id_token.value
    return payload


def _transaction_data(event: TxEnded) -> list[Json]:
    """The last reading; with a signing meter the first, too, each with its signed twin."""
    begin = event.tx.begin
    first = [_meter_value(begin, energy_only=True)] if begin and begin.signed else []
    return [*first, _meter_value(event.reading, energy_only=True)]


def _metered(event: Metered) -> Json:
    return {"connectorId": event.evse, "meterValue": [_meter_value(event.reading)]}


def _progress(event: FirmwareProgress | UploadProgress) -> Json:
    return {"status": event.status}


def _numbered(event: FirmwareProgress | UploadProgress) -> Json:
    """Of the security extension: these name the request that they belong to."""
    return {"status": event.status, "requestId": event.request_id}


def _transaction_id(tx: Tx) -> int:
    return UNKNOWN_TX if tx.reference is None else int(tx.reference)


def _meter_value(reading: Reading, *, energy_only: bool = False) -> Json:
    context = str(reading.context)

    def sample(value: float, measurand: str, unit: str, **more: str) -> Json:
        return {
            "value": str(value),
            "context": context,
            "measurand": measurand,
            "unit": unit,
            **more,
        }

    samples = [sample(reading.energy_wh, "Energy.Active.Import.Register", "Wh", location="Outlet")]
    if not energy_only:
        samples.append(sample(reading.power_w, "Power.Active.Import", "W"))
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
        if reading.temperature_c is not None:
            samples.append(sample(reading.temperature_c, "Temperature", "Celsius", location="Body"))
    if reading.signed is not None:
        samples.append(
            {"value": reading.signed.document, "context": context, "format": "SignedData"}
        )
    return {"timestamp": stamp(reading.at), "sampledValue": samples}


def _phase(index: int, values: tuple[float, ...], suffix: str = "") -> dict[str, str]:
    return {} if len(values) == 1 else {"phase": PHASES[index] + suffix}


_ENCODERS: dict[type, tuple[str, Callable[[Any], Json]]] = {
    Authorize: ("Authorize", _authorize),
    Heartbeat: ("Heartbeat", _heartbeat),
    VendorData: ("DataTransfer", _vendor_data),
    StatusChanged: ("StatusNotification", _status),
    TxStarted: ("StartTransaction", _started),
    TxUpdated: ("MeterValues", _updated),
    TxEnded: ("StopTransaction", _ended),
    Metered: ("MeterValues", _metered),
    FirmwareProgress: ("FirmwareStatusNotification", _progress),
    UploadProgress: ("DiagnosticsStatusNotification", _progress),
}
