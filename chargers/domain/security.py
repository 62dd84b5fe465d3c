"""Security profiles, what may be wrong with a handshake, security events. Pure.

OCPP security profiles (2.0.1 part 2 A00; 1.6 security whitepaper): 1 is a password without TLS,
2 a password over TLS, 3 a client certificate over TLS. 0 means no authentication at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class SecurityProfile(IntEnum):
    NONE = 0
    BASIC = 1
    TLS = 2
    CERTIFICATE = 3


class HandshakeFault(StrEnum):
    """Why an upgrade was refused. The station is never told: it sees one answer for all."""

    NO_CREDENTIALS = "no_credentials"
    WRONG_USER = "wrong_user"
    WRONG_KEY = "wrong_key"
    WRONG_CERTIFICATE = "wrong_certificate"
    PROFILE_TOO_LOW = "profile_too_low"
    DISABLED = "disabled"
    NO_SUBPROTOCOL = "no_subprotocol"
    NO_UPGRADE = "no_upgrade"
    RECONNECT_LOOP = "reconnect_loop"
    HELD_DOWN = "held_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a station showed, as far as it was checked.

    Attributes:
        has_header: an `Authorization` header came, readable or not.
        user_is_right: the Basic user name is the identity.
        key_is_right: the password is the station's current or its pending key.
        is_tls: the connection came by TLS, up to us or to a proxy that we trust.
        certificate_is_right: a client certificate of this station, valid now.
        certificate_is_foreign: a client certificate of another station.
    """

    has_header: bool
    user_is_right: bool
    key_is_right: bool
    is_tls: bool
    certificate_is_right: bool = False
    certificate_is_foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a station has to show."""

    is_enabled: bool
    minimum: int
    allow_unauthenticated_until: datetime | None


def judge(evidence: Evidence, demand: Demand, *, now: datetime) -> SecurityProfile | HandshakeFault:
    """The security profile of an admitted connection, or why it is refused (A00, A05)."""
    profile = _profile_shown(evidence)
    if not demand.is_enabled:
        return HandshakeFault.DISABLED
    if isinstance(profile, HandshakeFault):
        return profile
    if profile == SecurityProfile.NONE:
        until = demand.allow_unauthenticated_until
        is_open = until is not None and now < until and demand.minimum <= SecurityProfile.BASIC
        return SecurityProfile.NONE if is_open else HandshakeFault.NO_CREDENTIALS
    return profile if profile >= demand.minimum else HandshakeFault.PROFILE_TOO_LOW


def _profile_shown(evidence: Evidence) -> SecurityProfile | HandshakeFault:
    if evidence.certificate_is_foreign:
        return HandshakeFault.WRONG_CERTIFICATE
    if evidence.certificate_is_right and evidence.is_tls:
        return SecurityProfile.CERTIFICATE
    if not evidence.has_header:
        return SecurityProfile.NONE
    # A header is checked even where none is asked for: a wrong one is somebody's mistake.
    if not evidence.user_is_right:
        return HandshakeFault.WRONG_USER
    if not evidence.key_is_right:
        return HandshakeFault.WRONG_KEY
    return SecurityProfile.TLS if evidence.is_tls else SecurityProfile.BASIC


# Take-overs -------------------------------------------------------------------------------------

TAKE_OVERS_WITHIN = timedelta(minutes=5)
MAX_TAKE_OVERS = 3
HOLD_DOWN = timedelta(minutes=10)
RETRY_AFTER_SECONDS = 60


def is_contested(take_overs: int, addresses: list[str]) -> bool:
    """Whether two parties seem to fight for one identity.

    Args:
        take_overs: of the last five minutes, this one included.
        addresses: of the connections that were taken over and took over, newest first.
    """
    if take_overs > MAX_TAKE_OVERS:
        return True
    # A, B, A: one party coming back with a new address is no fight, two that alternate are.
    last = [address for address in addresses[:3] if address]
    return len(last) == 3 and last[0] == last[2] != last[1]


# Security events --------------------------------------------------------------------------------

# Of the station (OCPP 2.0.1 part 2 appendix 1, 1.6 security whitepaper 5.3): those it calls
# critical. The other ones are stored, and never alarm.
CRITICAL = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
        "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed",
    }
)
# Critical by the standard, and yet what a healthy station reports every week.
ROUTINE = frozenset({"FirmwareUpdated", "SettingSystemTime", "StartupOfTheDevice", "ResetOrReboot"})


class Noticed(StrEnum):
    """Security events that we notice ourselves, beside those that stations report."""

    TAKE_OVER = "ConnectionTakenOver"
    CONTESTED = "ConnectionContested"
    RECONNECT_LOOP = "ReconnectLoop"
    KEY_GUESSING = "KeyGuessing"
    FOREIGN_TRANSACTION = "ForeignTransactionReferenced"


ALARMING = frozenset({Noticed.CONTESTED, Noticed.RECONNECT_LOOP, Noticed.KEY_GUESSING})


def is_critical(event_type: str) -> bool:
    return event_type in CRITICAL or event_type in ALARMING


def needs_attention(event_type: str) -> bool:
    """Whether a person should look at it now."""
    return is_critical(event_type) and event_type not in ROUTINE
