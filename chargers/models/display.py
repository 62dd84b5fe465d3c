"""What a station shows to people: messages, and the running cost of a session."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from chargers.models.transaction import Transaction
from common.ids import uuid7
from common.money import major_units
from common.tenancy import ScopedManager, TenantModel


class DisplayStatus(models.TextChoices):
    ASKED = "asked", "Sent, waiting for the station"
    SHOWN = "shown", "On the display"
    REFUSED = "refused", "Not shown"
    CLEARED = "cleared", "Taken down"


class DisplayMessage(TenantModel):
    """A message of a station's display (OCPP 2.0.1 block O), kept in step with what it answers.

    Attributes:
        number: its id on the wire, unique per station.
        state: only shown while the station is in it; empty is always.
        transaction: the session whose driver shall read it; it goes with the session.
        raw_status: the station's own word to our wish.
        reported_in: request id of the last report that named it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="display_messages"
    )
    number = models.BigIntegerField()
    priority = models.CharField(max_length=20)
    state = models.CharField(max_length=20, blank=True)
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    transaction_ref = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    format = models.CharField(max_length=10)
    language = models.CharField(max_length=8, blank=True)
    content = models.TextField(blank=True)
    status = models.CharField(
        max_length=10, choices=DisplayStatus.choices, default=DisplayStatus.ASKED
    )
    raw_status = models.CharField(max_length=50, blank=True)
    reported_in = models.BigIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"], name="chargers_display_number_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_display_recent"),
        ]

    def __str__(self) -> str:
        return f"message {self.number}"

    @property
    def is_up(self) -> bool:
        return self.status in (DisplayStatus.ASKED, DisplayStatus.SHOWN)


class SessionDisplay(TenantModel):
    """What the display was last told about a session by itself, so that nothing is told twice.

    Attributes:
        amount_minor, currency: the cost so far, None before the first.
        is_final: the bill of the ended session was told.
        tariff_text: the driver's tariff.
        command: the last cost on its way.
        told_at: when a cost was last told.
    """

    transaction = models.OneToOneField(
        Transaction, primary_key=True, on_delete=models.CASCADE, related_name="display"
    )
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    is_final = models.BooleanField(default=False)
    tariff_text = models.TextField(blank=True)
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        if self.amount_minor is None:
            return ""
        return f"{major_units(self.amount_minor, self.currency)} {self.currency}"


class SettlementStatus(models.TextChoices):
    """PaymentStatusEnumType (OCPP 2.1)."""

    SETTLED = "Settled", "Settled"
    CANCELED = "Canceled", "Cancelled"
    REJECTED = "Rejected", "Rejected"
    FAILED = "Failed", "Failed"


class ReportedSettlement(TenantModel):
    """What a station's own payment terminal took (OCPP 2.1 NotifySettlement).

    Evidence as the station told it; what it means for money is decided elsewhere.

    Attributes:
        amount: in the currency of the station, None when it was unreadable.
        details: VAT number, company, receipt: as sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.PROTECT, related_name="+")
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="settlements"
    )
    transaction_ref = models.CharField(max_length=40, blank=True)
    psp_ref = models.CharField(max_length=255)
    status = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "psp_ref", "status"], name="chargers_settlement_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_settlement_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.psp_ref} {self.status}"
