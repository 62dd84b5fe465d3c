"""Rows for tests. Factories enter the system scope themselves; pass `operator=` to share one."""

# factory_boy ships without types for its declarations.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import Driver, DriverGroup, IdToken, Membership, Operator, Role, User
from accounts.services.audit import Actor
from billing.domain.facts import Facts
from billing.domain.flags import findings_among
from billing.domain.record import Priced, priced
from billing.models import Cdr
from chargers.domain.context import StationContext
from chargers.domain.station_keys import hash_key
from chargers.models import (
    ChargingStateChange,
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    Connector,
    CustomerInformation,
    DisplayMessage,
    Evse,
    FirmwareUpdate,
    ForgivenFault,
    LocalList,
    Location,
    LogUpload,
    MeterValue,
    OcppFrame,
    QuirkRule,
    ReportedSettlement,
    Reservation,
    RolloutStation,
    StationCertificate,
    StationCommand,
    TemplateDrift,
    Transaction,
)
from common.tenancy import system_scope
from tariffs.models import (
    Audience,
    PinnedTariff,
    RunningPrice,
    SpotPrice,
    Tariff,
    TariffAssignment,
    TariffGroup,
    TariffOffer,
    TariffVersion,
)

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STATION_KEY = "correct-horse-battery"
ACTOR = Actor.system("tests")

M = TypeVar("M", bound=Model)


class ScopedFactory(DjangoModelFactory[M]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> M:
        with system_scope("tests arrange rows of any operator"):
            created: M = super()._create(model_class, *args, **kwargs)
            return created


class OperatorFactory(ScopedFactory[Operator]):
    class Meta:
        model = Operator

    name = Sequence(lambda n: f"Operator {n}")
    slug = Sequence(lambda n: f"operator-{n}")
    country = "DK"
    time_zone = "Europe/Copenhagen"
    currency = "DKK"
    created_at = NOW


class UserFactory(ScopedFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@example.org")
    username = LazyAttribute(lambda user: user.email)
    full_name = "Ida Krogh"
    created_at = NOW


class MembershipFactory(ScopedFactory[Membership]):
    class Meta:
        model = Membership

    operator = SubFactory(OperatorFactory)
    user = SubFactory(UserFactory)
    role = Role.ADMIN
    created_at = NOW


class DriverGroupFactory(ScopedFactory[DriverGroup]):
    class Meta:
        model = DriverGroup

    operator = SubFactory(OperatorFactory)
    name = Sequence(lambda n: f"Group {n}")
    created_at = NOW


class DriverFactory(ScopedFactory[Driver]):
    class Meta:
        model = Driver

    operator = SubFactory(OperatorFactory)
    full_name = "Bo Lund"
    email = Sequence(lambda n: f"driver{n}@example.org")
    created_at = NOW


class IdTokenFactory(ScopedFactory[IdToken]):
    class Meta:
        model = IdToken

    operator = SubFactory(OperatorFactory)
    driver = SubFactory(DriverFactory, operator=SelfAttribute("..operator"))
    uid = Sequence(lambda n: f"04A2B9{n:04X}")
    created_at = NOW


class LocationFactory(ScopedFactory[Location]):
    class Meta:
        model = Location

    operator = SubFactory(OperatorFactory)
    name = Sequence(lambda n: f"Location {n}")
    address = "Havnegade 1"
    city = "Aarhus"
    country = "DK"
    latitude = Decimal("56.150000")
    longitude = Decimal("10.210000")
    time_zone = "Europe/Copenhagen"
    created_at = NOW


class StationFactory(ScopedFactory[ChargingStation]):
    """Online, with the key `STATION_KEY`, in epoch 1, without EVSEs (see `EvseFactory`)."""

    class Meta:
        model = ChargingStation

    operator = SubFactory(OperatorFactory)
    location = SubFactory(LocationFactory, operator=SelfAttribute("..operator"))
    identity = Sequence(lambda n: f"station-{n}")
    code = Sequence(lambda n: f"DK-{n:04}")
    name = Sequence(lambda n: f"Station {n}")
    key_hash = LazyFunction(
        lambda: hash_key(STATION_KEY.encode(), pepper=settings.CREDENTIAL_PEPPER)
    )
    is_online = True
    connection_epoch = 1
    created_at = NOW


class EvseFactory(ScopedFactory[Evse]):
    class Meta:
        model = Evse

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    number = 1


class ConnectorFactory(ScopedFactory[Connector]):
    class Meta:
        model = Connector

    evse = SubFactory(EvseFactory)
    operator = SelfAttribute("evse.operator")
    number = 1
    status = "Available"


class TransactionFactory(ScopedFactory[Transaction]):
    """A running session; `EvseFactory(active_transaction=…)` makes it the EVSE's."""

    class Meta:
        model = Transaction

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    location = SelfAttribute("station.location")
    station_ref = Sequence(lambda n: f"tx-{n}")
    started_received_at = NOW
    started_at = NOW
    created_at = NOW


class MeterValueFactory(ScopedFactory[MeterValue]):
    class Meta:
        model = MeterValue

    transaction = SubFactory(TransactionFactory)
    operator = SelfAttribute("transaction.operator")
    station = SelfAttribute("transaction.station")
    evse_number = 1
    taken_at = NOW
    device_at = NOW
    received_at = NOW
    digest = Sequence(lambda n: n)
    context = "Sample.Periodic"


class ChargingStateChangeFactory(ScopedFactory[ChargingStateChange]):
    class Meta:
        model = ChargingStateChange

    transaction = SubFactory(TransactionFactory)
    operator = SelfAttribute("transaction.operator")
    at = NOW
    device_at = SelfAttribute("at")
    received_at = SelfAttribute("at")
    state = "Charging"


class OcppFrameFactory(ScopedFactory[OcppFrame]):
    class Meta:
        model = OcppFrame

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    epoch = 1
    at = NOW
    direction = "in"
    action = "Heartbeat"
    raw = '[2,"1","Heartbeat",{}]'


class FirmwareUpdateFactory(ScopedFactory[FirmwareUpdate]):
    class Meta:
        model = FirmwareUpdate

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    request_id = Sequence(lambda n: n)
    url = "https://images.example.org/fw-2.0.bin"
    requested_at = NOW


class LogUploadFactory(ScopedFactory[LogUpload]):
    class Meta:
        model = LogUpload

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    request_id = Sequence(lambda n: n)
    log_type = "DiagnosticsLog"
    url = "https://logs.example.org/upload"
    requested_at = NOW


class CustomerInformationFactory(ScopedFactory[CustomerInformation]):
    class Meta:
        model = CustomerInformation

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    request_id = Sequence(lambda n: n)
    id_token_uid = "04A2B9C2"
    requested_at = NOW


class DisplayMessageFactory(ScopedFactory[DisplayMessage]):
    """On the display."""

    class Meta:
        model = DisplayMessage

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    number = Sequence(lambda n: 1000 + n)
    priority = "NormalCycle"
    format = "UTF8"
    content = "Welcome"
    status = "shown"
    changed_at = NOW


class ReportedSettlementFactory(ScopedFactory[ReportedSettlement]):
    class Meta:
        model = ReportedSettlement

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    psp_ref = Sequence(lambda n: f"psp-{n}")
    status = "Settled"
    amount = Decimal("12.5000")
    received_at = NOW


class StationCommandFactory(ScopedFactory[StationCommand]):
    class Meta:
        model = StationCommand

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    kind = "clear_cache"
    requested_at = NOW
    deadline_at = NOW


class QuirkRuleFactory(ScopedFactory[QuirkRule]):
    class Meta:
        model = QuirkRule

    operator = SubFactory(OperatorFactory)
    vendor = Sequence(lambda n: f"Vendor {n}*")
    sets = LazyFunction(lambda: {"energy_scale": 1000})
    created_at = NOW


def _interval() -> dict[str, str]:
    return {
        "name": "sample_interval",
        "value": "30",
        "attribute": "Actual",
        "comparison": "auto",
    }


class ConfigurationTemplateFactory(ScopedFactory[ConfigurationTemplate]):
    class Meta:
        model = ConfigurationTemplate

    operator = SubFactory(OperatorFactory)
    name = Sequence(lambda n: f"Template {n}")
    items = LazyFunction(lambda: [_interval()])
    is_enforced = True
    created_at = NOW
    changed_at = NOW


class TemplateDriftFactory(ScopedFactory[TemplateDrift]):
    """A station that differs in the only value of its template."""

    class Meta:
        model = TemplateDrift

    template = SubFactory(ConfigurationTemplateFactory)
    operator = SelfAttribute("template.operator")
    station = SubFactory(StationFactory, operator=SelfAttribute("..operator"))
    step = "differs"
    total = 1
    differing = 1
    items = LazyFunction(
        lambda: [
            {
                "name": "sample_interval",
                "own": "MeterValueSampleInterval",
                "attribute": "Actual",
                "state": "differs",
                "want": "30",
                "have": "60",
            }
        ]
    )
    drifted_at = NOW
    changed_at = NOW


class RolloutFactory(ScopedFactory[ConfigurationRollout]):
    class Meta:
        model = ConfigurationRollout

    template = SubFactory(ConfigurationTemplateFactory)
    operator = SelfAttribute("template.operator")
    template_name = SelfAttribute("template.name")
    items = SelfAttribute("template.items")
    stations_total = 1
    created_at = NOW
    expires_at = NOW + timedelta(days=7)


class RolloutStationFactory(ScopedFactory[RolloutStation]):
    """A station that refused the only value."""

    class Meta:
        model = RolloutStation

    rollout = SubFactory(RolloutFactory)
    operator = SelfAttribute("rollout.operator")
    station = SubFactory(StationFactory, operator=SelfAttribute("..operator"))
    state = "rejected"
    results = LazyFunction(
        lambda: [
            {
                "name": "sample_interval",
                "own": "MeterValueSampleInterval",
                "attribute": "Actual",
                "want": "30",
                "have": "60",
                "result": "rejected",
                "word": "Rejected",
            }
        ]
    )
    next_at = NOW
    changed_at = NOW


class ForgivenFaultFactory(ScopedFactory[ForgivenFault]):
    class Meta:
        model = ForgivenFault

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    kind = "wrong_type"
    action = "MeterValues"
    occurrences = 3
    first_at = NOW
    last_at = NOW
    message_id = "m-1"
    detail = "meterValue.sampledValue.value: type"


class StationCertificateFactory(ScopedFactory[StationCertificate]):
    """A client certificate that is valid for a year; pass `fingerprint=` of a real one."""

    class Meta:
        model = StationCertificate

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    use = "ChargingStationCertificate"
    serial_number = Sequence(lambda n: f"{n + 1:X}")
    subject = "CN=station"
    issuer = "CN=authority"
    fingerprint = Sequence(lambda n: f"{n:064x}")
    not_before = NOW - timedelta(days=1)
    not_after = NOW + timedelta(days=365)
    pem = "-----BEGIN CERTIFICATE-----"
    created_at = NOW


def context_of(station: ChargingStation, protocol: str = "ocpp1.6") -> StationContext:
    """What the station's socket would know."""
    return StationContext(
        station_id=station.pk,
        operator_id=station.operator_id,
        epoch=station.connection_epoch,
        protocol=protocol,
    )


class LocalListFactory(ScopedFactory[LocalList]):
    """A managed list that is not due and of which nothing is known."""

    class Meta:
        model = LocalList

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    is_managed = True


class ReservationFactory(ScopedFactory[Reservation]):
    """Confirmed, for an hour. Its EVSE is not flagged: see `services.reservations.states`."""

    class Meta:
        model = Reservation

    station = SubFactory(StationFactory)
    operator = SelfAttribute("station.operator")
    number = Sequence(lambda n: n + 1)
    id_token_uid = "04A2B9C2"
    id_token_type = "ISO14443"
    expires_at = NOW + timedelta(hours=1)
    status = "accepted"
    created_at = NOW


class TariffFactory(ScopedFactory[Tariff]):
    """Without a price; see `TariffVersionFactory`."""

    class Meta:
        model = Tariff

    operator = SubFactory(OperatorFactory)
    name = Sequence(lambda n: f"Tariff {n}")
    currency = "EUR"
    created_at = NOW


def terms_document(price: str = "0.49", currency: str = "EUR") -> dict[str, Any]:
    """So much a kWh, 25 % VAT on top."""
    component = {"type": "ENERGY", "price": price, "vat": "25"}
    return {
        "currency": currency,
        "tax_included": False,
        "elements": [{"price_components": [component]}],
    }


class TariffVersionFactory(ScopedFactory[TariffVersion]):
    """0.49 a kWh, valid for a month by `NOW`; pass `terms=` for another price."""

    class Meta:
        model = TariffVersion

    tariff = SubFactory(TariffFactory)
    operator = SelfAttribute("tariff.operator")
    number = Sequence(lambda n: n + 1)
    terms = LazyAttribute(lambda version: terms_document(currency=version.tariff.currency))
    valid_from = NOW - timedelta(days=30)
    created_at = NOW - timedelta(days=30)


class TariffGroupFactory(ScopedFactory[TariffGroup]):
    """For everyone."""

    class Meta:
        model = TariffGroup

    operator = SubFactory(OperatorFactory)
    name = Sequence(lambda n: f"Tariff group {n}")
    audience = Audience.EVERYONE
    created_at = NOW


class TariffAssignmentFactory(ScopedFactory[TariffAssignment]):
    """The whole network, for ever. The tariff has no version: see `TariffVersionFactory`."""

    class Meta:
        model = TariffAssignment

    group = SubFactory(TariffGroupFactory)
    operator = SelfAttribute("group.operator")
    tariff = SubFactory(TariffFactory, operator=SelfAttribute("..operator"))
    created_at = NOW


class TariffOfferFactory(ScopedFactory[TariffOffer]):
    """Shown at `NOW` for a quarter of an hour."""

    class Meta:
        model = TariffOffer

    evse = SubFactory(EvseFactory)
    operator = SelfAttribute("evse.operator")
    version = SubFactory(TariffVersionFactory, tariff__operator=SelfAttribute("...operator"))
    expires_at = NOW + timedelta(minutes=15)
    created_at = NOW


class PinnedTariffFactory(ScopedFactory[PinnedTariff]):
    class Meta:
        model = PinnedTariff

    transaction = SubFactory(TransactionFactory)
    operator = SelfAttribute("transaction.operator")
    version = SubFactory(TariffVersionFactory, tariff__operator=SelfAttribute("...operator"))
    resolved_for = NOW
    locked_at = NOW
    time_zone = "Europe/Copenhagen"


class RunningPriceFactory(ScopedFactory[RunningPrice]):
    class Meta:
        model = RunningPrice

    transaction = SubFactory(TransactionFactory)
    operator = SelfAttribute("transaction.operator")
    currency = "EUR"
    net_minor = 490
    gross_minor = 613
    computed_at = NOW


class SpotPriceFactory(ScopedFactory[SpotPrice]):
    """Of the hour that begins at `NOW`."""

    class Meta:
        model = SpotPrice

    operator = SubFactory(OperatorFactory)
    area = "DK1"
    currency = "EUR"
    slot_minutes = 60
    starts_at = NOW
    price = Decimal("0.081500")
    received_at = NOW


class CdrFactory(ScopedFactory[Cdr]):
    """5 kWh in an hour that ended at `NOW`, for 2.45 and a quarter of VAT."""

    class Meta:
        model = Cdr

    transaction = SubFactory(TransactionFactory, state="ended", ended_at=NOW, energy_wh=5000)
    operator = SelfAttribute("transaction.operator")
    location = SelfAttribute("transaction.location")
    driver = SelfAttribute("transaction.driver")
    started_at = NOW - timedelta(hours=1)
    ended_at = NOW
    energy_wh = 5000
    time_zone = "Europe/Copenhagen"
    created_at = NOW

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Cdr:
        """Priced by `terms`; without one: no tariff was found."""
        return super()._create(model_class, *args, **_as_priced(kwargs))


def _as_priced(values: dict[str, Any]) -> dict[str, Any]:
    """What the record of these facts says, for a factory; what is given counts."""
    start = int(values["started_at"].timestamp())
    end = int(values["ended_at"].timestamp())
    values.setdefault("terms", terms_document())
    values.setdefault(
        "charging", {"periods": [[start, end, values["energy_wh"], "charging", None, None]]}
    )
    facts = Facts(
        terms=values["terms"],
        charging=values["charging"],
        spot_prices=values.get("spot_prices", {}),
        time_zone=values["time_zone"],
        started_at=values["started_at"],
        ended_at=values["ended_at"],
        energy_wh=values["energy_wh"],
        findings=findings_among(values.get("flags", ())),
        is_provisional=values.get("is_provisional", False),
        in_review=values.get("session_in_review", False),
    )
    outcome = priced(facts)
    said = {name: getattr(outcome, name) for name in Priced.__slots__}
    return {**said, "flags": list(outcome.flags), **values}
