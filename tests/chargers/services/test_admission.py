"""Handshakes against rows: profiles, take-overs, keys that are being replaced, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from accounts.models import AuditEntry
from chargers.domain import station_keys
from chargers.domain.security import HandshakeFault, SecurityProfile
from chargers.domain.station_keys import hash_key
from chargers.models import (
    ChargingStation,
    FailedHandshake,
    SecurityEvent,
    StationConnection,
    UnknownHandshake,
)
from chargers.services import admission, failed_handshakes
from chargers.services.admission import (
    AdmittedStation,
    Credentials,
    RefusedHandshake,
    admit,
    admit_all,
)
from chargers.services.connections import open_connection
from chargers.services.failed_handshakes import FailedAttempts, store_failed_handshakes
from common.tenancy import system_scope
from tests.factories import NOW, STATION_KEY, OperatorFactory, StationFactory

NEW_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def everything(db: None) -> Iterator[None]:
    with system_scope("tests of the gateway"):
        yield


def _shown(station: ChargingStation, **more: Any) -> AdmittedStation | RefusedHandshake:
    given = {"identity": station.identity, "password": STATION_KEY.encode(), **more}
    return admit(Credentials(**given), now=NOW)


def _fault(admission: AdmittedStation | RefusedHandshake) -> HandshakeFault:
    assert isinstance(admission, RefusedHandshake)
    return admission.fault


def _connect(station: ChargingStation, *, minutes: float = 0, address: str = "10.0.0.1") -> int:
    admitted = _shown(station)
    assert isinstance(admitted, AdmittedStation)
    return open_connection(
        station=admitted,
        protocol="ocpp1.6",
        remote_address=address,
        server="web",
        tls_version="TLSv1.3",
        now=NOW + timedelta(minutes=minutes),
    ).epoch


def test_a_handshake_costs_one_query_and_one_hmac(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = StationFactory.create()
    hashes: list[bytes] = []

    def counted(key: bytes, *, pepper: str) -> str:
        hashes.append(key)
        return hash_key(key, pepper=pepper)

    monkeypatch.setattr(station_keys, "hash_key", counted)
    # One for the check, one for the quirks of whoever was let in.
    with django_assert_num_queries(2):
        admitted = _shown(station)
    assert isinstance(admitted, AdmittedStation)
    assert hashes == [STATION_KEY.encode()]
    # A stranger costs what a wrong key costs.
    for identity in (station.identity, "nobody"):
        hashes.clear()
        with django_assert_num_queries(1):
            admit(Credentials(identity=identity, password=b"wrong-horse-battery"), now=NOW)
        assert len(hashes) == 6


def test_handshakes_together_are_judged_each_by_its_own(django_assert_num_queries: Any) -> None:
    first = StationFactory.create()
    second = StationFactory.create(operator=first.operator)
    other = StationFactory.create(is_enabled=False)
    right, wrong = STATION_KEY.encode(), b"wrong-horse-battery"
    shown = [
        Credentials(identity=second.identity, password=right),
        Credentials(identity="nobody", password=right),
        Credentials(identity=first.identity, password=wrong),
        Credentials(identity=other.identity, password=right),
        Credentials(identity=first.identity, password=right),
    ]
    # One for all the stations, one for the rules of the only operator whose stations come in.
    with django_assert_num_queries(2):
        verdicts = admit_all(shown, now=NOW)
    assert [
        verdict.fault if isinstance(verdict, RefusedHandshake) else verdict.station_id
        for verdict in verdicts
    ] == [
        second.pk,
        HandshakeFault.WRONG_KEY,
        HandshakeFault.WRONG_KEY,
        HandshakeFault.DISABLED,
        first.pk,
    ]
    assert admit_all([], now=NOW) == []


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        ({"password": None, "has_header": False}, HandshakeFault.NO_CREDENTIALS),
        ({"user_matches": False}, HandshakeFault.WRONG_USER),
        ({"password": b"wrong-horse-battery"}, HandshakeFault.WRONG_KEY),
        ({"password": b""}, HandshakeFault.WRONG_KEY),
        ({"password": None}, HandshakeFault.WRONG_KEY),
    ],
)
def test_each_fault_is_known_to_us(shown: dict[str, Any], fault: HandshakeFault) -> None:
    station = StationFactory.create()
    refused = _shown(station, **shown)
    assert refused == RefusedHandshake(
        fault=fault, station_id=station.pk, operator_id=station.operator_id
    )


def test_plain_text_below_a_minimum_of_2() -> None:
    station = StationFactory.create(min_security_profile=2)
    assert _fault(_shown(station)) == HandshakeFault.PROFILE_TOO_LOW
    admitted = _shown(station, is_tls=True)
    assert isinstance(admitted, AdmittedStation)
    assert admitted.profile == SecurityProfile.TLS


class _Certificate:
    def __init__(self, station_id: UUID) -> None:
        self.station_id = station_id


def test_a_certificate_opens_its_own_station_only(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = StationFactory.create(min_security_profile=3), StationFactory.create()
    owners = {b"one": _Certificate(one.pk)}

    def find(der: bytes, **_: object) -> _Certificate | None:
        return owners.get(der)

    monkeypatch.setattr(admission, "find_client_certificate", find)
    bare = {"password": None, "has_header": False, "is_tls": True}
    admitted = _shown(one, certificate=b"one", **bare)
    assert isinstance(admitted, AdmittedStation)
    assert admitted.profile == SecurityProfile.CERTIFICATE
    # Not even with a right key beside it.
    assert _fault(_shown(other, certificate=b"one", is_tls=True)) == (
        HandshakeFault.WRONG_CERTIFICATE
    )
    # Revoked, expired or somebody's: no certificate.
    assert _fault(_shown(one, certificate=b"revoked", **bare)) == HandshakeFault.NO_CREDENTIALS
    assert _fault(_shown(one, certificate=b"revoked", is_tls=True)) == (
        HandshakeFault.PROFILE_TOO_LOW
    )


def test_the_connection_tells_its_profile() -> None:
    station = StationFactory.create()
    epoch = _connect(station)
    row = StationConnection.objects.get(station=station, epoch=epoch)
    assert (row.security_profile, row.tls_version, row.took_over) == (1, "TLSv1.3", False)
    station.refresh_from_db()
    assert (station.security_profile, station.tls_version) == (1, "TLSv1.3")


# -- keys that are being replaced ------------------------------------------------------------------


def _with_pending() -> ChargingStation:
    pending = hash_key(NEW_KEY.encode(), pepper=settings.CREDENTIAL_PEPPER)
    return StationFactory.create(pending_key_hash=pending, pending_key_set_at=NOW)


def test_both_keys_open_until_the_station_has_come_with_the_new_one() -> None:
    station = _with_pending()
    before = station.key_hash
    _connect(station)
    station.refresh_from_db()
    assert (station.key_hash, station.pending_key_set_at) == (before, NOW)

    admitted = _shown(station, password=NEW_KEY.encode())
    assert isinstance(admitted, AdmittedStation)
    open_connection(station=admitted, protocol="ocpp1.6", remote_address="", server="web", now=NOW)
    station.refresh_from_db()
    assert station.key_hash == admitted.pending_key_hash
    assert (station.pending_key_hash, station.pending_key_set_at) == ("", None)
    assert _fault(_shown(station)) == HandshakeFault.WRONG_KEY
    assert AuditEntry.objects.get().action == "station.key_confirmed"


def test_a_key_confirmed_twice_is_confirmed_once() -> None:
    station = _with_pending()
    admitted = _shown(station, password=bytes.fromhex(NEW_KEY))
    assert isinstance(admitted, AdmittedStation)
    for _ in range(2):
        open_connection(
            station=admitted, protocol="ocpp1.6", remote_address="", server="web", now=NOW
        )
    assert AuditEntry.objects.count() == 1


# -- take-overs --------------------------------------------------------------------------------------


def _events(station: ChargingStation) -> list[tuple[str, int]]:
    return list(
        SecurityEvent.objects.filter(station=station).order_by("id").values_list("type", "count")
    )


def test_a_take_over_is_logged_and_three_are_no_fight() -> None:
    station = StationFactory.create()
    for minute in range(4):
        _connect(station, minutes=minute / 10)
    assert _events(station) == [("ConnectionTakenOver", 3)]
    open_rows = StationConnection.objects.filter(station=station, closed_at=None)
    assert [row.epoch for row in open_rows] == [5]
    station.refresh_from_db()
    assert station.held_down_until is None


def test_more_than_three_within_five_minutes_are_held_down() -> None:
    station = StationFactory.create()
    for minute in range(5):
        _connect(station, minutes=minute / 10)
    assert _events(station) == [("ConnectionTakenOver", 4), ("ConnectionContested", 1)]
    station.refresh_from_db()
    assert station.held_down_until == NOW + timedelta(minutes=10.4)
    admitted = _shown(station)
    assert isinstance(admitted, AdmittedStation)
    assert (admitted.is_held_down, admitted.seems_alive) == (True, True)
    assert SecurityEvent.objects.get(type="ConnectionContested").needs_attention


def test_two_addresses_by_turns_are_a_fight() -> None:
    station = StationFactory.create()
    for turn, address in enumerate(("10.0.0.1", "10.0.0.2", "10.0.0.1")):
        _connect(station, minutes=turn, address=address)
    assert [name for name, _ in _events(station)][-1] == "ConnectionContested"


def test_take_overs_over_a_day_are_no_fight() -> None:
    station = StationFactory.create()
    for hour in range(8):
        _connect(station, minutes=60 * hour)
    assert {name for name, _ in _events(station)} == {"ConnectionTakenOver"}


# -- who was refused -----------------------------------------------------------------------------------


def _attempt(identity: str, count: int = 1, **more: Any) -> FailedAttempts:
    given: dict[str, Any] = {"fault": HandshakeFault.WRONG_KEY, "address": "10.0.0.9", **more}
    return FailedAttempts(identity=identity, count=count, last_at=NOW, **given)


def test_refusals_add_up_to_one_row_a_cause() -> None:
    station = StationFactory.create()
    store_failed_handshakes([_attempt(station.identity, 5), _attempt("stranger", 2)])
    store_failed_handshakes(
        [
            _attempt(station.identity, 7, address=""),
            _attempt(station.identity, fault=HandshakeFault.NO_SUBPROTOCOL),
            _attempt("stranger"),
            _attempt(""),
        ]
    )
    rows = FailedHandshake.objects.order_by("id").values_list("fault", "count", "last_address")
    assert list(rows) == [("wrong_key", 12, None), ("no_subprotocol", 1, "10.0.0.9")]
    assert {row.operator_id for row in FailedHandshake.objects.all()} == {station.operator_id}
    assert list(UnknownHandshake.objects.values_list("identity", "count")) == [("stranger", 3)]
    assert SecurityEvent.objects.count() == 0


def test_strangers_are_a_short_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_handshakes, "MAX_UNKNOWN", 3)
    for number in range(6):
        attempt = _attempt(f"stranger-{number}")
        store_failed_handshakes([attempt])
    kept = UnknownHandshake.objects.order_by("id").values_list("identity", flat=True)
    assert list(kept) == ["stranger-3", "stranger-4", "stranger-5"]


def test_guessing_and_loops_alarm() -> None:
    station = StationFactory.create(operator=OperatorFactory.create())
    store_failed_handshakes(
        [
            _attempt(station.identity, 40, is_guessing=True),
            _attempt(station.identity, 9, fault=HandshakeFault.RECONNECT_LOOP),
        ]
    )
    found = SecurityEvent.objects.order_by("id").values_list(
        "type", "is_noticed", "needs_attention"
    )
    assert list(found) == [("KeyGuessing", True, True), ("ReconnectLoop", True, True)]
