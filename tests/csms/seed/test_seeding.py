from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from pytest_django import Settings

from accounts.models import Driver, IdToken, Membership, Operator, User
from branding.selectors import brand_for_host
from chargers.domain.charging_profiles import faults
from chargers.domain.progress import JobState
from chargers.models import (
    ChargingProfile,
    ChargingStation,
    Connector,
    Evse,
    FailedHandshake,
    FirmwareUpdate,
    ForgivenFault,
    LocalList,
    LocalListState,
    Location,
    MeterValue,
    QuirkRule,
    Reservation,
    ReservationStatus,
    SecurityEvent,
    StationCommand,
    StationConnection,
    Transaction,
    TransactionState,
)
from chargers.services.admission import AdmittedStation, Credentials, admit
from chargers.simulator.fleet import read_fleet_file
from common.tenancy import system_scope
from csms.seed.handover import read_log_ins, seed_installation
from csms.seed.plan import Chance, SeedPlan, standard_plan
from csms.seed.progress import Silent
from csms.seed.seeding import AlreadySeeded, Seeded, seed
from events.models import OutboxEvent
from operations.models import HourlyFigures, NetworkSample

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def chance(number: int = 1) -> Chance:
    return Chance(rng=Random(number), secret_bits=Random(number + 1).getrandbits, now=NOW)


def plan(stations: int = 3, days: int = 1) -> SeedPlan:
    return standard_plan(stations=stations, days=days)


def seeded(**values: int) -> Seeded:
    return seed(plan=plan(**values), chance=chance())


def everything() -> dict[str, list[Any]]:
    models = (
        Location, ChargingStation, Evse, Connector, Driver, IdToken, Transaction, MeterValue,
        StationConnection, StationCommand, NetworkSample, HourlyFigures,
    )  # fmt: skip
    hidden = {"id", "evse", "connector", "operator", "active_transaction"}
    with system_scope("tests"):
        return {
            model.__name__: [
                {
                    name: value
                    for name, value in row.items()
                    if name.removesuffix("_id") not in hidden
                }
                for row in model.objects.order_by("pk").values()
            ]
            for model in models
        }


@pytest.mark.parametrize(("stations", "locations", "drivers"), [(1, 1, 6), (6, 2, 9), (10, 3, 15)])
def test_makes_what_the_plan_says(stations: int, locations: int, drivers: int) -> None:
    result = seeded(stations=stations, days=1)
    first = Operator.objects.get(slug="nordlys")
    second = Operator.objects.get(slug="ribera")
    with system_scope("tests"):
        assert ChargingStation.objects.filter(operator=first).count() == stations
        assert ChargingStation.objects.filter(operator=second).count() == 1
        assert Location.objects.filter(operator=first).count() == locations
        assert Location.objects.filter(operator=second).count() == 3
        assert Driver.objects.filter(operator=first).count() == drivers
        assert Membership.objects.filter(operator=first).count() == 7
        assert Transaction.objects.count() == result.sessions
        assert MeterValue.objects.count() == result.readings
    assert User.objects.count() == 13
    assert len(result.fleet) == stations + 1


def test_the_same_chance_makes_the_same_network_and_another_another() -> None:
    with_one = seeded()
    rows = everything()
    events = list(OutboxEvent.objects.order_by("id").values_list("kind", "occurred_at", "payload"))
    call_command("flush", interactive=False, verbosity=0)
    assert seeded() == with_one
    assert everything() == rows
    again = OutboxEvent.objects.order_by("id").values_list("kind", "occurred_at", "payload")
    assert list(again) == events
    call_command("flush", interactive=False, verbosity=0)
    assert seed(plan=plan(), chance=chance(5)) != with_one


def test_sessions_are_sound() -> None:
    seeded(stations=6, days=2)
    with system_scope("tests"):
        sessions = list(Transaction.objects.order_by("evse", "started_at"))
        by_state = dict(Transaction.objects.values_list("state").annotate(Count("pk")))
    assert by_state[TransactionState.ENDED] > 20
    assert TransactionState.ACTIVE not in by_state
    for row in sessions:
        assert row.ended_at is not None
        assert NOW - timedelta(days=3) < row.started_at < row.ended_at <= NOW
        assert row.meter_start_wh is not None
        assert row.meter_stop_wh in {None, row.meter_start_wh + row.energy_wh}
        assert row.energy_wh > 0
    for before, after in pairwise(sessions):
        if before.evse_id == after.evse_id:
            assert before.ended_at is not None
            assert before.ended_at < after.started_at


def test_nobody_charges_at_two_places_at_once() -> None:
    seeded(stations=6, days=2)
    with system_scope("tests"):
        driven = list(Transaction.objects.exclude(driver=None).order_by("driver", "started_at"))
    for before, after in pairwise(driven):
        if before.driver_id == after.driver_id:
            assert before.ended_at is not None
            assert before.ended_at < after.started_at


def test_figures_add_up_to_the_sessions() -> None:
    result = seeded()
    with system_scope("tests"):
        figures = HourlyFigures.objects.aggregate(wh=Sum("energy_wh"), sessions=Sum("sessions"))
        sold = Transaction.objects.aggregate(wh=Sum("energy_wh"))["wh"]
        odd = [
            sample.at
            for sample in NetworkSample.objects.all()
            if not 0 <= sample.online <= sample.stations
            or not 0 <= sample.operative <= sample.connectors
        ]
    assert figures == {"wh": sold, "sessions": result.sessions}
    assert odd == []


def test_the_past_is_told_to_nobody() -> None:
    seeded()
    assert OutboxEvent.objects.count() > 0
    assert OutboxEvent.objects.filter(dispatched_at=None).count() == 0


def test_a_second_time_changes_nothing() -> None:
    seeded()
    before = everything()
    with pytest.raises(AlreadySeeded):
        seed(plan=plan(), chance=chance(9))
    assert everything() == before


def test_keys_open_the_gateway_and_lie_where_only_the_owner_reads(tmp_path: Path) -> None:
    result = seed_installation(plan=plan(), chance=chance(), directory=tmp_path, progress=Silent())
    fleet = read_fleet_file(tmp_path / "fleet.json")
    assert [spec.identity for spec in fleet] == [entry.identity for entry in result.fleet]
    admitted = [
        admit(Credentials(identity=spec.identity, password=spec.password.encode()), now=NOW)
        for spec in fleet
    ]
    assert all(isinstance(station, AdmittedStation) for station in admitted)
    assert stat.S_IMODE((tmp_path / "fleet.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "log-ins.json").stat().st_mode) == 0o600
    log_ins = read_log_ins(tmp_path)
    assert log_ins.password == result.password
    for person in log_ins.people:
        assert User.objects.get(username=person.email).check_password(log_ins.password)


def test_an_unwritable_directory_leaves_nothing_behind(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(OSError, match="file"):
        seed_installation(plan=plan(), chance=chance(), directory=in_the_way, progress=Silent())
    assert Operator.objects.count() == 0


def test_each_brand_has_its_host() -> None:
    seeded(stations=1, days=1)
    assert brand_for_host("localhost:8000").name == "Nordlys Charging"
    assert brand_for_host("127.0.0.1").name == "Nordlys Charging"
    assert brand_for_host("ribera.localhost:8000").name == "Ribera Recarga"


def test_command_says_when_there_is_nothing_to_do(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    first, second = StringIO(), StringIO()
    call_command("seed", stations=1, days=1, stdout=first)
    keys = json.loads((tmp_path / "fleet.json").read_text())
    call_command("seed", stations=1, days=1, stdout=second)
    assert "admin@nordlys.example" in first.getvalue()
    assert "Already seeded" in second.getvalue()
    assert json.loads((tmp_path / "fleet.json").read_text()) == keys


def test_command_empties_the_database_only_when_told_twice() -> None:
    seeded(stations=1, days=1)
    with pytest.raises(CommandError, match="--yes"):
        call_command("seed", reset=True)
    assert Operator.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"stations": 0}, {"days": 0}])
def test_command_refuses_an_empty_network(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("seed", **wrong)
    assert Operator.objects.count() == 0


def test_pages_about_hardware_have_something_to_show() -> None:
    seeded(stations=8, days=4)
    with system_scope("test"):
        main = Operator.objects.get(slug="nordlys")
        lists = LocalList.objects.filter(operator=main)
        assert [(row.is_managed, row.state, row.due_at) for row in lists] == 2 * [
            (True, LocalListState.WAITING, NOW)
        ]
        kept = Reservation.objects.filter(operator=main)
        assert not kept.filter(status__in=ReservationStatus.open()).exists()
        used = kept.filter(status=ReservationStatus.USED)
        assert used.count() >= 1
        for row in used.select_related("transaction"):
            assert row.transaction is not None
            assert (row.transaction.evse_id, row.transaction.id_token_id) == (
                row.evse_id,
                row.id_token_id,
            )
        updates = FirmwareUpdate.objects.filter(operator=main).select_related("station")
        assert updates.count() == 8
        for update in updates:
            assert update.finished_at is not None
            assert update.requested_at < update.finished_at <= NOW
            done = update.state == JobState.SUCCEEDED
            assert update.version_after == (update.station.firmware_version if done else "")
        rule = QuirkRule.objects.get(operator=main)
        assert rule.sets == {"max_heartbeat_seconds": 900}
        assert ForgivenFault.objects.filter(operator=main).count() == 8
        events = SecurityEvent.objects.filter(operator=main)
        assert events.filter(needs_attention=True).count() == 2
        assert events.count() == 6
        assert FailedHandshake.objects.get(operator=main).count == 14


def test_some_stations_get_along_with_less_in_the_evening() -> None:
    seeded(stations=8, days=4)
    with system_scope("test"):
        rows = ChargingProfile.objects.filter(operator__slug="nordlys").select_related("set_by")
        assert len(rows) == 2
        for row in rows:
            assert (row.profile_id, row.evse_number, row.status) == (1, 0, "installed")
            assert row.set_by is not None
            assert faults(row.profile, evse=0) == {}
            most, evening, after = (period.limit for period in row.profile.schedule.periods)
            assert most == after
            assert most is not None
            assert evening == round(most * 0.6, -2)


def test_makes_with_calibrated_meters_sign() -> None:
    fleet = seeded(stations=30, days=1).fleet
    signing = {entry.model for entry in fleet if entry.signs}
    assert signing
    assert signing <= {"alpitronic-hyc300", "mennekes-amtron", "alfen-eve-double"}
