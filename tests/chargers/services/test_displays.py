"""Displays: rows in step with answers and reports, costs told in time and once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chargers import ports
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.messages import (
    Authorize,
    DataTransfer,
    IdTokenRef,
    NotifyDerAlarm,
    NotifyDerStartStop,
    NotifyDisplayMessages,
    NotifySettlement,
    NotifyWebPaymentStarted,
    ShownMessage,
    VatNumberValidation,
)
from chargers.domain.results import (
    AuthorizeResult,
    Company,
    DataTransferResult,
    PersonalMessage,
    VatResult,
)
from chargers.domain.timeline import sentence
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    DisplayMessage,
    ReportedSettlement,
    SessionDisplay,
    StationCommand,
    StationVariable,
)
from chargers.services import command_queue
from chargers.services.display import requests, tariffs
from chargers.services.display.refresh import refresh_displays
from common.tenancy import system_scope
from tests.chargers.services.conversation import TAG, Conversation, at
from tests.factories import NOW, DisplayMessageFactory, StationFactory, TransactionFactory

pytestmark = pytest.mark.django_db

ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")
NOT_SUPPORTED = Outcome(status=OutcomeStatus.NOT_SUPPORTED, raw_status="NotImplemented")


@pytest.fixture
def talk() -> Conversation:
    return Conversation.begin(protocol="ocpp2.0.1")


def show(station: ChargingStation, content: str = "Hej", **values: Any) -> StationCommand:
    with system_scope("tests"):
        return requests.show_message(station=station, content=content, now=NOW, **values)


def answer(command: StationCommand, outcome: Outcome = ACCEPTED, minutes: float = 1) -> None:
    command_queue.finish(command_id=command.pk, outcome=outcome, now=at(minutes))


def board(station: ChargingStation) -> list[tuple[int, str, str]]:
    with system_scope("tests"):
        rows = DisplayMessage.objects.filter(station=station).order_by("number")
        return list(rows.values_list("number", "content", "status"))


def named(number: int, content: str = "Hej", **values: Any) -> ShownMessage:
    return ShownMessage(number=number, content=content, priority="InFront", format="UTF8", **values)


def report(*messages: ShownMessage, request_id: int = 8, is_last: bool = True) -> Any:
    return NotifyDisplayMessages(request_id=request_id, is_last=is_last, messages=messages)


# -- messages ------------------------------------------------------------------------------------


def test_a_message_goes_up_and_down(talk: Conversation) -> None:
    first = show(talk.station)
    assert board(talk.station) == [(1000, "Hej", "asked")]
    answer(first)
    assert board(talk.station) == [(1000, "Hej", "shown")]
    answer(show(talk.station, "Du"), Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected"))
    assert board(talk.station)[1] == (1001, "Du", "refused")
    with system_scope("tests"):
        row = DisplayMessage.objects.select_related("station__operator").get(number=1000)
        clear = requests.clear_message(message=row, now=NOW)
        with pytest.raises(UnableToCommand):
            requests.clear_message(message=DisplayMessage.objects.get(number=1001), now=NOW)
    answer(clear)
    assert board(talk.station)[0] == (1000, "Hej", "cleared")


def test_a_message_without_an_answer_is_not_shown(talk: Conversation) -> None:
    show(talk.station)
    command_queue.time_out_commands(now=at(5))
    with system_scope("tests"):
        row = DisplayMessage.objects.get()
    assert (row.status, row.raw_status) == ("refused", "No answer in time")


def test_a_report_of_everything_replaces_what_was_known(talk: Conversation) -> None:
    for number, status in ((1, "shown"), (2, "shown"), (3, "asked")):
        DisplayMessageFactory.create(
            station=talk.station, number=number, content="old", status=status,
            changed_at=at(-5),
        )  # fmt: skip
    other = DisplayMessageFactory.create(number=2, content="elsewhere", changed_at=at(-5))
    with system_scope("tests"):
        question = requests.ask_display(station=talk.station, now=NOW)
    number = question.arguments["request_id"]
    talk.say(report(named(1, "new"), request_id=number, is_last=False), received=at(1))
    assert [status for _, _, status in board(talk.station)] == ["shown", "shown", "asked"]
    for minute in (2, 3):
        talk.say(report(named(7, "maker's"), request_id=number), received=at(minute))
    assert board(talk.station) == [
        (1, "new", "shown"),
        (2, "old", "cleared"),
        (3, "old", "asked"),
        (7, "maker's", "shown"),
    ]
    assert board(other.station) == [(2, "elsewhere", "shown")]


def test_a_report_that_nobody_asked_for_clears_nothing(talk: Conversation) -> None:
    DisplayMessageFactory.create(station=talk.station, number=1, content="old", changed_at=at(-5))
    talk.say(report(named(2), request_id=999), received=at(1))
    assert [status for _, _, status in board(talk.station)] == ["shown", "shown"]


def test_an_empty_display_says_so(talk: Conversation) -> None:
    DisplayMessageFactory.create(station=talk.station, number=1, content="old", changed_at=at(-5))
    with system_scope("tests"):
        question = requests.ask_display(station=talk.station, now=NOW)
    outcome = Outcome(
        status=OutcomeStatus.ACCEPTED, raw_status="Unknown", detail={"messages": "none"}
    )
    answer(question, outcome)
    assert board(talk.station) == [(1, "old", "cleared")]


def test_sessions_of_another_station_are_not_linked(talk: Conversation) -> None:
    TransactionFactory.create(station_ref="b7c1")
    talk.say(report(named(1, transaction_ref="b7c1")), received=at(1))
    with system_scope("tests"):
        row = DisplayMessage.objects.get()
    assert (row.transaction, row.transaction_ref) == (None, "b7c1")


def test_a_message_ends_with_its_session(talk: Conversation) -> None:
    talk.start(0, transaction_ref="b7c1")
    answer(show(talk.station, transaction=talk.only()))
    refresh_displays(now=at(2))
    assert board(talk.station) == [(1000, "Hej", "shown")]
    talk.stop(3, "b7c1")
    refresh_displays(now=at(4))
    assert board(talk.station) == [(1000, "Hej", "cleared")]


def test_wishes_that_make_no_sense(talk: Conversation) -> None:
    foreign = TransactionFactory.create()
    other = DisplayMessageFactory.create()
    refused: list[tuple[dict[str, Any], str]] = [
        ({"content": "x" * 513}, "content"),
        ({"ends_at": NOW - timedelta(minutes=1)}, "ends_at"),
        ({"transaction": foreign}, "transaction"),
        (
            {"transaction": TransactionFactory.create(station=talk.station, state="ended")},
            "transaction",
        ),
        ({"replaces": other}, "replaces"),
    ]
    for values, field in refused:
        with pytest.raises(UnableToCommand) as error:
            show(talk.station, **values)
        assert list(error.value.errors) == [field]
    assert board(talk.station) == []
    with system_scope("tests"), pytest.raises(UnableToCommand) as error:
        tariffs.set_default_tariff(station=talk.station, tariff={"tariffId": 1}, now=NOW)
    assert "tariff.tariffId: type" in error.value.message


# -- costs ---------------------------------------------------------------------------------------


@pytest.fixture
def cost() -> Iterator[dict[str, int]]:
    """What every session costs now, in cents; empty: nobody knows."""
    said: dict[str, int] = {}

    def quote(*, transaction_id: UUID, now: Any) -> ports.RunningCost | None:
        return ports.RunningCost(amount_minor=said["minor"], currency="EUR") if said else None

    ports.set_running_cost_quoter(quote)
    yield said
    ports.set_running_cost_quoter(ports.no_running_cost)


def costs(talk: Conversation) -> list[str]:
    return [row.arguments["total_cost"] for row in in_time(talk) if row.kind == "show_cost"]


def in_time(talk: Conversation) -> list[StationCommand]:
    return sorted(talk.commands(), key=lambda row: row.requested_at)


def test_nobody_quotes_nothing_is_told(talk: Conversation) -> None:
    talk.start(0, transaction_ref="b7c1")
    assert refresh_displays(now=at(1)) == 0
    assert talk.commands() == []


def test_a_cost_is_told_at_most_every_half_minute(talk: Conversation, cost: dict[str, int]) -> None:
    talk.start(0, transaction_ref="b7c1")
    assert refresh_displays(now=at(1)) == 0
    cost["minor"] = 105
    assert refresh_displays(now=at(1)) == 1
    cost["minor"] = 110
    assert refresh_displays(now=at(1.4)) == 0
    assert refresh_displays(now=at(1.5)) == 1
    assert refresh_displays(now=at(5)) == 0, "it has not changed"
    assert costs(talk) == ["1.05", "1.10"]
    with system_scope("tests"):
        row = SessionDisplay.objects.get()
    assert (row.amount_minor, row.currency, row.is_final, row.told_at) == (
        110, "EUR", False, at(1.5),
    )  # fmt: skip
    assert str(row) == "1.10 EUR"


def test_of_told_costs_the_history_keeps_the_last(talk: Conversation, cost: dict[str, int]) -> None:
    talk.start(0, transaction_ref="b7c1")
    for minute in (1, 2, 3):
        cost["minor"] = minute
        refresh_displays(now=at(minute))
        answer(in_time(talk)[-1], minutes=minute)
    assert costs(talk) == ["0.03"]
    assert "command_finished" not in talk.kinds()


def test_a_station_that_knows_no_costs_is_asked_once(
    talk: Conversation, cost: dict[str, int]
) -> None:
    talk.start(0, transaction_ref="b7c1")
    cost["minor"] = 1
    refresh_displays(now=at(1))
    answer(in_time(talk)[-1], NOT_SUPPORTED)
    cost["minor"] = 2
    assert refresh_displays(now=at(5)) == 0
    assert refresh_displays(now=at(60 * 24 * 8)) == 1


def test_a_station_whose_variables_say_no_is_not_asked(
    talk: Conversation, cost: dict[str, int]
) -> None:
    talk.start(0, transaction_ref="b7c1")
    variable(talk, "TariffCostCtrlr.Available[Cost]", "false")
    cost["minor"] = 1
    assert refresh_displays(now=at(1)) == 0


def variable(talk: Conversation, name: str, value: str) -> None:
    with system_scope("tests"):
        StationVariable.objects.create(
            operator=talk.station.operator, station=talk.station, name=name, value=value,
            reported_at=NOW,
        )  # fmt: skip


def test_words_of_a_make_and_its_bill(cost: dict[str, int]) -> None:
    talk = Conversation.begin()
    variable(talk, "CustomDisplayCostAndPrice", "true")
    number = talk.start(0, meter_wh=1000).assigned_id
    cost["minor"] = 250
    refresh_displays(now=at(1))
    (command,) = talk.commands()
    assert command.arguments["vendor_id"] == "org.openchargealliance.costmsg"
    assert command.arguments["vendor_message"] == "RunningCost"
    assert json.loads(command.arguments["vendor_data"]) == {
        "transactionId": number,
        "timestamp": "2026-03-14T12:01:00Z",
        "meterValue": 1000,
        "cost": 2.5,
        "state": "Charging",
    }
    answer(command)
    result = talk.stop(2, number, meter_wh=2000)
    assert result.total_cost == Decimal("2.50")
    refresh_displays(now=at(3))
    refresh_displays(now=at(4))
    bills = [row for row in in_time(talk) if row.arguments["is_final"]]
    assert [row.arguments["vendor_message"] for row in bills] == ["FinalCost"]
    assert json.loads(bills[0].arguments["vendor_data"]) == {"transactionId": number, "cost": 2.5}


def test_others_have_the_bill_in_the_answer_to_their_end(
    talk: Conversation, cost: dict[str, int]
) -> None:
    talk.start(0, transaction_ref="b7c1")
    cost["minor"] = 250
    refresh_displays(now=at(1))
    assert talk.stop(2, "b7c1").total_cost == Decimal("2.50")
    assert refresh_displays(now=at(3)) == 0
    assert costs(talk) == ["2.50"]


# -- texts ---------------------------------------------------------------------------------------


@pytest.fixture
def text() -> Iterator[str]:
    ports.set_tariff_text_provider(lambda _: PersonalMessage(text="0.45 EUR/kWh", language="en"))
    yield "0.45 EUR/kWh"
    ports.set_tariff_text_provider(ports.no_tariff_text)


def test_who_may_charge_reads_what_it_costs(talk: Conversation, text: str) -> None:
    allowed = talk.say(Authorize(id_token=IdTokenRef(uid=TAG)), received=NOW)
    refused = talk.say(Authorize(id_token=IdTokenRef(uid="NOBODY")), received=NOW)
    assert isinstance(allowed, AuthorizeResult)
    assert isinstance(refused, AuthorizeResult)
    assert allowed.token.message == PersonalMessage(text=text, language="en")
    assert refused.token.message is None


def test_words_of_a_make_carry_the_tariff_once(text: str) -> None:
    talk = Conversation.begin()
    variable(talk, "CustomDisplayCostAndPrice", "true")
    talk.start(0)
    assert refresh_displays(now=at(1)) == 1
    assert refresh_displays(now=at(2)) == 0
    (command,) = talk.commands()
    assert command.arguments["vendor_message"] == "SetUserPrice"
    assert json.loads(command.arguments["vendor_data"]) == {"idToken": TAG, "priceText": text}


# -- what stations say besides ---------------------------------------------------------------------


def test_a_settlement_is_kept_once(talk: Conversation) -> None:
    talk.start(0, transaction_ref="b7c1")
    message = NotifySettlement(
        psp_ref="psp-1",
        status="Settled",
        amount=Decimal("12.5000"),
        settled_at=NOW,
        transaction_ref="b7c1",
        details={"receiptId": "r-1"},
    )
    for minute in (1, 2):
        talk.say(message, received=at(minute))
    with system_scope("tests"):
        row = ReportedSettlement.objects.get()
    assert (row.amount, row.transaction_id, row.details, row.received_at) == (
        Decimal("12.5000"), talk.only().pk, {"receiptId": "r-1"}, at(1),
    )  # fmt: skip
    [(kind, payload)] = [event for event in talk.events() if event[0] == "settlement_reported"]
    assert (kind, payload["amount"], payload["status"]) == (
        "settlement_reported",
        "12.5",
        "Settled",
    )


def test_a_settlement_of_another_stations_session_is_not_linked(talk: Conversation) -> None:
    TransactionFactory.create(station_ref="b7c1")
    message = NotifySettlement(
        psp_ref="p", status="Failed", amount=None, settled_at=None, transaction_ref="b7c1"
    )
    talk.say(message, received=at(1))
    with system_scope("tests"):
        assert ReportedSettlement.objects.get().transaction is None


def test_vat_numbers_are_looked_up_where_somebody_does(talk: Conversation) -> None:
    message = VatNumberValidation(vat_number="NL1")
    assert talk.say(message, received=NOW) == VatResult(reason="NotValidated")
    company = Company(name="Volta", address1="Quay 1", city="Delft", country="NL")
    ports.set_vat_number_validator(
        lambda *, vat_number, now: company if vat_number == "NL1" else None  # noqa: ARG005
    )
    try:
        assert talk.say(message, received=NOW) == VatResult(company=company)
        unknown = talk.say(VatNumberValidation(vat_number="NL2"), received=NOW)
        assert unknown == VatResult(reason="InvalidNumber")
    finally:
        ports.set_vat_number_validator(ports.no_vat_number)


def test_the_grid_and_web_payments_make_the_timeline(talk: Conversation) -> None:
    alarm = NotifyDerAlarm(control_type="FreqDroop", device_at=NOW, fault="UnderFrequency")
    talk.say(alarm, received=at(1))
    control = NotifyDerStartStop(
        control_id="c-2", started=True, device_at=NOW, superseded=("c-0", "c-1")
    )
    talk.say(control, received=at(1.5))
    talk.say(NotifyWebPaymentStarted(evse=2, timeout_seconds=60), received=at(2))
    kinds = dict(talk.events())
    assert kinds["grid_alarm_reported"]["fault"] == "UnderFrequency"
    assert kinds["grid_control_changed"]["superseded"] == "c-0, c-1"
    assert sentence("chargers.grid_control_changed", kinds["grid_control_changed"]) == (
        "Grid control c-2 began"
    )
    assert kinds["web_payment_started"]["evse"] == 2


def test_vendors_messages_go_to_who_understands_them(talk: Conversation) -> None:
    def echo(message: DataTransfer, *, station: Any, received_at: Any) -> DataTransferResult:
        return DataTransferResult(status="Accepted", data=str(message.data))

    ports.set_data_transfer_handlers({"org.example": {"Echo": echo}, "org.any": {"": echo}})
    try:
        said = [
            talk.say(DataTransfer(vendor_id=v, message_id=m, data="x"), received=NOW)
            for v, m in (
                ("org.example", "Echo"),
                ("org.example", "?"),
                ("org.any", "?"),
                ("?", "?"),
            )
        ]
    finally:
        ports.set_data_transfer_handlers({})
    assert said == [
        DataTransferResult(status="Accepted", data="x"),
        DataTransferResult(status="UnknownMessageId"),
        DataTransferResult(status="Accepted", data="x"),
        DataTransferResult(status="UnknownVendorId"),
    ]


def test_a_location_shows_the_same_everywhere(talk: Conversation) -> None:
    location = talk.station.location
    away = StationFactory.create(operator=talk.station.operator, location=location, is_online=False)
    with system_scope("tests"):
        sent = requests.show_message_at_location(location=location, content="Hej", now=NOW)
    assert sorted(row.status for row in sent) == ["failed", "queued"]
    assert board(talk.station) == [(1000, "Hej", "asked")]
    assert board(away) == []
