"""A charging session (OCPP Transaction, OCPI Session)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Upper

from accounts.models import Driver, IdToken, Operator
from chargers.domain.vocabulary import ChargingState
from chargers.models.location import Location
from chargers.models.station import ChargingStation, Connector, Evse
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class TransactionState(models.TextChoices):
    ACTIVE = "active", "Charging session running"
    ENDED = "ended", "Ended by the station"
    PROVISIONAL = "provisional", "Ended by rule, the station's stop is missing"


class Transaction(TenantModel, MainObject):
    """One charging session at one EVSE.

    Each instant is kept three times: what the device said, when we received it, and the
    corrected time (`started_at`, `ended_at`) that everything else uses.

    Attributes:
        station_ref: transactionId on the wire, unique per station (1.6: our int31 as text).
        assigned_id: the int31 that we assigned, unique everywhere; None where the station assigns.
        start_key: digest of the start's content, so that a repeated start is the same session.
        energy_wh: by the ladder of `chargers.domain.energy`, live while active.
        warnings: what was odd about it, as `[{"code", "detail", "at"}]`.
        needs_review: a person must look before it may be billed.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="transactions")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="transactions")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.PROTECT, related_name="transactions"
    )
    evse = models.ForeignKey(
        Evse, null=True, blank=True, on_delete=models.SET_NULL, related_name="transactions"
    )
    connector = models.ForeignKey(
        Connector, null=True, blank=True, on_delete=models.SET_NULL, related_name="transactions"
    )
    station_ref = models.CharField(max_length=40)
    assigned_id = models.BigIntegerField(null=True, blank=True, unique=True)
    start_key = models.CharField(max_length=64, blank=True)

    id_token = models.ForeignKey(
        IdToken, null=True, blank=True, on_delete=models.SET_NULL, related_name="transactions"
    )
    id_token_uid = models.CharField(max_length=255, blank=True)
    id_token_type = models.CharField(max_length=20, blank=True)
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.SET_NULL, related_name="transactions"
    )
    authorization_status = models.CharField(max_length=20, blank=True)
    remote_start_id = models.BigIntegerField(null=True, blank=True)

    state = models.CharField(
        max_length=12, choices=TransactionState.choices, default=TransactionState.ACTIVE
    )
    charging_state = models.CharField(max_length=14, blank=True, default="")
    stop_reason = models.CharField(max_length=30, blank=True)

    started_device_at = models.DateTimeField(null=True, blank=True)
    started_received_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_device_at = models.DateTimeField(null=True, blank=True)
    ended_received_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    meter_start_wh = models.BigIntegerField(null=True, blank=True)
    meter_stop_wh = models.BigIntegerField(null=True, blank=True)
    energy_wh = models.BigIntegerField(default=0)
    last_reading_at = models.DateTimeField(null=True, blank=True)
    last_energy_wh = models.BigIntegerField(
        null=True, blank=True, help_text="Register of the latest reading."
    )
    power_w = models.IntegerField(null=True, blank=True)
    max_power_w = models.IntegerField(null=True, blank=True)
    soc_percent = models.SmallIntegerField(null=True, blank=True)
    last_seq_no = models.BigIntegerField(null=True, blank=True)

    warnings = models.JSONField(default=list, blank=True)
    needs_review = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "station_ref"], name="chargers_transaction_ref_unique"
            ),
            models.UniqueConstraint(
                fields=["station", "start_key"],
                condition=~models.Q(start_key=""),
                name="chargers_transaction_start_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(energy_wh__gte=0), name="chargers_transaction_energy"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-started_at", "-id"], name="chargers_tx_recent"),
            models.Index(fields=["operator", "station_ref"], name="chargers_tx_reference"),
            models.Index(fields=["operator", "ended_at"], name="chargers_tx_ended"),
            models.Index(fields=["station", "-started_at"], name="chargers_tx_station"),
            models.Index(fields=["driver", "-started_at"], name="chargers_tx_driver"),
            models.Index(fields=["location", "-started_at"], name="chargers_tx_location"),
            models.Index(
                fields=["operator", "state"],
                condition=models.Q(state="active"),
                name="chargers_tx_active",
            ),
            models.Index(
                fields=["operator", "-started_at"],
                condition=models.Q(state="provisional"),
                name="chargers_tx_provisional",
            ),
            models.Index(Upper("id_token_uid"), "operator", "started_at", name="chargers_tx_token"),
            models.Index(
                fields=["operator", "-started_at"],
                condition=models.Q(needs_review=True),
                name="chargers_tx_review",
            ),
        ]

    def __str__(self) -> str:
        return self.station_ref

    @property
    def is_active(self) -> bool:
        return self.state == TransactionState.ACTIVE

    @property
    def is_charging(self) -> bool:
        return self.is_active and self.charging_state in ("", ChargingState.CHARGING)
