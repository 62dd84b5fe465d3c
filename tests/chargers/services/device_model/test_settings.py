"""Values read and set: split by limits, checked before they are sent, kept as they were answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain import commands as wire
from chargers.domain.commands import Outcome, OutcomeStatus, ReportBase
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, StationCommand, StationVariable
from chargers.services import commands
from chargers.services.device_model import settings
from chargers.services.device_model.settings import Wanted
from tests.factories import ACTOR, NOW, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def old(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, protocol="ocpp1.6", is_online=True)


@pytest.fixture
def new(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, protocol="ocpp2.0.1", is_online=True)


def variable(station: ChargingStation, name: str, value: str, **values: Any) -> StationVariable:
    row: StationVariable = StationVariable.objects.create(
        operator=station.operator,
        station=station,
        name=name,
        value=value,
        reported_at=NOW,
        **values,
    )
    return row


def asked(*sent: StationCommand) -> list[tuple[str, dict[str, Any]]]:
    """What was asked for: these commands, or all, of which those of one instant are in no order."""
    rows = [StationCommand.objects.get(pk=row.pk) for row in sent]
    rows = rows or list(StationCommand.objects.order_by("requested_at", "id"))
    return [(row.kind, row.arguments) for row in rows]


def finish(row: StationCommand, status: OutcomeStatus, detail: dict[str, Any]) -> None:
    outcome = Outcome(status=status, detail=detail)
    assert commands.finish(command_id=row.pk, outcome=outcome, now=LATER)


def stored(station: ChargingStation) -> dict[str, str]:
    return dict(StationVariable.objects.filter(station=station).values_list("name", "value"))


WANTED = [Wanted(name="sample_interval", value="30"), Wanted(name="cache_enabled", value="true")]


def test_keys_are_set_one_by_one(old: ChargingStation) -> None:
    sent = settings.set_values(station=old, values=WANTED, now=NOW, actor=ACTOR)
    assert asked(*sent) == [
        ("set_variable", {"name": "MeterValueSampleInterval", "value": "30"}),
        ("set_variable", {"name": "AuthorizationCacheEnabled", "value": "true"}),
    ]


def test_keys_are_sent_in_the_order_given(old: ChargingStation) -> None:
    names = [f"Key{number}" for number in range(12)]
    wanted = [Wanted(name=name, value="1") for name in names]
    settings.set_values(station=old, values=wanted, now=NOW)
    queued = commands.take_queued(
        station_id=old.pk, epoch=old.connection_epoch, now=NOW + timedelta(seconds=1)
    )
    assert [row.arguments["name"] for row in queued] == names


def test_variables_are_set_in_one_message(new: ChargingStation) -> None:
    target = Wanted(name="EVSE@1.Power", value="7000", attribute="Target")
    settings.set_values(station=new, values=[*WANTED, target], now=NOW, actor=ACTOR)
    assert asked() == [
        (
            "set_variables",
            {
                "values": [
                    {"name": "SampledDataCtrlr.TxUpdatedInterval", "value": "30"},
                    {"name": "AuthCacheCtrlr.Enabled", "value": "true"},
                    {"name": "EVSE@1.Power", "value": "7000", "attribute": "Target"},
                ]
            },
        )
    ]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == (
        "station.set_variables",
        {
            "names": [
                "SampledDataCtrlr.TxUpdatedInterval",
                "AuthCacheCtrlr.Enabled",
                "EVSE@1.Power",
            ]
        },
    )


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
def test_what_is_under_way_is_not_asked_again(operator: Operator, protocol: str) -> None:
    station = StationFactory.create(operator=operator, protocol=protocol, is_online=True)
    first = settings.set_values(station=station, values=WANTED, now=NOW, actor=ACTOR)
    again = settings.set_values(station=station, values=WANTED, now=LATER - timedelta(seconds=1))
    assert [row.pk for row in again] == [row.pk for row in first]
    assert len(asked()) == len(first)
    for row in first:
        finish(row, OutcomeStatus.ACCEPTED, {})
    third = settings.set_values(station=station, values=WANTED, now=LATER)
    assert {row.pk for row in third}.isdisjoint(row.pk for row in first)


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
def test_what_was_set_otherwise_meanwhile_is_asked_again(operator: Operator, protocol: str) -> None:
    station = StationFactory.create(operator=operator, protocol=protocol, is_online=True)

    def ask(value: str, second: int) -> StationCommand:
        wanted = [Wanted(name="sample_interval", value=value)]
        at = NOW + timedelta(seconds=second)
        (row,) = settings.set_values(station=station, values=wanted, now=at)
        return row

    rows = [ask("30", 0), ask("60", 1), ask("30", 2), ask("30", 3)]
    assert [row.arguments["value"] for row in rows] == ["30", "60", "30", "30"]
    assert [row.pk for row in rows].index(rows[3].pk) == 2
    assert len(asked()) == 3


def test_a_secret_of_one_of_several_components_is_kept_nowhere(new: ChargingStation) -> None:
    name = "NetworkConfiguration[1].BasicAuthPassword"
    wanted = [Wanted(name=name, value="hunter2hunter2hunter2")]
    (row,) = settings.set_values(station=new, values=wanted, now=NOW, actor=ACTOR)
    assert row.arguments["value"].startswith("sealed:")
    finish(row, OutcomeStatus.ACCEPTED, {})
    assert asked() == [("set_variable", {"name": name, "value": "***"})]
    assert stored(new) == {name: ""}


@pytest.mark.parametrize(
    ("protocol", "name"),
    [("ocpp1.6", "AuthorizationKey"), ("ocpp2.0.1", "SecurityCtrlr.BasicAuthPassword")],
)
def test_the_station_s_own_key_is_no_mere_value(
    operator: Operator, protocol: str, name: str
) -> None:
    station = StationFactory.create(operator=operator, protocol=protocol, is_online=True)
    with pytest.raises(UnableToCommand) as refusal:
        settings.set_values(
            station=station, values=[*WANTED, Wanted(name=name, value="0123456789abcdef")], now=NOW
        )
    assert list(refusal.value.errors) == [name]
    assert asked() == []


def test_a_lower_security_profile_among_several(new: ChargingStation) -> None:
    new.min_security_profile = 2
    new.save()
    profile = Wanted(name="SecurityCtrlr.SecurityProfile", value="1")
    with pytest.raises(UnableToCommand) as refusal:
        settings.set_values(station=new, values=[*WANTED, profile], now=NOW)
    assert list(refusal.value.errors) == ["values"]
    assert asked() == []


def test_the_same_value_under_two_names(new: ChargingStation) -> None:
    values = [
        Wanted(name="sample_interval", value="30"),
        Wanted(name="SampledDataCtrlr.TxUpdatedInterval", value="60"),
        Wanted(name="sample_interval", value="30", attribute="Target"),
    ]
    with pytest.raises(UnableToCommand) as refusal:
        settings.set_values(station=new, values=values, now=NOW)
    assert refusal.value.errors == {"SampledDataCtrlr.TxUpdatedInterval": "Named twice."}
    assert asked() == []


def test_messages_hold_no_more_than_the_station_takes(new: ChargingStation) -> None:
    variable(new, "DeviceDataCtrlr.ItemsPerMessage[SetVariables]", "2")
    variable(new, "DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "4")
    values = [Wanted(name=f"A.B{n}", value="1") for n in range(5)]
    sent = settings.set_values(station=new, values=values, now=NOW)
    assert [len(row.arguments.get("values", [1])) for row in sent] == [2, 2, 1]
    names = [f"A.B{n}" for n in range(5)]
    read = settings.read_values(station=new, names=names, attributes=("Actual", "Target"), now=NOW)
    assert [list(row.arguments["names"]) for row in read] == [names[:2], names[2:4], names[4:]]


def test_keys_are_read_by_the_station_s_limit(old: ChargingStation) -> None:
    variable(old, "GetConfigurationMaxKeys", "3")
    sent = settings.read_values(
        station=old,
        names=["sample_interval", "offline_threshold", "A", "B", "C", "A"],
        attributes=("Target",),
        now=NOW,
    )
    assert [arguments for _kind, arguments in asked(*sent)] == [
        {"names": ["MeterValueSampleInterval", "A", "B"], "attributes": []},
        {"names": ["C"], "attributes": []},
    ]


def test_a_limit_that_is_no_number_counts_as_none(new: ChargingStation) -> None:
    variable(new, "DeviceDataCtrlr.ItemsPerMessage[SetVariables]", "many")
    values = [Wanted(name=f"A.B{n}", value="1") for n in range(21)]
    sent = settings.set_values(station=new, values=values, now=NOW)
    assert [row.kind for row in sent] == ["set_variables", "set_variables"]


@pytest.mark.parametrize(
    ("wanted", "errors"),
    [
        (Wanted(name="sample_interval", value="soon"), {"sample_interval": "A whole number."}),
        (Wanted(name="sample_interval", value="-1"), {"sample_interval": "At least 0."}),
        (
            Wanted(name="light_intensity", value="5"),
            {"light_intensity": "This station has no such setting."},
        ),
        (Wanted(name=" ", value="5"), {" ": "Name the variable."}),
        (
            Wanted(name="A.Fixed", value="5"),
            {"A.Fixed": "The station says that this can only be read."},
        ),
        (Wanted(name="A.Small", value="11"), {"A.Small": "At most 10."}),
        (
            Wanted(name="A.Small", value="5", attribute="MaxSet"),
            {"A.Small": "The station says that this can only be read."},
        ),
        (
            Wanted(name="A.Small", value="5", attribute="Best"),
            {"A.Small": "The attribute is one of Actual, Target, MinSet, MaxSet."},
        ),
    ],
)
def test_what_cannot_be_is_told_by_name_and_not_sent(
    new: ChargingStation, wanted: Wanted, errors: dict[str, str]
) -> None:
    variable(new, "A.Fixed", "1", is_read_only=True)
    limits = {"dataType": "integer", "maxLimit": 10, "mutability": {"MaxSet": "ReadOnly"}}
    variable(new, "A.Small", "1", attributes=limits)
    good = Wanted(name="A.Small", value="10")
    with pytest.raises(UnableToCommand) as refused:
        settings.set_values(station=new, values=[good, wanted], now=NOW, actor=ACTOR)
    assert refused.value.errors == errors
    assert asked() == []
    assert AuditEntry.objects.count() == 0


def test_one_value_is_checked_like_several(new: ChargingStation) -> None:
    variable(new, "A.Fixed", "1", is_read_only=True)
    with pytest.raises(UnableToCommand) as refused:
        commands.set_variable(station=new, name="A.Fixed", value="2", now=NOW)
    assert refused.value.errors == {"value": "The station says that this can only be read."}
    assert asked() == []


def test_a_key_has_no_attributes(old: ChargingStation) -> None:
    wanted = Wanted(name="K", value="1", attribute="Target")
    with pytest.raises(UnableToCommand) as refused:
        settings.set_values(station=old, values=[wanted], now=NOW)
    assert refused.value.errors == {"K": "A configuration key has no attributes."}


def test_another_station_s_limits_and_types_do_not_count(
    new: ChargingStation, operator: Operator
) -> None:
    other = StationFactory.create(operator=operator, protocol="ocpp2.0.1", is_online=True)
    variable(other, "A.Fixed", "1", is_read_only=True)
    variable(other, "DeviceDataCtrlr.ItemsPerMessage[SetVariables]", "1")
    values = [Wanted(name="A.Fixed", value="2"), Wanted(name="A.B", value="2")]
    assert len(settings.set_values(station=new, values=values, now=NOW)) == 1


def test_a_station_of_unknown_version_cannot_be_set(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, protocol="", is_online=True)
    with pytest.raises(UnableToCommand, match="never been online"):
        settings.set_values(station=station, values=WANTED, now=NOW)
    with pytest.raises(UnableToCommand, match="Name at least one"):
        settings.set_values(station=station, values=[], now=NOW)
    assert asked() == []


def test_only_values_that_were_taken_are_kept(new: ChargingStation) -> None:
    variable(new, "A.B", "1", attributes={"unit": "s", "values": {"Actual": "1"}})
    variable(new, "A.C", "1")
    values = [Wanted(name=name, value="9") for name in ("A.B", "A.C", "A.D")]
    (row,) = settings.set_values(station=new, values=values, now=NOW)
    results = [
        {"name": "A.B", "attribute": "Actual", "status": "accepted"},
        {"name": "A.C", "attribute": "Actual", "status": "rejected"},
        {"name": "A.D", "attribute": "Actual", "status": "scheduled"},
    ]
    finish(row, OutcomeStatus.REJECTED, {"results": results})
    assert stored(new) == {"A.B": "9", "A.C": "1", "A.D": "9"}
    kept = StationVariable.objects.get(name="A.B")
    assert kept.attributes == {"unit": "s", "values": {"Actual": "9"}}
    assert kept.reported_at == LATER


def test_secrets_leave_the_command_once_it_has_ended(new: ChargingStation) -> None:
    name = "SecurityCtrlr.ModemPassword"
    values = [Wanted(name=name, value="hunter2hunter2"), Wanted(name="A.B", value="1")]
    (row,) = settings.set_values(station=new, values=values, now=NOW)
    results = [{"name": each.name, "attribute": "Actual", "status": "accepted"} for each in values]
    finish(row, OutcomeStatus.ACCEPTED, {"results": results})
    row.refresh_from_db()
    assert row.arguments["values"] == [
        {"name": name, "value": "***"},
        {"name": "A.B", "value": "1"},
    ]
    assert stored(new) == {name: "", "A.B": "1"}


def test_an_answer_without_a_value_keeps_the_known_one(new: ChargingStation) -> None:
    variable(new, "A.B", "60")
    row = commands.request_command(
        station=new, command=wire.GetVariables(names=("A.B", "A.C")), now=NOW
    )
    told = [
        {"name": "A.B", "value": None, "read_only": None},
        {"name": "A.C", "value": None, "read_only": True},
        {"name": "A.B", "value": "900", "read_only": None, "attribute": "MaxSet"},
        {"name": "A.D", "value": "", "read_only": False},
    ]
    finish(row, OutcomeStatus.ACCEPTED, {"variables": told})
    assert stored(new) == {"A.B": "60", "A.C": "", "A.D": ""}
    assert StationVariable.objects.get(name="A.B").attributes == {"values": {"MaxSet": "900"}}
    assert StationVariable.objects.get(name="A.C").is_read_only is True


def test_a_place_is_part_of_the_name(new: ChargingStation) -> None:
    variable(new, "EVSE.Power", "1", evse=1, is_read_only=True)
    settings.set_values(station=new, values=[Wanted(name="EVSE@2.Power", value="5")], now=NOW)
    with pytest.raises(UnableToCommand):
        settings.set_values(station=new, values=[Wanted(name="EVSE@1.Power", value="5")], now=NOW)
    assert len(asked()) == 1


def test_a_report_names_no_more_than_the_station_takes(new: ChargingStation) -> None:
    variable(new, "DeviceDataCtrlr.ItemsPerMessage[GetReport]", "2")
    sent = settings.request_report(station=new, names=("A", "B.C", "D"), now=NOW)
    assert [tuple(row.arguments["names"]) for row in sent] == [("A", "B.C"), ("D",)]
    assert len({row.arguments["request_id"] for row in sent}) == 2


def test_reports_are_asked_for(new: ChargingStation) -> None:
    settings.request_base_report(station=new, report_base=ReportBase.SUMMARY, now=NOW)
    settings.request_report(station=new, criteria=("Problem",), now=NOW)
    with pytest.raises(UnableToCommand):
        settings.request_report(station=new, now=NOW)
    kinds = [(kind, arguments.get("report_base")) for kind, arguments in asked()]
    assert kinds == [("get_base_report", "SummaryInventory"), ("get_report", None)]
