"""Who may open a socket: the handshake, checked against the station's row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import CharField

from chargers.domain.quirks import STANDARD, Make, Quirks
from chargers.domain.security import Demand, Evidence, HandshakeFault, SecurityProfile, judge
from chargers.domain.station_keys import find_matching
from chargers.models import ChargingStation
from chargers.services.certificates.client import find_client_certificate
from chargers.services.quirks import resolve_make, rules_read_once
from common.prepared import Param, Prepared
from common.tenancy import system_scope

_FIELDS = (
    "id",
    "identity",
    "operator_id",
    "key_hash",
    "pending_key_hash",
    "is_enabled",
    "heartbeat_interval_seconds",
    "min_security_profile",
    "allow_unauthenticated_until",
    "assumed_protocol",
    "is_online",
    "last_seen_at",
    "held_down_until",
    "vendor",
    "model",
    "firmware_version",
)
_BY_IDENTITY = Prepared(
    lambda: (
        ChargingStation.objects.filter(identity=Param("identity", CharField()))
        .order_by()
        .values(*_FIELDS)
    )
)
# A station that has said something within its heartbeat and this is taken for alive.
_GRACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a station showed at the handshake.

    Attributes:
        password: raw bytes of the Basic password; None without a usable header.
        has_header: there was an `Authorization` header.
        user_matches: its user name is the identity.
        certificate: DER of the client certificate that the TLS layer has verified, or empty.
    """

    identity: str
    password: bytes | None = field(default=None, repr=False)
    has_header: bool = True
    user_matches: bool = True
    is_tls: bool = False
    certificate: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedStation:
    """A station that may connect.

    Attributes:
        profile: what it has shown.
        pending_key_hash: of the new key, when it came with that one for the first time.
        assumed_protocol: what it speaks when it offers nothing, as staff said; empty: ask the
            quirks of its make.
        is_held_down: its connection is fought for: newcomers only if the present one is dead.
        seems_alive: by our rows, its present connection lives.
    """

    station_id: UUID
    operator_id: UUID
    heartbeat_interval_seconds: int
    quirks: Quirks = STANDARD
    profile: SecurityProfile = SecurityProfile.BASIC
    pending_key_hash: str = field(default="", repr=False)
    assumed_protocol: str = ""
    is_held_down: bool = False
    seems_alive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedHandshake:
    """For our own books; the peer gets the same answer whatever it is.

    `station_id` and `operator_id` are None when nobody has this identity.
    """

    fault: HandshakeFault
    station_id: UUID | None = None
    operator_id: UUID | None = None


Verdict = AdmittedStation | RefusedHandshake


def admit(credentials: Credentials, *, now: datetime) -> Verdict:
    """Check one handshake; see `admit_all`."""
    return admit_all([credentials], now=now)[0]


def admit_all(waiting: Sequence[Credentials], *, now: datetime) -> list[Verdict]:
    """Check handshakes (OCPP security profiles 0 to 3; 2.0.1 A00). Verdicts in order.

    One query for all of them, one for each operator whose stations are let in, and in the ordinary
    case one HMAC each; a query more where a client certificate was shown. Costs the same for an
    unknown identity and a wrong key.
    """
    with rules_read_once():
        rows = _rows_of({credentials.identity for credentials in waiting})
        return [_judged(shown, rows.get(shown.identity), now) for shown in waiting]


def _rows_of(identities: Collection[str]) -> dict[str, dict[str, Any]]:
    with system_scope("handshake: the identity is unique per installation"):
        if len(identities) == 1:
            found = _BY_IDENTITY.all(identity=next(iter(identities)))
        else:
            stations = ChargingStation.objects.filter(identity__in=identities)
            found = list(stations.order_by().values(*_FIELDS))
    return {row["identity"]: row for row in found}


def _judged(credentials: Credentials, row: dict[str, Any] | None, now: datetime) -> Verdict:
    matched = find_matching(
        credentials.password or b"",
        stored_hashes=(row["key_hash"], row["pending_key_hash"]) if row else (),
        pepper=settings.CREDENTIAL_PEPPER,
    )
    owner = _owner_of(credentials.certificate, now)
    if row is None:
        return RefusedHandshake(fault=_fault_of_stranger(credentials))
    evidence = Evidence(
        has_header=credentials.has_header,
        user_is_right=credentials.user_matches,
        key_is_right=credentials.password is not None and bool(matched),
        is_tls=credentials.is_tls,
        certificate_is_right=owner == row["id"],
        certificate_is_foreign=owner not in (None, row["id"]),
    )
    verdict = judge(evidence, _demand(row), now=now)
    if isinstance(verdict, HandshakeFault):
        return RefusedHandshake(fault=verdict, station_id=row["id"], operator_id=row["operator_id"])
    return _admitted(row, verdict, matched, now)


def _owner_of(certificate: bytes, now: datetime) -> UUID | None:
    found = find_client_certificate(certificate, now=now) if certificate else None
    return found.station_id if found is not None else None


def _fault_of_stranger(credentials: Credentials) -> HandshakeFault:
    return HandshakeFault.WRONG_KEY if credentials.has_header else HandshakeFault.NO_CREDENTIALS


def _demand(row: dict[str, Any]) -> Demand:
    return Demand(
        is_enabled=row["is_enabled"],
        minimum=row["min_security_profile"],
        allow_unauthenticated_until=row["allow_unauthenticated_until"],
    )


def _admitted(
    row: dict[str, Any], profile: SecurityProfile, matched: str, now: datetime
) -> AdmittedStation:
    until, seen = row["held_down_until"], row["last_seen_at"]
    by_key = profile in (SecurityProfile.BASIC, SecurityProfile.TLS)
    patience = timedelta(seconds=row["heartbeat_interval_seconds"]) + _GRACE
    return AdmittedStation(
        station_id=row["id"],
        operator_id=row["operator_id"],
        heartbeat_interval_seconds=row["heartbeat_interval_seconds"],
        quirks=_quirks(row),
        profile=profile,
        pending_key_hash=matched if by_key and matched == row["pending_key_hash"] else "",
        assumed_protocol=row["assumed_protocol"],
        is_held_down=until is not None and now < until,
        seems_alive=row["is_online"] and seen is not None and now - seen < patience,
    )


def _quirks(row: Mapping[str, Any]) -> Quirks:
    """By what the station said at its last boot, or what staff typed in."""
    make = Make(row["vendor"], row["model"], row["firmware_version"])
    with system_scope("handshake: rules of the station's operator"):
        return resolve_make(operator_id=row["operator_id"], make=make).quirks
