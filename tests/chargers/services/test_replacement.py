"""Another machine in the place of a station: what goes on, what ends, what is void."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry
from chargers.exceptions import UnableToSaveStation
from chargers.models import (
    ChargingProfile,
    ChargingStation,
    ConnectorType,
    CurrentType,
    Evse,
    LocalList,
    MeterPublicKey,
    ReplacedHardware,
    StationCertificate,
    StationVariable,
    Transaction,
)
from chargers.selectors.hardware import former_hardware, hardware_of
from chargers.services.connections import unwelcome_stations
from chargers.services.replacement import replace_hardware
from chargers.services.station_keys import TYPED_KEY_WARNING, check_key
from chargers.services.stations import AddedStation, NewEvse
from common.tenancy import system_scope
from tests.chargers.services.conversation import Conversation, at, codes
from tests.factories import (
    ACTOR,
    STATION_KEY,
    DisplayMessageFactory,
    ReservationFactory,
    StationCertificateFactory,
    StationCommandFactory,
    StationFactory,
)
from tests.support.api import everything

pytestmark = pytest.mark.django_db

DC = NewEvse(
    current_type=CurrentType.DC,
    max_power_w=150_000,
    connectors=(ConnectorType.CCS2, ConnectorType.CHADEMO),
)


def replace(told: Conversation, *evses: NewEvse, **more: Any) -> AddedStation:
    with system_scope("tests"):
        return replace_hardware(
            station=told.station,
            evses=evses or (NewEvse(), NewEvse()),
            actor=ACTOR,
            now=at(90),
            **more,
        )


def fresh(told: Conversation) -> ChargingStation:
    with system_scope("tests"):
        return ChargingStation.objects.select_related("operator").get(pk=told.station.pk)


def test_the_station_goes_on_with_another_machine() -> None:
    told = Conversation.begin(vendor="Old", model="One", serial_number="S1", firmware_version="1.0")
    before = fresh(told)
    replaced = replace(told, vendor="New", model="Two", serial_number="S2", note="lightning")
    after = fresh(told)
    assert (after.pk, after.code, after.name, after.location_id) == (
        before.pk,
        before.code,
        before.name,
        before.location_id,
    )
    assert (after.vendor, after.model, after.serial_number, after.firmware_version) == (
        "New",
        "Two",
        "S2",
        "",
    )
    assert after.identity != before.identity
    assert len(after.identity) == 16
    assert (after.is_online, after.connected_at, after.booted_at) == (False, None, None)
    assert after.connection_epoch == before.connection_epoch + 1
    assert check_key(station=after, candidate=replaced.key.encode())
    assert not check_key(station=after, candidate=STATION_KEY.encode())
    with system_scope("tests"):
        (former,) = former_hardware(told.station.pk)
        entry = AuditEntry.objects.get()
    assert (former.vendor, former.model, former.serial_number, former.firmware_version) == (
        "Old",
        "One",
        "S1",
        "1.0",
    )
    assert (former.identity, former.used_from, former.used_until, former.note) == (
        before.identity,
        before.created_at,
        at(90),
        "lightning",
    )
    assert [evse["connectors"] for evse in former.evses] == [["IEC_62196_T2"]] * 2
    assert (entry.action, entry.changes["vendor"]) == ("station.hardware_replaced", ["Old", "New"])
    assert replaced.key not in str(entry.changes)


def test_the_running_session_is_closed_provisionally_and_belongs_to_the_old_machine() -> None:
    told = Conversation.begin(vendor="Old")
    ref = str(told.start(0, meter_wh=0).assigned_id)
    replace(told)
    row = told.only()
    assert (row.state, codes(row), row.needs_review) == (
        "provisional",
        ["hardware_replaced", "energy_unknown"],
        True,
    ) or codes(row)[0] == "hardware_replaced"
    assert told.active_at() is None
    told.start(120, meter_wh=5)
    first, second = told.transactions()
    assert first.station_ref == ref
    with system_scope("tests"):
        former = hardware_of(first)
        assert former is not None
        assert str(former) == "Old"
        assert hardware_of(second) is None


def test_machines_follow_each_other() -> None:
    told = Conversation.begin(vendor="First")
    replace(told, vendor="Second")
    with system_scope("tests"):
        replace_hardware(
            station=told.station, evses=[NewEvse()], actor=ACTOR, now=at(200), vendor="Third"
        )
        spans = [
            (str(one), one.used_from, one.used_until) for one in former_hardware(told.station.pk)
        ]
    assert spans == [
        ("Second", at(90), at(200)),
        ("First", told.station.created_at, at(90)),
    ]


def test_evses_and_connectors_are_as_the_new_machine_has_them() -> None:
    told = Conversation.begin()
    ref = str(told.start(0, evse=2, meter_wh=0).assigned_id)
    told.stop(5, ref, meter_wh=100)
    replace(told, DC)
    with system_scope("tests"):
        first, second = Evse.objects.filter(station=told.station).order_by("number")
        assert (first.current_type, first.max_power_w, first.is_operative) == ("DC", 150_000, True)
        plugs = first.connectors.order_by("number").values_list("number", "type", "status")
        assert list(plugs) == [
            (1, "IEC_62196_T2_COMBO", "Unavailable"),
            (2, "CHADEMO", "Unavailable"),
        ]
        # its session keeps the place where it ran
        assert (second.is_operative, second.connectors.count()) == (False, 0)
        assert Transaction.objects.get().evse_id == second.pk


def test_an_evse_without_sessions_goes_and_a_new_one_comes() -> None:
    told = Conversation.begin()
    replace(told, NewEvse())
    with system_scope("tests"):
        assert Evse.objects.filter(station=told.station).count() == 1
    replace(told, NewEvse(), DC, DC)
    with system_scope("tests"):
        numbers = Evse.objects.filter(station=told.station).values_list("number", flat=True)
        assert sorted(numbers) == [1, 2, 3]


def test_what_the_old_machine_said_is_forgotten() -> None:
    told, other = Conversation.begin(), Conversation.begin()
    with system_scope("tests"):
        for station in (told.station, other.station):
            StationVariable.objects.create(
                operator_id=station.operator_id, station=station, name="X", reported_at=at(0)
            )
            MeterPublicKey.objects.create(
                operator_id=station.operator_id, station=station, evse_number=1, key="k",
                fingerprint="f", source="station", first_seen_at=at(0),
            )  # fmt: skip
    replace(told)
    with system_scope("tests"):
        assert list(StationVariable.objects.values_list("station", flat=True)) == [other.station.pk]
        replaced = dict(MeterPublicKey.objects.values_list("station", "replaced_at"))
    assert replaced == {told.station.pk: at(90), other.station.pk: None}


def test_certificates_of_the_old_machine_are_revoked() -> None:
    told = Conversation.begin()
    kept = StationCertificateFactory.create()
    lost = StationCertificateFactory.create(station=told.station)
    with system_scope("tests"):
        LocalList.objects.create(
            operator_id=told.station.operator_id,
            station=told.station,
            entries=[],
            verified_at=at(0),
        )
    replace(told)
    with system_scope("tests"):
        status = dict(StationCertificate.objects.values_list("pk", "status"))
        held = LocalList.objects.get()
    assert status == {kept.pk: kept.status, lost.pk: "revoked"}
    assert (held.entries, held.force_full, held.verified_at) == (None, True, None)


def test_the_identity_may_stay_and_a_key_be_typed() -> None:
    told = Conversation.begin()
    replaced = replace(told, keep_identity=True, key="correct-horse-9")
    after = fresh(told)
    assert after.identity == told.station.identity
    assert replaced.key == "correct-horse-9"
    assert check_key(station=after, candidate=b"correct-horse-9")
    assert len(replaced.warnings) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"identity": "TAKEN-1"}, "identity"),
        ({"identity": "a b"}, "identity"),
        ({"key": "short"}, "key"),
        ({"vendor": "x" * 51}, "vendor"),
        ({"evses": []}, "evses"),
    ],
)
def test_what_cannot_be(values: dict[str, Any], field: str) -> None:
    told = Conversation.begin()
    told.start(0, meter_wh=0)
    StationFactory.create(identity="TAKEN-1")
    before = everything()
    with system_scope("tests"), pytest.raises(UnableToSaveStation) as raised:
        replace_hardware(
            **{
                "station": told.station,
                "evses": [NewEvse()],
                "actor": ACTOR,
                "now": at(90),
                **values,
            }
        )
    assert list(raised.value.errors) == [field]
    assert everything() == before
    with system_scope("tests"):
        assert ReplacedHardware.objects.count() == 0


def test_a_socket_of_the_old_machine_goes_even_when_its_disconnect_was_lost() -> None:
    told, other = Conversation.begin(), Conversation.begin()
    before = fresh(told).connection_epoch
    held = {told.station.pk: before, other.station.pk: 1}
    assert unwelcome_stations(held=held, now=at(90)) == []
    replace(told)
    assert unwelcome_stations(held=held, now=at(91)) == [told.station.pk]
    newer = {**held, told.station.pk: before + 2}
    assert unwelcome_stations(held=newer, now=at(91)) == []
    assert unwelcome_stations(held={}, now=at(91)) == []
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=other.station.pk).update(is_enabled=False)
    assert unwelcome_stations(held={}, now=at(91)) == [other.station.pk]


def test_what_waits_for_the_old_machine_is_not_left_to_the_new_one() -> None:
    told = Conversation.begin()
    waiting = StationCommandFactory.create(station=told.station, kind="reset", status="queued")
    kept = ReservationFactory.create(station=told.station)
    shown = DisplayMessageFactory.create(station=told.station)
    other = ReservationFactory.create()
    replace(told)
    with system_scope("tests"):
        for row in (waiting, kept, shown, other):
            row.refresh_from_db()
    assert (waiting.status, waiting.result) == ("failed", {"reason": "the hardware was replaced"})
    assert (kept.status, kept.note) == ("cancelled", "the hardware was replaced")
    assert shown.status == "cleared"
    assert other.status == "accepted"


def test_standing_limits_go_to_the_new_machine_and_others_end() -> None:
    told = Conversation.begin()

    def profile(number: int, **more: Any) -> ChargingProfile:
        return ChargingProfile.objects.create(
            operator=told.station.operator,
            station=told.station,
            profile_id=number,
            content={},
            **{
                "purpose": "ChargingStationMaxProfile",
                "status": "installed",
                "source": "ours",
                **more,
            },
        )

    with system_scope("tests"):
        ours, theirs = profile(1), profile(2, source="reported")
        replace(told)
        ours.refresh_from_db()
        theirs.refresh_from_db()
        epoch = fresh(told).connection_epoch
    assert (ours.status, theirs.status) == ("installed", "cleared")
    assert ours.sent_epoch < epoch  # sent again after the new machine's boot


def test_a_typed_key_is_noted_without_its_words() -> None:
    told = Conversation.begin()
    replaced = replace(told, key="correct-horse-staple")
    assert replaced.warnings == (TYPED_KEY_WARNING,)
    with system_scope("tests"):
        entry = AuditEntry.objects.get(action="station.hardware_replaced")
    assert entry.changes["key"] == "typed key"
    assert "correct-horse-staple" not in str(entry.changes)
