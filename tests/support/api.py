"""Calls of the REST API in tests, and two operators that must never see each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.test import Client

from accounts.credentials import key_hash, make_key
from accounts.models import ApiKey, AuditEntry, Operator, Role
from accounts.policy import API_SCOPES, Permission
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    DeviceEvent,
    MeterPublicKey,
    SigningRequest,
    StationImport,
    StationReport,
    StationVariable,
    TrustedRoot,
    VariableMonitor,
)
from common.tenancy import system_scope
from events.models import OutboxEvent
from operations.models import HourlyFigures, NetworkSample
from tests.factories import (
    NOW,
    CdrFactory,
    ConfigurationTemplateFactory,
    ConnectorFactory,
    CustomerInformationFactory,
    DisplayMessageFactory,
    DriverFactory,
    DriverGroupFactory,
    EvseFactory,
    FirmwareUpdateFactory,
    ForgivenFaultFactory,
    IdTokenFactory,
    LocalListFactory,
    LocationFactory,
    LogUploadFactory,
    MembershipFactory,
    MeterValueFactory,
    OcppFrameFactory,
    OperatorFactory,
    QuirkRuleFactory,
    ReportedSettlementFactory,
    ReservationFactory,
    RolloutFactory,
    RolloutStationFactory,
    SpotPriceFactory,
    StationCertificateFactory,
    StationCommandFactory,
    StationFactory,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
    TemplateDriftFactory,
    TransactionFactory,
    UserFactory,
)
from tests.support.signed import give_signed

PREFIX = "/api/v1/"
_TABLES = ("accounts", "chargers", "tariffs", "billing", "operations", "events", "branding")
_UNWATCHED = {"accounts.ApiKey": "last_used_at", "accounts.User": "last_login"}


class Caller:
    """One credential. `call` gives the response; `.json()` its body."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(headers=headers)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        return self.client.generic(
            method.upper(),
            path if path.startswith("/") else PREFIX + path,
            b"" if body is None else _json(body),
            content_type="application/json",
            query_params=query or None,
        )

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def make_api_key(operator: Operator, *scopes: str, **values: Any) -> tuple[ApiKey, str]:
    made = make_key()
    with system_scope("tests"):
        key = ApiKey.objects.create(
            operator=operator,
            prefix=made.prefix,
            key_hash=key_hash(made.text, pepper=settings.CREDENTIAL_PEPPER),
            scopes=list(scopes),
            created_at=NOW,
            **{"name": "Tests", **values},
        )
    return key, made.text


def with_key(operator: Operator, *scopes: str) -> Caller:
    """A key with these scopes; all that a key may have when none is given."""
    _key, text = make_api_key(operator, *(scopes or sorted(API_SCOPES)))
    return Caller(Authorization=f"Bearer {text}")


def with_session(operator: Operator, role: str = Role.ADMIN) -> Caller:
    caller = Caller()
    member = MembershipFactory.create(operator=operator, role=role)
    caller.client.force_login(member.user)
    return caller


@dataclass(frozen=True)
class World:
    """One of everything of one operator; `canary` occurs in every text of it."""

    operator: Operator
    canary: str
    ids: Mapping[str, object]


def make_world(canary: str) -> World:
    operator = OperatorFactory.create(name=f"{canary} operator")
    location = LocationFactory.create(operator=operator, name=f"{canary} location")
    group = DriverGroupFactory.create(operator=operator, name=f"{canary} group")
    driver = DriverFactory.create(operator=operator, full_name=f"{canary} driver")
    driver.groups.add(group)
    token = IdTokenFactory.create(operator=operator, driver=driver, label=f"{canary} token")
    station = StationFactory.create(
        operator=operator, location=location, name=f"{canary} station", identity=f"id-{canary}"
    )
    charging = TransactionFactory.create(
        station=station, driver=driver, id_token=token, external_id=f"{canary} tx", power_w=11_000
    )
    evse = EvseFactory.create(station=station, active_transaction=charging)
    ConnectorFactory.create(evse=evse)
    MeterValueFactory.create(transaction=charging, energy_wh=12_345)
    OcppFrameFactory.create(station=station, raw=f'[2,"1","Heartbeat",{{"x":"{canary}"}}]')
    rule = QuirkRuleFactory.create(operator=operator, note=f"{canary} rule")
    ForgivenFaultFactory.create(station=station, detail=canary)
    command = StationCommandFactory.create(station=station, result={"note": canary})
    firmware = FirmwareUpdateFactory.create(station=station, url=f"https://{canary}/fw.bin")
    upload = LogUploadFactory.create(station=station, filename=f"{canary}.zip")
    customer = CustomerInformationFactory.create(station=station, data=canary)
    shown = DisplayMessageFactory.create(station=station, content=canary)
    settlement = ReportedSettlementFactory.create(station=station, psp_ref=f"psp {canary}")
    LocalListFactory.create(station=station, last_error=canary)
    reservation = ReservationFactory.create(
        station=station, evse=evse, driver=driver, id_token=token, note=canary
    )
    certificate = StationCertificateFactory.create(station=station, subject=canary)
    member = MembershipFactory.create(
        operator=operator, user=UserFactory.create(full_name=f"{canary} member")
    )
    key, _text = make_api_key(operator, "stations.view", name=f"{canary} key")
    with system_scope("tests"):
        entry = AuditEntry.objects.create(
            operator=operator, at=NOW, actor_label=f"{canary} actor", action="station.added",
            object_type="chargingstation", object_id=str(station.pk), object_label=canary,
        )  # fmt: skip
        _add_figures(operator)
        asked = SigningRequest.objects.create(
            operator=operator, station=station, use="ChargingStationCertificate",
            csr_pem=canary, csr_fingerprint="0", subject=canary, received_at=NOW,
        )  # fmt: skip
        root = TrustedRoot.objects.create(
            operator=operator, use="MORootCertificate", name=f"{canary} root", subject=canary,
            serial_number="1", fingerprint="0", not_before=NOW, not_after=NOW, pem=canary,
            created_at=NOW,
        )  # fmt: skip
        for name, value in (("SecurityCtrlr.Identity", station.identity), ("Name", canary)):
            StationVariable.objects.create(
                operator=operator, station=station, name=name, value=value, reported_at=NOW
            )
        device = {"operator": operator, "station": station, "name": "EVSE.Power"}
        event = DeviceEvent.objects.create(
            **device, event_id=1, generated_at=NOW, occurred_at=NOW, received_at=NOW,
            value=canary, needs_attention=True,
        )  # fmt: skip
        VariableMonitor.objects.create(
            **device, number=1, type="Delta", value=1, severity=1, reported_at=NOW
        )
        StationReport.objects.create(
            operator=operator, station=station, request_id=1, kind="Custom", requested_at=NOW
        )
        OutboxEvent.objects.create(
            operator_id=operator.pk, kind="chargers.station_connected", subject_type="station",
            subject_id=station.pk, payload={"note": canary}, occurred_at=NOW,
        )  # fmt: skip
    priced = CdrFactory.create(
        transaction__station=station, transaction__driver=driver, external_id=f"{canary} cdr"
    )
    wanted, rollout = _add_template(station, canary)
    tariff = TariffFactory.create(operator=operator, name=f"{canary} tariff")
    price = TariffVersionFactory.create(tariff=tariff, note=f"{canary} version")
    SpotPriceFactory.create(operator=operator, area=canary)
    column = TariffGroupFactory.create(operator=operator, name=f"{canary} column")
    cell = TariffAssignmentFactory.create(group=column, tariff=tariff, evse=evse)
    check = give_signed(charging)
    with system_scope("tests"):
        imported = StationImport.objects.create(
            operator=operator, file_name=canary, lines=[], rows_total=0, created_at=NOW
        )
        check.findings = [canary]
        check.save()
        meter_key = MeterPublicKey.objects.get(station=station)
        MeterPublicKey.objects.filter(pk=meter_key.pk).update(key=canary)
    ids = {
        "locations": location.pk, "stations": station.pk, "transactions": charging.pk,
        "commands": command.pk, "drivers": driver.pk, "driver-groups": group.pk,
        "id-tokens": token.pk, "members": member.user_id, "api-keys": key.pk,
        "audit-entries": entry.pk, "quirk-rules": rule.pk,
        "firmware-updates": firmware.pk, "log-uploads": upload.pk,
        "customer-information": customer.pk, "display-messages": shown.pk,
        "settlements": settlement.pk, "reservations": reservation.pk,
        "meter-keys": meter_key.pk, "certificates": certificate.pk,
        "signing-requests": asked.pk, "trusted-roots": root.pk, "device-events": event.pk,
        "station-imports": imported.pk, "configuration-templates": wanted.pk,
        "configuration-rollouts": rollout.pk, "tariffs": tariff.pk, "tariff-versions": price.pk,
        "tariff-groups": column.pk, "tariff-assignments": cell.pk, "cdrs": priced.pk,
    }  # fmt: skip
    return World(operator, canary, ids)


def _add_template(
    station: ChargingStation, canary: str
) -> tuple[ConfigurationTemplate, ConfigurationRollout]:
    """A station that differs from it, and a roll-out to it."""
    wanted = ConfigurationTemplateFactory.create(operator=station.operator, name=canary)
    TemplateDriftFactory.create(template=wanted, station=station)
    rollout = RolloutFactory.create(template=wanted)
    RolloutStationFactory.create(rollout=rollout, station=station, word=canary)
    return wanted, rollout


def _add_figures(operator: Operator) -> None:
    for minute in range(2):
        NetworkSample.objects.create(
            operator=operator, at=NOW + timedelta(minutes=minute), ac_power_w=11_000,
            dc_power_w=0, active_sessions=1, stations=1, online=1, connectors=1, in_use=0,
            operative=1,
        )  # fmt: skip
    HourlyFigures.objects.create(operator=operator, hour=NOW, energy_wh=12_345, sessions=3)


def everything() -> dict[str, list[Any]]:
    """Every row of every operator, to see that nothing has changed."""
    with system_scope("tests compare all rows"):
        return {
            model._meta.label: _rows(model)
            for model in apps.get_models()
            if model._meta.app_label in _TABLES
        }


def _rows(model: type[Model]) -> list[Any]:
    skipped = _UNWATCHED.get(model._meta.label)
    names = [field.attname for field in model._meta.concrete_fields if field.name != skipped]
    return list(model._default_manager.order_by("pk").values_list(*names))


def permission_without(permission: Permission) -> list[str]:
    return sorted(scope.value for scope in API_SCOPES if scope != permission)
