"""B09. The version and the transport are what this connection speaks already."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetNetworkProfile
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetNetworkProfile) -> Payload:
    data: Payload = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": command.url,
        "messageTimeout": command.message_timeout_seconds,
        "securityProfile": command.security_profile,
        "ocppInterface": command.interface,
    }
    if command.apn:
        data["apn"] = _apn(command)
    return {"configurationSlot": command.slot, "connectionData": data}


def _apn(command: SetNetworkProfile) -> Payload:
    apn: Payload = {"apn": command.apn, "apnAuthentication": command.apn_authentication}
    if command.apn_user:
        apn["apnUserName"] = command.apn_user
    if command.apn_password:
        apn["apnPassword"] = command.apn_password
    return apn


def decode_outcome(_command: SetNetworkProfile, payload: Payload) -> Outcome:
    return by_status(payload)
