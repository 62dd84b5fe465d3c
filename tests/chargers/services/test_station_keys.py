"""A key that is replaced over the air leaves its station reachable, whatever happens between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, Operator
from chargers import ports
from chargers.domain import commands as wire
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.station_keys import hash_key
from chargers.exceptions import UnableToCommand, UnableToSaveStation
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands, station_keys, station_security
from chargers.services.command_secrets import seal, unseal
from tests.factories import ACTOR, NOW, STATION_KEY, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

KEY = f"{0xC0FFEE:032x}"


class Waker:
    def __init__(self) -> None:
        self.disconnected: list[UUID] = []

    def wake(self, station_id: UUID) -> None:
        """Nobody listens."""

    def quirks_changed(self, operator_id: UUID) -> None:
        """Nobody listens."""

    def disconnect(self, station_id: UUID) -> None:
        self.disconnected.append(station_id)


@pytest.fixture(autouse=True)
def waker() -> Iterator[Waker]:
    before, waker = ports.command_waker(), Waker()
    ports.set_command_waker(waker)
    yield waker
    ports.set_command_waker(before)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator)


def _send(station: ChargingStation) -> StationCommand:
    return station_keys.send_new_key(
        station=station, actor=ACTOR, now=NOW, randbits=lambda _: 0xC0FFEE
    )


def _take(station: ChargingStation) -> list[StationCommand]:
    return commands.take_queued(station_id=station.pk, epoch=1, now=NOW)


def _end(row: StationCommand, status: OutcomeStatus) -> None:
    commands.finish(command_id=row.pk, outcome=Outcome(status=status), now=NOW)


def _pending(station: ChargingStation) -> str:
    station.refresh_from_db()
    return station.pending_key_hash


def _expected() -> str:
    return hash_key(KEY.encode(), pepper=settings.CREDENTIAL_PEPPER)


def test_the_key_stands_nowhere_but_on_its_way(station: ChargingStation) -> None:
    row = _send(station)
    stored = StationCommand.objects.get(pk=row.pk)
    assert stored.arguments["key"].startswith("sealed:")
    assert KEY not in str(stored.arguments)

    (taken,) = _take(station)
    assert taken.arguments == {"key": KEY}
    stored.refresh_from_db()
    assert stored.arguments == {"key": "***"}
    assert _take(station) == []

    assert KEY not in str([entry.changes for entry in AuditEntry.objects.all()])
    assert KEY not in repr(wire.RotateKey(key=KEY))
    assert _pending(station) == _expected()
    assert station_keys.check_key(station=station, candidate=STATION_KEY.encode())


def test_accepted_both_stay_and_the_station_is_asked_to_come_anew(
    station: ChargingStation,
    waker: Waker,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    row = _send(station)
    _take(station)
    with django_capture_on_commit_callbacks(execute=True):
        _end(row, OutcomeStatus.ACCEPTED)
    assert _pending(station) == _expected()
    assert waker.disconnected == [station.pk]


@pytest.mark.parametrize("status", [OutcomeStatus.REJECTED, OutcomeStatus.NOT_SUPPORTED])
def test_refused_the_new_one_is_dropped(station: ChargingStation, status: OutcomeStatus) -> None:
    row = _send(station)
    _take(station)
    _end(row, status)
    assert _pending(station) == ""
    assert station_keys.check_key(station=station, candidate=STATION_KEY.encode())


@pytest.mark.parametrize("status", [OutcomeStatus.FAILED, OutcomeStatus.SCHEDULED])
def test_nobody_knows_so_both_stay(station: ChargingStation, status: OutcomeStatus) -> None:
    row = _send(station)
    _take(station)
    _end(row, status)
    assert _pending(station) == _expected()


def test_sent_and_never_answered_both_stay(station: ChargingStation) -> None:
    _send(station)
    _take(station)
    commands.time_out_commands(now=NOW + timedelta(minutes=5))
    assert _pending(station) == _expected()


def test_never_sent_it_is_dropped_with_its_secret(station: ChargingStation) -> None:
    row = _send(station)
    commands.time_out_commands(now=NOW + timedelta(minutes=5))
    assert _pending(station) == ""
    row.refresh_from_db()
    assert (row.status, row.arguments) == ("timed_out", {"key": "***"})


def test_given_back_it_is_sealed_again(station: ChargingStation) -> None:
    _send(station)
    rows = _take(station)
    assert commands.give_back(rows=rows) == 1
    stored = StationCommand.objects.get()
    assert (stored.status, stored.sent_at) == ("queued", None)
    assert KEY not in str(stored.arguments)
    assert [row.arguments for row in _take(station)] == [{"key": KEY}]


def test_a_second_key_waits_for_the_first_to_be_decided(station: ChargingStation) -> None:
    _send(station)
    with pytest.raises(UnableToCommand, match="has not come back with it yet"):
        _send(station)
    assert StationCommand.objects.count() == 1
    assert station_keys.discard_pending_key(station=station, actor=ACTOR, now=NOW)
    assert not station_keys.discard_pending_key(station=station, actor=ACTOR, now=NOW)
    _send(station)
    assert StationCommand.objects.count() == 2
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "station.rotate_key",
        "station.pending_key_discarded",
        "station.rotate_key",
    ]


def test_an_offline_station_is_not_sent_one(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, is_online=False)
    with pytest.raises(UnableToCommand, match="never been online"):
        _send(station)
    assert _pending(station) == ""


def test_a_key_by_hand_ends_what_was_on_its_way(station: ChargingStation) -> None:
    _send(station)
    station_keys.set_fixed_key(station=station, key="typed-by-hand", actor=ACTOR, now=NOW)
    assert _pending(station) == ""
    assert AuditEntry.objects.latest("id").changes == {"key": "typed key"}


def test_only_secrets_are_sealed() -> None:
    plain = wire.SetVariable(name="HeartbeatInterval", value="60")
    assert seal(plain) == {"name": "HeartbeatInterval", "value": "60"}
    secret = seal(wire.SetVariable(name="AuthorizationKey", value=KEY))
    assert secret["value"].startswith("sealed:")
    assert unseal("set_variable", secret)["value"] == KEY
    profile = wire.SetNetworkProfile(
        slot=1, url="wss://x", security_profile=2, apn="a", apn_password="hunter2"
    )
    assert "hunter2" not in str(seal(profile))
    broken = {"key": "sealed:nonsense"}
    assert unseal("rotate_key", broken) == {"key": "***"}


# -- commands that would lower a station's security ------------------------------------------------


def _profile(number: int) -> wire.SetNetworkProfile:
    return wire.SetNetworkProfile(slot=1, url="wss://x", security_profile=number)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (_profile(1), "security_profile"),
        (wire.SetVariable(name="SecurityProfile", value=" 1"), "value"),
        (wire.SetVariable(name="SecurityCtrlr.SecurityProfile", value="0"), "value"),
        (
            wire.Custom(
                action="ChangeConfiguration", payload={"key": "securityprofile", "value": "1"}
            ),
            "payload",
        ),
        (
            wire.Custom(
                action="SetNetworkProfile", payload={"connectionData": {"securityProfile": 0}}
            ),
            "payload",
        ),
        (
            wire.Custom(
                action="SetVariables",
                payload={
                    "setVariableData": [
                        {"variable": {"name": "SecurityProfile"}, "attributeValue": "1"}
                    ]
                },
            ),
            "payload",
        ),
    ],
)
def test_no_command_lowers_a_station_below_its_minimum(
    operator: Operator, command: Any, field: str
) -> None:
    station = StationFactory.create(operator=operator, min_security_profile=2)
    with pytest.raises(UnableToCommand) as refused:
        commands.request_command(station=station, command=command, now=NOW, actor=ACTOR)
    assert list(refused.value.errors) == [field]
    assert (StationCommand.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "command", [_profile(2), _profile(3), wire.SetVariable(name="SecurityProfile", value="2")]
)
def test_what_keeps_or_raises_it_is_sent(operator: Operator, command: Any) -> None:
    station = StationFactory.create(operator=operator, min_security_profile=2)
    commands.request_command(station=station, command=command, now=NOW, actor=ACTOR)
    assert StationCommand.objects.count() == 1


# -- what a station must show ------------------------------------------------------------------------


def test_the_minimum_is_raised_with_a_warning(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, security_profile=1)
    warnings = station_security.update_security(
        station=station, actor=ACTOR, now=NOW, min_security_profile=2
    )
    (warning,) = warnings
    assert warning == (
        "It is connected with profile 1 and will be refused from its next connection on unless it"
        " uses profile 2 by then."
    )
    station.refresh_from_db()
    assert station.min_security_profile == 2
    assert AuditEntry.objects.get().changes == {"min_security_profile": [1, 2]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"min_security_profile": 0}, "min_security_profile"),
        ({"min_security_profile": 4}, "min_security_profile"),
        ({"assumed_protocol": "ocpp1.5"}, "assumed_protocol"),
    ],
)
def test_nonsense_changes_nothing(
    station: ChargingStation, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnableToSaveStation) as refused:
        station_security.update_security(station=station, actor=ACTOR, now=NOW, **changes)
    assert list(refused.value.errors) == [field]
    station.refresh_from_db()
    assert (station.min_security_profile, station.assumed_protocol) == (1, "")


def test_the_door_is_open_for_a_while_and_audited(station: ChargingStation) -> None:
    until = NOW + timedelta(hours=4)
    station_security.allow_unauthenticated(station=station, until=until, actor=ACTOR, now=NOW)
    station.refresh_from_db()
    assert station.allow_unauthenticated_until == until
    for _ in range(2):
        station_security.forbid_unauthenticated(station=station, actor=ACTOR, now=NOW)
    assert not ChargingStation.objects.filter(allow_unauthenticated_until__isnull=False).exists()
    assert [(entry.action, entry.changes) for entry in AuditEntry.objects.order_by("id")] == [
        ("station.unauthenticated_allowed", {"until": until.isoformat()}),
        ("station.unauthenticated_forbidden", {"until": None}),
    ]


@pytest.mark.parametrize(("minimum", "hours"), [(2, 4), (1, 0), (1, -1), (1, 169)])
def test_it_does_not_open_beyond_its_bounds(operator: Operator, minimum: int, hours: int) -> None:
    station = StationFactory.create(operator=operator, min_security_profile=minimum)
    until = NOW + timedelta(hours=hours)
    with pytest.raises(UnableToSaveStation):
        station_security.allow_unauthenticated(station=station, until=until, actor=ACTOR, now=NOW)
    station.refresh_from_db()
    assert station.allow_unauthenticated_until is None
