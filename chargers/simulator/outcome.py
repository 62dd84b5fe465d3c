"""Verdicts on orders and topics to report, in words that all versions share."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Verdict on an order; the words are common to all versions."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"
    UNKNOWN = "Unknown"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    UNAVAILABLE = "Unavailable"
    FAILED = "Failed"
    NOT_SUPPORTED = "NotSupported"
    VERSION_MISMATCH = "VersionMismatch"
    NOT_IMPLEMENTED = "NotImplemented"
    UNLOCKED = "Unlocked"
    ONGOING = "OngoingAuthorizedTransaction"


class Topic(StrEnum):
    """What a station can be asked to report at once."""

    BOOT = "boot"
    HEARTBEAT = "heartbeat"
    STATUS = "status"
    METER = "meter"
    FIRMWARE = "firmware"
    UPLOAD = "upload"
    TRANSACTION = "transaction"
