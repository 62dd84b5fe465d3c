"""What a person fills in about limits, and what the station is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from chargers.models import ChargingProfile, ChargingStation, StationCommand, StationVariable
from chargers.services.charging import setting
from common.tenancy import operator_scope, system_scope
from tests.chargers.views.conftest import Site
from tests.factories import NOW, IdTokenFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def get(client: Client, site: Site, kind: str) -> str:
    response = client.get(f"/stations/{site.station.pk}/commands/{kind}/", headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, site: Site, kind: str, data: dict[str, Any]) -> Any:
    return client.post(f"/stations/{site.station.pk}/commands/{kind}/", data, headers=HTMX)


def asked(site: Site) -> StationCommand:
    with system_scope("tests"):
        return StationCommand.objects.get(
            station=site.station, status="queued", requested_by__isnull=False
        )


def untouched(site: Site) -> bool:
    with system_scope("tests"):
        rows = ChargingProfile.objects.filter(station=site.station)
        return (
            not rows.exists() and StationCommand.objects.filter(station=site.station).count() == 1
        )


@pytest.mark.parametrize(
    ("where", "typed", "asked_of", "sent"),
    [
        ("tx:1", ("10.5", "A"), (1, "TxProfile"), ("A", 10.5)),
        ("evse:2", ("7.36", "kW"), (2, "TxDefaultProfile"), ("W", 7360.0)),
        ("", ("0", "kW"), (0, "ChargingStationMaxProfile"), ("W", 0.0)),
    ],
)
def test_one_limit(  # noqa: PLR0917
    admin: Client,
    site: Site,
    where: str,
    typed: tuple[str, str],
    asked_of: tuple[int, str],
    sent: tuple[str, float],
) -> None:
    data = {"where": where, "limit": typed[0], "unit": typed[1], "lasts": "60"}
    assert post(admin, site, "set_limit", data).status_code == 200
    command = asked(site)
    assert command.kind == "set_charging_profile"
    profile = command.arguments["profile"]
    assert (command.arguments["evse"], profile["purpose"]) == asked_of
    (schedule,) = profile["schedules"]
    assert (schedule["unit"], schedule["periods"][0]["limit"]) == sent
    assert schedule["duration_seconds"] == 3660
    with system_scope("tests"):
        assert ChargingProfile.objects.get(station=site.station).status == "requested"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"limit": ""}, "This field is required."),
        ({"limit": "-1"}, "greater than or equal to 0"),
        ({"limit": "5", "where": "evse:7"}, "Select a valid choice."),
    ],
)
def test_faults_of_one_limit(admin: Client, site: Site, data: dict[str, str], text: str) -> None:
    page = post(admin, site, "set_limit", {"unit": "A", **data}).content.decode()
    assert text in page
    assert untouched(site)


def schedule(*rows: tuple[str, str], **values: str) -> dict[str, str]:
    data = {"where": "evse:2", "repeats": "once", "unit": "A", "day": "2026-03-14", "ends": ""}
    data |= {"periods-TOTAL_FORMS": str(len(rows)), "periods-INITIAL_FORMS": "0"}
    for number, (start, limit) in enumerate(rows):
        data |= {f"periods-{number}-start": start, f"periods-{number}-limit": limit}
    return data | values


def sent_schedule(site: Site) -> tuple[dict[str, Any], dict[str, Any], list[tuple[int, float]]]:
    profile = asked(site).arguments["profile"]
    (sent,) = profile["schedules"]
    return profile, sent, [(row["start_seconds"], row["limit"]) for row in sent["periods"]]


def test_a_night_goes_over_midnight_in_the_sites_own_time(admin: Client, site: Site) -> None:
    """22:00 in Copenhagen is 21:00 UTC in winter; a row left empty is none."""
    data = schedule(("22:00", "16"), ("02:00", "10.5"), ("06:30", "6"), ("", ""), ends="07:00")
    assert post(admin, site, "set_charging_profile", data).status_code == 200
    profile, sent, periods = sent_schedule(site)
    assert (profile["purpose"], profile["kind"], profile["recurrence"]) == (
        "TxDefaultProfile",
        "Absolute",
        None,
    )
    start = datetime.fromisoformat(sent["start_at"])
    assert start == datetime(2026, 3, 14, 21, tzinfo=UTC)
    assert periods == [(0, 16.0), (14_400, 10.5), (30_600, 6.0)]
    assert sent["duration_seconds"] == 32_400


def test_a_day_that_returns(admin: Client, site: Site) -> None:
    data = schedule(("06:00", "11"), ("22:00", "22"), repeats="daily", unit="kW", where="", day="")
    assert post(admin, site, "set_charging_profile", data).status_code == 200
    profile, sent, periods = sent_schedule(site)
    assert (profile["kind"], profile["recurrence"]) == ("Recurring", "Daily")
    assert profile["purpose"] == "ChargingStationMaxProfile"
    assert (sent["unit"], periods) == ("W", [(0, 11_000.0), (57_600, 22_000.0)])


def test_a_session_from_its_start(admin: Client, site: Site) -> None:
    data = schedule(("00:00", "16"), ("01:30", "6"), repeats="start", where="each")
    assert post(admin, site, "set_charging_profile", data).status_code == 200
    profile, sent, periods = sent_schedule(site)
    assert (profile["kind"], sent["start_at"]) == ("Relative", None)
    assert periods == [(0, 16.0), (5400, 6.0)]
    assert asked(site).arguments["evse"] == 0


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (schedule(("", "")), "This field is required."),
        (schedule(("25:00", "6")), "Enter a valid time."),
        (schedule(("01:00", "6"), repeats="start"), "The first period starts at 0."),
        (
            schedule(("00:00", "6"), repeats="start", where=""),
            "A limit of the whole station cannot count from the start of a session.",
        ),
        (
            schedule(("00:00", "6"), ("23:00", "7"), ("22:00", "8"), repeats="daily", ends="23:00"),
            "It must be over before it returns",
        ),
        ({"where": "", "repeats": "once", "unit": "A"}, "note s-faulted"),
    ],
)
def test_faults_of_a_schedule(admin: Client, site: Site, data: dict[str, str], text: str) -> None:
    page = post(admin, site, "set_charging_profile", data).content.decode()
    assert text in page
    assert untouched(site)


@pytest.fixture
def installed(site: Site) -> ChargingStation:
    with operator_scope(site.station.operator_id):
        for evse in (1, 2):
            row = setting.set_limit(station=site.station, amps=10, evse=evse, now=NOW)
            ChargingProfile.objects.filter(pk=row.pk).update(status="installed")
        ChargingProfile.objects.filter(evse_number=2).update(source="external")
    return site.station


@pytest.mark.usefixtures("installed")
def test_what_can_be_removed(admin: Client, site: Site) -> None:
    page = get(admin, site, "clear_charging_profile")
    assert "1 · TxDefaultProfile · EVSE 1 · 10 A" in page
    assert "EVSE 2 · 10 A" not in page
    for chosen, number in (("1", 1), ("", None)):
        with system_scope("tests"):
            StationCommand.objects.filter(station=site.station).delete()
        assert post(admin, site, "clear_charging_profile", {"which": chosen}).status_code == 200
        assert asked(site).arguments["profile_id"] == number


@pytest.mark.parametrize(
    ("kind", "data", "arguments"),
    [
        (
            "get_composite_schedule",
            {"where": "1:", "hours": "6", "unit": "W"},
            {"evse": 1, "duration_seconds": 21_600, "unit": "W"},
        ),
        (
            "get_composite_schedule",
            {"where": "", "hours": "24", "unit": ""},
            {"evse": 0, "duration_seconds": 86_400, "unit": None},
        ),
        (
            "get_charging_profiles",
            {"where": "2:"},
            {"evse": 2, "purpose": None, "stack_level": None, "profile_ids": [], "sources": []},
        ),
    ],
)
def test_questions(
    admin: Client, site: Site, kind: str, data: dict[str, str], arguments: dict[str, Any]
) -> None:
    assert post(admin, site, kind, data).status_code == 200
    command = asked(site)
    command.arguments.pop("request_id", None)
    assert (command.kind, command.arguments) == (kind, arguments)


def test_priority_of_the_running_session(admin: Client, site: Site) -> None:
    data = {"where": "tx:1", "activate": "no"}
    assert post(admin, site, "use_priority_charging", data).status_code == 200
    assert asked(site).arguments == {
        "transaction_ref": site.transaction.station_ref,
        "activate": False,
    }


@pytest.mark.usefixtures("installed")
def test_a_dynamic_limit(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        row = ChargingProfile.objects.get(station=site.station, evse_number=1)
        row.content = {**row.content, "kind": "Dynamic"}
        row.save()
        StationCommand.objects.filter(station=site.station).delete()
    data = {"profile_id": "1", "limit": "7.5"}
    assert post(admin, site, "update_dynamic_schedule", data).status_code == 200
    assert asked(site).arguments == {"profile_id": 1, "limit": 7.5}


# -- a whole profile -----------------------------------------------------------------------------

FULL = {
    "where": "1:",
    "purpose": "TxDefaultProfile",
    "stack_level": "2",
    "kind_of_schedule": "Absolute",
    "start_at": "2026-03-14T22:00",
    "minutes": "600",
    "valid_from": "",
    "valid_to": "2026-04-01T00:00",
    "unit": "kW",
    "min_rate": "1.5",
    "periods": "00:00 11 3\n\n 01:30; 7.36\n",
}


def test_a_full_profile(admin: Client, site: Site) -> None:
    assert post(admin, site, "set_full_profile", FULL).status_code == 200
    command = asked(site)
    assert command.arguments["evse"] == 1
    profile = command.arguments["profile"]
    assert (profile["purpose"], profile["kind"], profile["stack_level"]) == (
        "TxDefaultProfile", "Absolute", 2,
    )  # fmt: skip
    assert datetime.fromisoformat(profile["valid_to"]) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    (schedule,) = profile["schedules"]
    assert datetime.fromisoformat(schedule["start_at"]) == datetime(2026, 3, 14, 21, tzinfo=UTC)
    assert (schedule["unit"], schedule["duration_seconds"], schedule["min_rate"]) == (
        "W", 36_000, 1_500.0,
    )  # fmt: skip
    steps = [(item["start_seconds"], item["limit"], item["phases"]) for item in schedule["periods"]]
    assert steps == [(0, 11_000.0, 3), (5_400, 7_360.0, None)]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [("Daily", ("Recurring", "Daily")), ("Weekly", ("Recurring", "Weekly"))],
)
def test_a_full_profile_that_returns(
    admin: Client, site: Site, kind: str, sent: tuple[str, str]
) -> None:
    post(admin, site, "set_full_profile", {**FULL, "kind_of_schedule": kind})
    profile = asked(site).arguments["profile"]
    assert (profile["kind"], profile["recurrence"]) == sent


def test_a_full_profile_of_the_running_session(admin: Client, site: Site) -> None:
    relative = {"kind_of_schedule": "Relative", "start_at": "", "unit": "A", "min_rate": ""}
    data = {**FULL, **relative, "purpose": "TxProfile", "valid_to": ""}
    post(admin, site, "set_full_profile", data)
    profile = asked(site).arguments["profile"]
    assert profile["transaction_ref"] == site.transaction.station_ref
    assert profile["schedules"][0]["periods"][0]["limit"] == 11


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"periods": "00:00 16\nat noon 10"}, "Line 2 is none of hours:minutes, limit, phases."),
        ({"periods": "00:00 -16"}, "Line 1 is none of"),
        ({"periods": "00:00 16 4"}, "Line 1 is none of"),
        ({"periods": "00:30 16"}, "The first period starts at 0."),
        ({"periods": "\n".join(["00:00 1"] * 1_001)}, "At most 1000 lines."),
        ({"purpose": "TxProfile", "where": "2:"}, "Name the session that this is for."),
        ({"purpose": "ChargingStationMaxProfile"}, "cannot be set for one EVSE"),
        ({"kind_of_schedule": "Relative"}, "has no start of its own"),
        ({"start_at": ""}, "Say when it starts."),
        ({"valid_from": "2026-05-01T00:00"}, "It must end after it begins."),
        ({"where": "9:"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_with_a_full_profile_is_told(
    admin: Client, site: Site, changes: dict[str, str], text: str
) -> None:
    response = post(admin, site, "set_full_profile", {**FULL, **changes})
    assert text in response.content.decode()
    assert untouched(site)


def test_the_history_tells_limits_in_words(admin: Client, site: Site) -> None:
    post(admin, site, "set_full_profile", FULL)
    history = admin.get(f"/stations/{site.station.pk}/commands/").content.decode()
    assert "EVSE 1, Each session: 11.0\u00a0kW, 7.4\u00a0kW" in history
    assert "stack_level" not in history


# -- a start with a limit ------------------------------------------------------------------------


def test_a_start_may_bring_a_limit(admin: Client, site: Site) -> None:
    token = IdTokenFactory.create(operator=site.station.operator)
    data = {"evse": "2", "id_token": token.uid, "limit": "3.7", "unit": "kW"}
    assert post(admin, site, "request_start_transaction", data).status_code == 200
    profile = asked(site).arguments["profile"]
    assert (profile["purpose"], profile["kind"]) == ("TxProfile", "Relative")
    assert profile["schedules"][0]["unit"] == "W"
    assert profile["schedules"][0]["periods"][0]["limit"] == 3_700
    with system_scope("tests"):
        row = ChargingProfile.objects.get(station=site.station)
        assert (row.evse_number, row.status, row.set_by_id) == (
            2, "requested", asked(site).requested_by_id,
        )  # fmt: skip


def test_a_start_with_a_unit_that_the_station_does_not_take(admin: Client, site: Site) -> None:
    token = IdTokenFactory.create(operator=site.station.operator)
    with system_scope("tests"):
        StationVariable.objects.create(
            operator=site.station.operator, station=site.station, reported_at=NOW,
            name="ChargingScheduleAllowedChargingRateUnit", value="Current",
        )  # fmt: skip
    data = {"evse": "2", "id_token": token.uid, "limit": "3.7", "unit": "kW"}
    response = post(admin, site, "request_start_transaction", data)
    assert "This station does not take W." in response.content.decode()
    assert untouched(site)
