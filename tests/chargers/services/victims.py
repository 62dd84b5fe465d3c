"""A station with something of everything that has a number, and what is told of it in the tables."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model

from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    ExternalLimit,
    InstalledCertificate,
    SecurityEvent,
    SigningRequest,
    StationVariable,
    Transaction,
)
from common.tenancy import system_scope
from tests.factories import (
    NOW,
    ConnectorFactory,
    CustomerInformationFactory,
    DisplayMessageFactory,
    EvseFactory,
    FirmwareUpdateFactory,
    IdTokenFactory,
    LocalListFactory,
    LogUploadFactory,
    MeterValueFactory,
    ReportedSettlementFactory,
    ReservationFactory,
    StationCertificateFactory,
    StationCommandFactory,
    StationFactory,
    TransactionFactory,
)

Rows = dict[str, list[dict[str, Any]]]

# Every object's number, so that whatever a message names is there.
NUMBER = 4711
REFERENCE = str(NUMBER)
TOKEN = "04A2B9C2"
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----"

# Commands of which reports tell by their number.
QUESTIONS = (
    "get_log",
    "get_base_report",
    "request_start_transaction",
    "get_charging_profiles",
    "get_display_messages",
)


def victim() -> ChargingStation:
    """In the middle of a session, with commands, jobs, profiles and certificates under way."""
    station = StationFactory.create(operator__name="Victim")
    token = IdTokenFactory.create(operator=station.operator, uid=TOKEN)
    charging = TransactionFactory.create(
        station=station,
        station_ref=REFERENCE,
        assigned_id=NUMBER,
        remote_start_id=NUMBER,
        meter_start_wh=1_000,
        id_token=token,
        id_token_uid=token.uid,
    )
    evse = EvseFactory.create(station=station, active_transaction=charging)
    ConnectorFactory.create(evse=evse)
    MeterValueFactory.create(transaction=charging, energy_wh=1_200)
    for kind in (
        "get_log",
        "get_base_report",
        "request_start_transaction",
        "get_charging_profiles",
    ):
        arguments = {"request_id": NUMBER, "remote_start_id": NUMBER, "id_token_uid": token.uid}
        StationCommandFactory.create(station=station, kind=kind, status="sent", arguments=arguments)
    FirmwareUpdateFactory.create(station=station, request_id=NUMBER)
    LogUploadFactory.create(station=station, request_id=NUMBER)
    CustomerInformationFactory.create(station=station, request_id=NUMBER)
    DisplayMessageFactory.create(station=station, number=NUMBER)
    ReservationFactory.create(station=station, number=NUMBER)
    LocalListFactory.create(station=station)
    ReportedSettlementFactory.create(station=station, psp_ref=REFERENCE)
    StationCertificateFactory.create(station=station, serial_number=REFERENCE)
    _add_reports(station, charging)
    return station


def _add_reports(station: ChargingStation, charging: Transaction) -> None:
    owned: dict[str, Any] = {"station": station, "operator": station.operator}
    with system_scope("tests arrange rows of any operator"):
        ChargingProfile.objects.create(
            **owned,
            profile_id=NUMBER,
            evse_number=1,
            purpose="TxProfile",
            content={},
            status="installed",
            transaction=charging,
        )
        ExternalLimit.objects.create(**owned, evse_number=1, source="EMS", reported_at=NOW)
        ChargingNeeds.objects.create(
            **owned, evse_number=1, transaction=charging, energy_wh=1, reported_at=NOW
        )
        SigningRequest.objects.create(
            **owned,
            use="ChargingStationCertificate",
            csr_pem=CSR,
            csr_fingerprint="0" * 64,
            request_ref=NUMBER,
            received_at=NOW,
        )
        InstalledCertificate.objects.create(
            **owned,
            use="V2GRootCertificate",
            hash_algorithm="SHA256",
            issuer_name_hash=REFERENCE,
            issuer_key_hash=REFERENCE,
            serial_number=REFERENCE,
            reported_at=NOW,
        )
        SecurityEvent.objects.create(**owned, type="InvalidMessages", received_at=NOW, last_at=NOW)
        StationVariable.objects.create(**owned, name="A.B", reported_at=NOW)


def rows_of_station(station: ChargingStation) -> Rows:
    """Every row of a station, and of what hangs on its sessions and EVSEs."""
    found: Rows = {}
    with system_scope("tests compare all rows"):
        for model in apps.get_app_config("chargers").get_models():
            for path in _paths_to_station(model):
                rows = model._default_manager.filter(**{path: station.pk})
                found[f"{model.__name__} by {path}"] = list(rows.order_by("pk").values())
    return found


def _paths_to_station(model: type[Model]) -> list[str]:
    if model is ChargingStation:
        return ["pk"]
    names = {field.name for field in model._meta.concrete_fields if field.is_relation}
    paths = {"station": "station", "evse": "evse__station", "transaction": "transaction__station"}
    return [path for name, path in paths.items() if name in names]


def rows_of_operator(station: ChargingStation) -> Rows:
    """Every row of a station's operator in every app: another tenant can change none of them."""
    found: Rows = {}
    with system_scope("tests compare all rows"):
        for model in apps.get_models():
            if "operator_id" in {field.attname for field in model._meta.concrete_fields}:
                rows = model._default_manager.filter(operator_id=station.operator_id)
                found[model._meta.label] = list(rows.order_by("pk").values())
    return found
