"""StatusInfoType, in answers of ours that refuse."""

from __future__ import annotations

from chargers.ocpp.fields import Payload


def status_info(reason_code: str, additional_info: str = "") -> Payload:
    """`statusInfo` of an answer; nothing without a code (at most 20 characters)."""
    if not reason_code:
        return {}
    info = {"reasonCode": reason_code[:20]}
    if additional_info:
        info["additionalInfo"] = additional_info[:512]
    return {"statusInfo": info}
