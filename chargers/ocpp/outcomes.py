"""Stations' answers to commands, in neutral words: one table for all versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.ocpp.fields import Payload, text

MAX_RAW_STATUS = 50

_STATUS = {
    "Accepted": OutcomeStatus.ACCEPTED,
    "AcceptedCanceled": OutcomeStatus.ACCEPTED,
    "Unlocked": OutcomeStatus.ACCEPTED,
    "EmptyResultSet": OutcomeStatus.ACCEPTED,
    "NoProfiles": OutcomeStatus.ACCEPTED,
    "Scheduled": OutcomeStatus.SCHEDULED,
    "RebootRequired": OutcomeStatus.SCHEDULED,
    "Rejected": OutcomeStatus.REJECTED,
    "UnlockFailed": OutcomeStatus.REJECTED,
    "Faulted": OutcomeStatus.REJECTED,
    "Occupied": OutcomeStatus.REJECTED,
    "Unavailable": OutcomeStatus.REJECTED,
    "OngoingAuthorizedTransaction": OutcomeStatus.REJECTED,
    "NoProfile": OutcomeStatus.REJECTED,
    "Unknown": OutcomeStatus.REJECTED,
    "UnknownConnector": OutcomeStatus.REJECTED,
    "UnknownComponent": OutcomeStatus.REJECTED,
    "UnknownVariable": OutcomeStatus.REJECTED,
    "Duplicate": OutcomeStatus.REJECTED,
    "UnsupportedMonitorType": OutcomeStatus.NOT_SUPPORTED,
    "UnknownMessageId": OutcomeStatus.REJECTED,
    "UnknownVendorId": OutcomeStatus.REJECTED,
    "InvalidCertificate": OutcomeStatus.REJECTED,
    "RevokedCertificate": OutcomeStatus.REJECTED,
    "Invalid": OutcomeStatus.REJECTED,
    "UnknownTransaction": OutcomeStatus.REJECTED,
    "TxNotFound": OutcomeStatus.REJECTED,
    "TooManyElements": OutcomeStatus.REJECTED,
    "ConditionNotSupported": OutcomeStatus.REJECTED,
    "DuplicateTariffId": OutcomeStatus.REJECTED,
    "NoCurrencyChange": OutcomeStatus.REJECTED,
    "NotSupportedMessageFormat": OutcomeStatus.REJECTED,
    "NotSupportedPriority": OutcomeStatus.REJECTED,
    "NotSupportedState": OutcomeStatus.REJECTED,
    "LanguageNotSupported": OutcomeStatus.REJECTED,
    "NotSupported": OutcomeStatus.NOT_SUPPORTED,
    "NotImplemented": OutcomeStatus.NOT_SUPPORTED,
    "NotSupportedAttributeType": OutcomeStatus.NOT_SUPPORTED,
}
_NOT_SUPPORTED_ERRORS = frozenset({"NotImplemented", "NotSupported", "MessageTypeNotSupported"})


def status_of(word: str) -> OutcomeStatus:
    """A word that no version knows counts as failed; the raw word is kept beside it (Q19)."""
    return _STATUS.get(word, OutcomeStatus.FAILED)


def by_status(payload: Payload, detail: dict[str, Any] | None = None) -> Outcome:
    """The usual answer: one `status`, in 2.x with a `statusInfo`."""
    word = text(payload, "status", MAX_RAW_STATUS)
    info = payload.get("statusInfo")
    found = dict(detail or {})
    if isinstance(info, dict):
        found["status_info"] = {
            "reason_code": text(info, "reasonCode"),
            "additional_info": text(info, "additionalInfo", 512),
        }
    return Outcome(status=status_of(word), raw_status=word, detail=found)


def by_status_or_absent(payload: Payload, detail: dict[str, Any] | None = None) -> Outcome:
    """As `by_status`; NotFound is as good as Accepted: there is nothing (any more)."""
    outcome = by_status(payload, detail)
    if outcome.raw_status != "NotFound":
        return outcome
    return replace(outcome, status=OutcomeStatus.ACCEPTED)


def accepted(detail: dict[str, Any]) -> Outcome:
    return Outcome(status=OutcomeStatus.ACCEPTED, detail=detail)


def list_version(payload: Payload, name: str) -> Outcome:
    """The version of a local list, as `version` of the detail."""
    version = payload.get(name)
    if type(version) is not int:
        return Outcome(status=OutcomeStatus.FAILED)
    return accepted({"version": version})


def any_answer(payload: Payload) -> Outcome:
    """The answer to a call we know nothing of: its `status` when it has one, all of it as detail."""
    if isinstance(payload.get("status"), str):
        return by_status({"status": payload["status"]}, {"answer": payload})
    return accepted({"answer": payload})


def by_error(code: str, description: str) -> Outcome:
    """A CALLERROR; both spellings of every code are taken as they are (Q29)."""
    unsupported = code in _NOT_SUPPORTED_ERRORS
    status = OutcomeStatus.NOT_SUPPORTED if unsupported else OutcomeStatus.FAILED
    detail = {"description": description[:255]} if description else {}
    return Outcome(status=status, raw_status=code[:MAX_RAW_STATUS], detail=detail)
