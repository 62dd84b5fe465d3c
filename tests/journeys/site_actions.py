"""What the second process can do; every action returns plain values. Runs in that process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.db.models import F, QuerySet
from django.db.transaction import atomic
from django.test import Client

from accounts.models import IdToken, Membership, Operator, Role, User
from accounts.policy import Permission
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Actor
from chargers import ports
from chargers.domain.commands import TriggerMessage
from chargers.domain.results import PersonalMessage
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.models import (
    ChargingStation,
    Connector,
    CustomerInformation,
    DisplayMessage,
    Evse,
    FirmwareUpdate,
    GatewayProcess,
    Location,
    LogUpload,
    MeterValue,
    OcppFrame,
    SessionMeterCheck,
    SignedMeterValue,
    StationCommand,
    StationConnection,
    Transaction,
)
from chargers.services import commands, connections
from chargers.services.display import requests as display_requests
from chargers.services.display.refresh import refresh_displays
from chargers.services.locations import add_location
from chargers.services.maintenance import requests
from chargers.services.signed.checking import check_session
from chargers.services.signed.keys import add_meter_key as add_key
from chargers.services.stations import NewEvse
from chargers.services.stations import add_station as add_station_service
from chargers.services.transactions.stale import end_stale_transactions
from common.clock import utc_now
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.journeys.access_actions import ACCESS_ACTIONS
from tests.journeys.billing_actions import BILLING_ACTIONS
from tests.journeys.charging_actions import CHARGING_ACTIONS
from tests.journeys.commissioning_actions import COMMISSIONING_ACTIONS
from tests.journeys.price_actions import PRICE_ACTIONS
from tests.journeys.template_actions import TEMPLATE_ACTIONS

ACTOR = Actor.system("journeys")

Row = dict[str, Any]
Action = Callable[..., Any]
ACTIONS: dict[str, Action] = {}


def run(name: str, arguments: dict[str, Any]) -> Any:
    """Carry out one action on a fresh connection: the database may have been away meanwhile."""
    close_old_connections()
    try:
        with system_scope("journeys look at every operator"):
            return ACTIONS[name](**arguments)
    finally:
        close_old_connections()


def action(function: Action) -> Action:
    ACTIONS[function.__name__] = function
    return function


for _function in (
    *ACCESS_ACTIONS,
    *BILLING_ACTIONS,
    *CHARGING_ACTIONS,
    *COMMISSIONING_ACTIONS,
    *PRICE_ACTIONS,
    *TEMPLATE_ACTIONS,
):
    action(_function)


# -- arrange -----------------------------------------------------------------------------------


@action
def add_station(identity: str, key: str, evses: int, max_power_w: int, enabled: bool) -> str:
    station = add_station_service(
        operator=_operator(),
        location=_location(),
        name=f"Station {identity}",
        identity=identity,
        key=key,
        evses=[NewEvse(max_power_w=max_power_w)] * evses,
        actor=ACTOR,
        now=utc_now(),
    ).station
    ChargingStation.objects.filter(pk=station.pk).update(is_enabled=enabled)
    return str(station.pk)


@action
def add_token(uid: str) -> str:
    token = IdToken.objects.create(operator=_operator(), uid=uid, created_at=utc_now())
    return str(token.pk)


@action
def staff_cookie() -> str:
    """The Cookie header of an administrator who is logged in."""
    email = "ada@volta.example"
    user, is_new = User.objects.get_or_create(
        username=email, defaults={"email": email, "created_at": utc_now()}
    )
    if is_new:
        Membership.objects.create(
            operator=_operator(), user=user, role=Role.ADMIN, created_at=utc_now()
        )
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@action
def api_key(manages: bool = False) -> str:
    """The text of a key that may send commands and, if wanted, change stations."""
    scopes = [Permission.STATIONS_VIEW, Permission.STATIONS_COMMAND]
    scopes += [Permission.STATIONS_MANAGE] if manages else []
    _, text = create_api_key(
        operator=_operator(),
        name="journeys",
        scopes=[str(scope) for scope in scopes],
        expires_at=None,
        actor=ACTOR,
        grantable=frozenset(Permission),
        now=utc_now(),
    )
    return text


def _operator() -> Operator:
    operator, _ = Operator.objects.get_or_create(
        slug="volta",
        defaults={
            "name": "Volta",
            "country": "NL",
            "time_zone": "Europe/Amsterdam",
            "created_at": utc_now(),
        },
    )
    return operator


def _location() -> Location:
    return Location.objects.filter(operator=_operator()).first() or add_location(
        operator=_operator(),
        name="Harbour",
        address="Quay 1",
        city="Rotterdam",
        country="NL",
        latitude=Decimal("51.9"),
        longitude=Decimal("4.5"),
        time_zone="Europe/Amsterdam",
        actor=ACTOR,
        now=utc_now(),
    )


# -- command -----------------------------------------------------------------------------------


@action
def start_charging(identity: str, evse: int, uid: str) -> str:
    row = commands.start_charging(
        station=_station(identity),
        evse=Evse.objects.get(station__identity=identity, number=evse),
        id_token=IdToken.objects.get(uid=uid),
        now=utc_now(),
    )
    return str(row.pk)


@action
def stop_charging(station_ref: str, identity: str) -> str:
    session = Transaction.objects.get(station__identity=identity, station_ref=station_ref)
    return str(commands.stop_charging(transaction=session, now=utc_now()).pk)


@action
def reset(identity: str, immediate: bool) -> str:
    kind = ResetType.IMMEDIATE if immediate else ResetType.ON_IDLE
    return str(commands.reset(station=_station(identity), type=kind, now=utc_now()).pk)


@action
def trigger_heartbeat(identity: str, timeout_seconds: float) -> str:
    row = commands.request_command(
        station=_station(identity),
        command=TriggerMessage(requested_message=RequestedMessage.HEARTBEAT),
        now=utc_now(),
        timeout=timedelta(seconds=timeout_seconds),
    )
    return str(row.pk)


@action
def read_everything(identity: str) -> str:
    return str(commands.get_base_report(station=_station(identity), now=utc_now()).pk)


@action
def update_firmware(identity: str, url: str, certificate: str = "") -> str:
    row = requests.update_firmware(
        station=_station(identity),
        url=url,
        signing_certificate=certificate,
        signature="c2lnbmF0dXJl" if certificate else "",
        now=utc_now(),
    )
    return str(row.pk)


@action
def get_log(identity: str, log_type: str) -> str:
    row = requests.get_log(
        station=_station(identity),
        upload_url="https://logs.example.org/up",
        log_type=log_type,
        now=utc_now(),
    )
    return str(row.pk)


@action
def ask_about_customer(identity: str, uid: str, clear: bool) -> str:
    row = requests.request_customer_information(
        station=_station(identity),
        report=True,
        clear=clear,
        id_token_uid=uid,
        id_token_type="ISO14443",
        now=utc_now(),
    )
    return str(row.pk)


@action
def show_message(identity: str, content: str) -> str:
    row = display_requests.show_message(station=_station(identity), content=content, now=utc_now())
    return str(row.pk)


@action
def ask_display(identity: str) -> str:
    return str(display_requests.ask_display(station=_station(identity), now=utc_now()).pk)


@action
def clear_message(identity: str, number: int) -> str:
    message = DisplayMessage.objects.select_related("station__operator").get(
        station__identity=identity, number=number
    )
    return str(display_requests.clear_message(message=message, now=utc_now()).pk)


@action
def tell_costs(amount_minor: int, text: str = "", seconds: float = 0) -> int:
    """Run the refresh of displays as if every session cost so much and somebody worded tariffs."""
    quoter = ports.running_cost_quoter()
    ports.set_running_cost_quoter(
        lambda **_: ports.RunningCost(amount_minor=amount_minor, currency="EUR")
    )
    ports.set_tariff_text_provider(lambda _request: PersonalMessage(text=text) if text else None)
    try:
        return refresh_displays(now=utc_now() + timedelta(seconds=seconds))
    finally:
        ports.set_running_cost_quoter(quoter)
        ports.set_tariff_text_provider(ports.no_tariff_text)


@action
def firmware_updates(identity: str) -> list[Row]:
    rows = FirmwareUpdate.objects.filter(station__identity=identity).order_by("id")
    return _rows(rows, "state", "status", "history", "version_before", "version_after", "is_signed")


@action
def log_uploads(identity: str) -> list[Row]:
    rows = LogUpload.objects.filter(station__identity=identity).order_by("id")
    return _rows(rows, "state", "status", "history", "filename", "log_type")


@action
def customer_information(identity: str) -> list[Row]:
    rows = CustomerInformation.objects.filter(station__identity=identity).order_by("id")
    return _rows(rows, "state", "data")


@action
def display_messages(identity: str) -> list[Row]:
    rows = DisplayMessage.objects.filter(station__identity=identity).order_by("number")
    return _rows(rows, "number", "content", "status", "raw_status")


@action
def command(command_id: str) -> Row:
    fields = ("kind", "status", "raw_status", "sent_at", "finished_at")
    row: Row = StationCommand.objects.values(*fields).get(pk=command_id)
    return row


# -- time --------------------------------------------------------------------------------------


@action
def end_stale_transactions_in(hours: float) -> int:
    """Run the sweep as if so many hours had gone by."""
    return end_stale_transactions(now=utc_now() + timedelta(hours=hours))


@action
def time_out_commands() -> int:
    return commands.time_out_commands(now=utc_now())


@action
def sweep_lost_processes() -> int:
    return connections.sweep_lost_processes(now=utc_now())


@action
def station_swept(identity: str) -> dict[str, Any]:
    """What the sweep for lost processes finds and leaves of a station, in one transaction."""
    with atomic():
        lost = connections.sweep_lost_processes(now=utc_now())
        is_online = ChargingStation.objects.get(identity=identity).is_online
    return {"lost": lost, "is_online": is_online}


@action
def age_processes(names: list[str], seconds: float) -> None:
    """Let these web processes and their connections be so much older."""
    by = timedelta(seconds=seconds)
    GatewayProcess.objects.filter(name__in=names).update(heartbeat_at=F("heartbeat_at") - by)
    StationConnection.objects.filter(server__in=names).update(opened_at=F("opened_at") - by)


# -- look up -----------------------------------------------------------------------------------


@action
def station(identity: str) -> Row:
    fields = ("id", "is_online", "connection_epoch", "protocol", "booted_at", "vendor")
    row: Row = ChargingStation.objects.values(*fields).get(identity=identity)
    return row


@action
def online_count(prefix: str) -> int:
    return ChargingStation.objects.filter(identity__startswith=prefix, is_online=True).count()


@action
def connectors(identity: str) -> list[Row]:
    rows = Connector.objects.filter(evse__station__identity=identity)
    fields = ("status", "charging_state", "error_code")
    return _rows(
        rows.order_by("evse__number", "number"),
        *fields,
        at_evse=F("evse__number"),
        active=F("evse__active_transaction_id"),
    )


@action
def transactions(identity: str) -> list[Row]:
    rows = Transaction.objects.filter(station__identity=identity).order_by("started_at", "id")
    return _rows(
        rows,
        *("id", "station_ref", "state", "stop_reason", "energy_wh", "needs_review", "warnings"),
        *("meter_start_wh", "meter_stop_wh", "started_at", "ended_at", "started_device_at"),
        *("id_token_uid", "remote_start_id", "power_w"),
        at_evse=F("evse__number"),
    )


@action
def frames(identity: str) -> list[Row]:
    rows = OcppFrame.objects.filter(station__identity=identity).order_by("id")
    return _rows(rows, "epoch", "direction", "action", "message_id", "raw", "reply", "warnings")


@action
def readings(identity: str) -> list[Row]:
    rows = MeterValue.objects.filter(station__identity=identity).order_by("taken_at", "id")
    return _rows(rows, "energy_wh", "taken_at", "device_at", "transaction_id", "evse_number")


@action
def add_meter_key(identity: str, key: str) -> None:
    """As a person who reads it off the meter."""
    add_key(station=_station(identity), evse_number=1, key=key, actor=ACTOR, now=utc_now())


@action
def signed_values(identity: str) -> list[Row]:
    rows = SignedMeterValue.objects.filter(station__identity=identity).order_by("id")
    return _rows(rows, "context", "raw", "status", "reason")


@action
def meter_check(identity: str) -> Row | None:
    """What the check of the station's latest session says, made now."""
    latest = Transaction.objects.filter(station__identity=identity).latest("started_at")
    if SignedMeterValue.objects.filter(transaction=latest).exists():
        check_session(transaction_id=latest.pk, now=utc_now())
    rows = SessionMeterCheck.objects.filter(transaction=latest)
    fields = ("verdict", "energy_wh", "begin", "end", "findings", "remarks", "token")
    return next(iter(_rows(rows, *fields)), None)


@action
def open_connections(identity: str) -> list[Row]:
    rows = StationConnection.objects.filter(station__identity=identity).order_by("epoch")
    return _rows(rows.filter(closed_at=None), "epoch", "server")


@action
def closed_connections(identity: str) -> list[Row]:
    rows = StationConnection.objects.filter(station__identity=identity).order_by("epoch")
    return _rows(rows.exclude(closed_at=None), "epoch", "server", "close_code", "close_reason")


@action
def processes() -> list[str]:
    return list(GatewayProcess.objects.order_by("started_at").values_list("name", flat=True))


@action
def events(identity: str) -> list[Row]:
    """What was published of a station."""
    rows = OutboxEvent.objects.filter(subject_id=_station(identity).pk).order_by("id")
    return _rows(rows, "kind", "payload")


@action
def server_time() -> datetime:
    return utc_now()


def _station(identity: str) -> ChargingStation:
    return ChargingStation.objects.select_related("operator").get(identity=identity)


def _rows(rows: QuerySet[Any], *fields: str, **named: Any) -> list[Row]:
    return list(rows.values(*fields, **named))
