"""What a station says, in OCPP 1.6 and in OCPP 2.0.1. Pure: time and ids are given."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Message = tuple[str, dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Session:
    """One charging session as its station knows it; energies are registers in Wh.

    Attributes:
        ref: transactionId on the wire.
        readings: how many have been taken; each finds one more Wh on the register.
        seq: next seqNo (2.0.1).
    """

    id_tag: str
    meter_start: int
    ref: int | str = ""
    readings: int = 0
    seq: int = 0

    @property
    def register(self) -> int:
        return self.meter_start + self.readings

    def facts(self, identity: str) -> dict[str, Any]:
        """What the checks want to know (`bench.checks.SessionRows`)."""
        return {
            "identity": identity,
            "ref": self.ref,
            "meter_start": self.meter_start,
            "readings": self.readings,
        }


class Dialect(Protocol):
    """One protocol version. Every message is made once and may be sent several times."""

    subprotocol: str

    def boot(self) -> Message: ...

    def status(self, now: datetime, status: str) -> Message: ...

    def heartbeat(self) -> Message: ...

    def authorize(self, id_tag: str) -> Message: ...

    def start(self, session: Session, now: datetime) -> Message: ...

    def started(self, session: Session, answer: dict[str, Any]) -> None:
        """Take the transaction id from the answer, where the server assigns it."""

    def reading(self, session: Session, now: datetime) -> Message:
        """The next reading: energy, power, current and state of charge."""

    def stop(self, session: Session, now: datetime) -> Message: ...


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def accepted(answer: dict[str, Any], field: str) -> bool:
    """Whether idTagInfo (1.6) or idTokenInfo (2.0.1) says Accepted."""
    return bool(answer.get(field, {}).get("status") == "Accepted")


class Ocpp16:
    subprotocol = "ocpp1.6"

    def boot(self) -> Message:
        return "BootNotification", {
            "chargePointVendor": "Benchworks",
            "chargePointModel": "Load 22",
            "firmwareVersion": "1.0.0",
        }

    def status(self, now: datetime, status: str) -> Message:
        payload = {"connectorId": 1, "errorCode": "NoError", "status": status}
        return "StatusNotification", {**payload, "timestamp": _stamp(now)}

    def heartbeat(self) -> Message:
        return "Heartbeat", {}

    def authorize(self, id_tag: str) -> Message:
        return "Authorize", {"idTag": id_tag}

    def start(self, session: Session, now: datetime) -> Message:
        return "StartTransaction", {
            "connectorId": 1,
            "idTag": session.id_tag,
            "meterStart": session.meter_start,
            "timestamp": _stamp(now),
        }

    def started(self, session: Session, answer: dict[str, Any]) -> None:
        assert accepted(answer, "idTagInfo"), answer
        session.ref = answer["transactionId"]

    def reading(self, session: Session, now: datetime) -> Message:
        session.readings += 1
        return "MeterValues", {
            "connectorId": 1,
            "transactionId": session.ref,
            "meterValue": [
                {
                    "timestamp": _stamp(now),
                    "sampledValue": [
                        _sample16(session.register, "Energy.Active.Import.Register", "Wh"),
                        _sample16(11_040, "Power.Active.Import", "W"),
                        _sample16("16.0", "Current.Import", "A"),
                        _sample16(20 + session.readings % 80, "SoC", "Percent"),
                    ],
                }
            ],
        }

    def stop(self, session: Session, now: datetime) -> Message:
        return "StopTransaction", {
            "transactionId": session.ref,
            "idTag": session.id_tag,
            "meterStop": session.register,
            "timestamp": _stamp(now),
            "reason": "Local",
        }


def _sample16(value: int | str, measurand: str, unit: str) -> dict[str, str]:
    return {"value": str(value), "measurand": measurand, "unit": unit}


class Ocpp201:
    subprotocol = "ocpp2.0.1"

    def boot(self) -> Message:
        station = {"model": "Load 22", "vendorName": "Benchworks", "firmwareVersion": "1.0.0"}
        return "BootNotification", {"reason": "PowerUp", "chargingStation": station}

    def status(self, now: datetime, status: str) -> Message:
        payload = {"evseId": 1, "connectorId": 1, "connectorStatus": status}
        return "StatusNotification", {**payload, "timestamp": _stamp(now)}

    def heartbeat(self) -> Message:
        return "Heartbeat", {}

    def authorize(self, id_tag: str) -> Message:
        return "Authorize", {"idToken": _token(id_tag)}

    def start(self, session: Session, now: datetime) -> Message:
        session.ref = str(uuid.uuid4())
        event = self._event(session, now, "Started", "Authorized", "Transaction.Begin")
        event["idToken"] = _token(session.id_tag)
        return "TransactionEvent", event

    def started(self, session: Session, answer: dict[str, Any]) -> None:  # noqa: ARG002
        assert accepted(answer, "idTokenInfo"), answer

    def reading(self, session: Session, now: datetime) -> Message:
        session.readings += 1
        trigger = "MeterValuePeriodic"
        event = self._event(session, now, "Updated", trigger, "Sample.Periodic")
        return "TransactionEvent", event

    def stop(self, session: Session, now: datetime) -> Message:
        event = self._event(session, now, "Ended", "StopAuthorized", "Transaction.End")
        event["transactionInfo"]["stoppedReason"] = "Local"
        event["idToken"] = _token(session.id_tag)
        return "TransactionEvent", event

    def _event(
        self, session: Session, now: datetime, kind: str, trigger: str, context: str
    ) -> dict[str, Any]:
        session.seq += 1
        return {
            "eventType": kind,
            "timestamp": _stamp(now),
            "triggerReason": trigger,
            "seqNo": session.seq - 1,
            "transactionInfo": {"transactionId": session.ref, "chargingState": "Charging"},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [
                {
                    "timestamp": _stamp(now),
                    "sampledValue": [
                        _sample201(
                            session.register, "Energy.Active.Import.Register", "Wh", context
                        ),
                        _sample201(11_040, "Power.Active.Import", "W", context),
                        _sample201(16.0, "Current.Import", "A", context),
                        _sample201(20 + session.readings % 80, "SoC", "Percent", context),
                    ],
                }
            ],
        }


def _token(id_tag: str) -> dict[str, str]:
    return {"idToken": id_tag, "type": "ISO14443"}


def _sample201(value: float, measurand: str, unit: str, context: str) -> dict[str, Any]:
    sample = {"value": value, "measurand": measurand, "context": context}
    return {**sample, "unitOfMeasure": {"unit": unit}}


DIALECTS: dict[str, Dialect] = {dialect.subprotocol: dialect for dialect in (Ocpp16(), Ocpp201())}
