"""Hardware in the field: ChargingStation, EVSE, Connector, and the connections they make."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.domain.security import SecurityProfile
from chargers.domain.vocabulary import ChargingState, ConnectorStatus, RegistrationStatus
from chargers.models.location import Location
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class Protocol(models.TextChoices):
    """The WebSocket subprotocol that a station speaks."""

    UNKNOWN = "", "Not seen yet"
    OCPP16 = "ocpp1.6", "OCPP 1.6J"
    OCPP201 = "ocpp2.0.1", "OCPP 2.0.1"
    OCPP21 = "ocpp2.1", "OCPP 2.1"


class CurrentType(models.TextChoices):
    AC = "AC", "AC"
    DC = "DC", "DC"


class Autocharge(models.TextChoices):
    """May a vehicle identify itself by its MAC address? Off by default: the address can be cloned."""

    INHERIT = "", "As the operator says"
    ON = "on", "Allowed"
    OFF = "off", "Not allowed"


class ConnectorType(models.TextChoices):
    """Plug types by their OCPI 2.2.1 names."""

    TYPE2 = "IEC_62196_T2", "Type 2"
    CCS2 = "IEC_62196_T2_COMBO", "CCS 2"
    TYPE1 = "IEC_62196_T1", "Type 1"
    CCS1 = "IEC_62196_T1_COMBO", "CCS 1"
    CHADEMO = "CHADEMO", "CHAdeMO"
    SCHUKO = "DOMESTIC_F", "Schuko"
    NACS = "SAE_J3400", "NACS"


class Profile(models.IntegerChoices):
    """OCPP security profiles as staff reads them."""

    NONE = SecurityProfile.NONE.value, "0 · no authentication"
    BASIC = SecurityProfile.BASIC.value, "1 · key, not encrypted"
    TLS = SecurityProfile.TLS.value, "2 · key over TLS"
    CERTIFICATE = SecurityProfile.CERTIFICATE.value, "3 · client certificate over TLS"


def _choices(
    values: type[ConnectorStatus | ChargingState | RegistrationStatus],
) -> list[tuple[str, str]]:
    return [(str(value), str(value)) for value in values]


class ChargingStation(TenantModel, MainObject):
    """A charging station (OCPP 1.6: Charge Point).

    `identity` opens the socket and is shown to the operator's staff only; `code` is what drivers
    and partners see. The connection fields are denormalised from `StationConnection`, so that
    lists never look there. `connection_epoch` grows with every accepted connection: whoever
    wants to mark the station offline must name the epoch that it speaks for.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="stations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stations")
    identity = models.CharField(max_length=255, unique=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    serial_number = models.CharField(max_length=50, blank=True)
    firmware_version = models.CharField(max_length=50, blank=True)
    iccid = models.CharField(max_length=30, blank=True)
    imsi = models.CharField(max_length=30, blank=True)
    protocol = models.CharField(max_length=12, choices=Protocol.choices, blank=True, default="")

    key_hash = models.CharField(max_length=64, blank=True)
    key_set_at = models.DateTimeField(null=True, blank=True)
    # Sent to the station; becomes the key when the station has come back with it.
    pending_key_hash = models.CharField(max_length=64, blank=True, default="")
    pending_key_set_at = models.DateTimeField(null=True, blank=True)
    min_security_profile = models.PositiveSmallIntegerField(
        choices=[choice for choice in Profile.choices if choice[0]],
        default=Profile.BASIC,
        help_text="A connection with a lower one is refused.",
    )
    allow_unauthenticated_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then the station may connect without any key."
    )
    assumed_protocol = models.CharField(
        max_length=12,
        choices=Protocol.choices,
        blank=True,
        default="",
        help_text="What it speaks when it offers no subprotocol; empty: it is refused then.",
    )
    security_profile = models.PositiveSmallIntegerField(
        choices=Profile.choices, null=True, blank=True, help_text="Of the latest connection."
    )
    tls_version = models.CharField(max_length=12, blank=True, default="")
    held_down_until = models.DateTimeField(
        null=True, blank=True, help_text="Newcomers are refused while its connection lives."
    )
    registration_status = models.CharField(
        max_length=10,
        choices=_choices(RegistrationStatus),
        default=RegistrationStatus.ACCEPTED,
    )
    is_enabled = models.BooleanField(
        default=True, help_text="A disabled station is refused at the handshake."
    )
    heartbeat_interval_seconds = models.PositiveIntegerField(default=300)
    status = models.CharField(
        max_length=12,
        choices=_choices(ConnectorStatus),
        blank=True,
        default="",
        help_text="Of the station as a whole (OCPP 1.6: connectorId 0), when it reports one.",
    )
    error_code = models.CharField(max_length=50, blank=True, default="")
    autocharge = models.CharField(
        max_length=3, choices=Autocharge.choices, blank=True, default="", db_default=""
    )

    is_online = models.BooleanField(default=False)
    connection_epoch = models.BigIntegerField(default=0)
    connected_at = models.DateTimeField(null=True, blank=True)
    disconnected_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    booted_at = models.DateTimeField(null=True, blank=True)
    boot_reason = models.CharField(max_length=40, blank=True)
    tolerated = models.JSONField(default=dict, blank=True, help_text="Forgiven faults, counted.")

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "code"], name="chargers_station_code_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "name", "id"], name="chargers_station_name"),
            models.Index(fields=["operator", "is_online"], name="chargers_station_online"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Evse(TenantModel):
    """One place that charges one vehicle at a time (OCPP 1.6: connectorId n).

    The active transaction and the last reading are denormalised for lists and live pages,
    and so is whether it is reserved: until when, for whatever reservation concerns it.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="evses")
    number = models.PositiveIntegerField(help_text="EVSE id of the station, from 1.")
    current_type = models.CharField(
        max_length=2, choices=CurrentType.choices, default=CurrentType.AC
    )
    max_power_w = models.PositiveIntegerField(default=22_000)
    is_operative = models.BooleanField(default=True)
    active_transaction = models.OneToOneField(
        "chargers.Transaction",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="active_at",
    )
    reserved_until = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["station_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"], name="chargers_evse_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"EVSE {self.number}"


class Connector(TenantModel):
    """A plug or socket of an EVSE, and the last status that its station reported."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="connectors")
    number = models.PositiveIntegerField(help_text="Connector id within the EVSE, from 1.")
    type = models.CharField(
        max_length=24, choices=ConnectorType.choices, default=ConnectorType.TYPE2
    )
    status = models.CharField(
        max_length=12, choices=_choices(ConnectorStatus), default=ConnectorStatus.UNAVAILABLE
    )
    charging_state = models.CharField(
        max_length=14, choices=_choices(ChargingState), blank=True, default=""
    )
    raw_status = models.CharField(max_length=40, blank=True)
    error_code = models.CharField(max_length=50, blank=True)
    vendor_id = models.CharField(max_length=255, blank=True)
    vendor_error_code = models.CharField(max_length=50, blank=True)
    info = models.CharField(max_length=500, blank=True)
    status_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["evse_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evse", "number"], name="chargers_connector_number_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "status"], name="chargers_connector_status"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.number}"


class StationConnection(TenantModel):
    """One accepted WebSocket connection, from handshake to close."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="connections"
    )
    epoch = models.BigIntegerField()
    protocol = models.CharField(max_length=12)
    security_profile = models.PositiveSmallIntegerField(
        choices=Profile.choices, null=True, blank=True
    )
    tls_version = models.CharField(max_length=12, blank=True, default="")
    took_over = models.BooleanField(
        default=False, help_text="An older connection was still open and was closed."
    )
    remote_address = models.GenericIPAddressField(null=True, blank=True)
    server = models.CharField(max_length=80, help_text="Web process that holds the socket.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    close_code = models.IntegerField(null=True, blank=True)
    close_reason = models.CharField(max_length=120, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "epoch"], name="chargers_connection_epoch_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["server"],
                condition=models.Q(closed_at__isnull=True),
                name="chargers_connection_open",
            ),
        ]

    def __str__(self) -> str:
        return f"connection {self.epoch}"


class StationVariable(TenantModel):
    """One value of a station's device model: a 2.x Variable or a 1.6 configuration key.

    `name` is `Component.Variable` (with instances in brackets) or the configuration key.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="variables")
    name = models.CharField(max_length=255)
    evse = models.PositiveIntegerField(default=0, help_text="0 is the whole station.")
    connector = models.PositiveIntegerField(default=0)
    value = models.TextField(blank=True)
    is_read_only = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict, blank=True)
    reported_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "name", "evse", "connector"],
                name="chargers_variable_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name
