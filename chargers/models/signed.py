"""Signed meter values, the public keys of the meters, and what came of the check of a session."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models.station import ChargingStation
from chargers.models.transaction import Transaction
from common.tenancy import ScopedManager, TenantModel


class SignedStatus(models.TextChoices):
    """What came of the check of one signed value."""

    UNCHECKED = "unchecked", "Not checked yet"
    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"
    NO_KEY = "no_key", "No public key"
    UNSUPPORTED = "unsupported", "Cannot be checked here"


class KeySource(models.TextChoices):
    """Where a public key comes from; the first is believed before the others."""

    STAFF = "staff", "Typed by staff"
    DEVICE_MODEL = "device_model", "Read from the station's settings"
    STATION = "station", "Sent with a value"


class CheckVerdict(models.TextChoices):
    """What the signed values of a session are worth together."""

    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"
    INCOMPLETE = "incomplete", "Incomplete"
    UNVERIFIED = "unverified", "Not verified"


class MeterPublicKey(TenantModel):
    """A public key of a meter at a station.

    A key that was replaced keeps its row: old values were signed with it. `is_unexpected` marks
    one that a station brought although another was known, which a person should look at.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="meter_keys"
    )
    evse_number = models.PositiveIntegerField(default=0, help_text="0 is the whole station.")
    key = models.TextField(help_text="As given.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the key's point.")
    algorithm = models.CharField(max_length=50, blank=True)
    source = models.CharField(max_length=12, choices=KeySource.choices)
    is_unexpected = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["evse_number", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_number", "fingerprint"], name="chargers_meterkey_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm or 'key'} {self.fingerprint[:8]}"


class SignedMeterValue(TenantModel):
    """A signed value as a station sent it, and what came of its check.

    `raw` is never changed. `digest` makes a repeated value fall on the same row. The figures are
    those of the last reading inside; a value that cannot be read has none.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="signed_values"
    )
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="signed_values"
    )
    evse_number = models.PositiveIntegerField()
    context = models.CharField(max_length=24, blank=True)
    measurand = models.CharField(max_length=100, blank=True)
    device_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    raw = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was sent.")
    encoding_method = models.CharField(max_length=100, blank=True)
    signing_method = models.CharField(max_length=100, blank=True)
    public_key = models.TextField(blank=True, help_text="As sent with it.")

    status = models.CharField(
        max_length=12, choices=SignedStatus.choices, default=SignedStatus.UNCHECKED
    )
    reason = models.CharField(max_length=255, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    key = models.ForeignKey(
        MeterPublicKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    format = models.CharField(max_length=10, blank=True)
    energy_wh = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    time_status = models.CharField(max_length=4, blank=True)
    reading_reason = models.CharField(max_length=4, blank=True)
    meter_status = models.CharField(max_length=4, blank=True)
    meter_serial = models.CharField(max_length=100, blank=True)
    pagination = models.CharField(max_length=24, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "digest"], name="chargers_signedvalue_once"
            ),
            models.UniqueConstraint(
                fields=["station", "digest"],
                condition=models.Q(transaction__isnull=True),
                name="chargers_signedvalue_once_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "digest"], name="chargers_signed_digest"),
            models.Index(
                fields=["id"],
                condition=models.Q(status="unchecked"),
                name="chargers_signed_unchecked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.context} {self.status}"


class SessionMeterCheck(TenantModel):
    """What came of the check of all signed values of a session.

    Attributes:
        token: of the public page where the driver may check for themselves.
        begin, end: `{"energy_wh", "at", "meter", "pagination", "unit"}` of the deciding readings.
    """

    transaction = models.OneToOneField(
        Transaction, primary_key=True, on_delete=models.PROTECT, related_name="meter_check"
    )
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True)
    verdict = models.CharField(max_length=12, choices=CheckVerdict.choices)
    energy_wh = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    begin = models.JSONField(null=True, blank=True)
    end = models.JSONField(null=True, blank=True)
    findings = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    checked_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.verdict
