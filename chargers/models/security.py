"""Who tried to get in, and what stations say about their own security."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator, User
from chargers.domain.security import HandshakeFault
from chargers.models.station import ChargingStation
from common.tenancy import ScopedManager, TenantModel


class Fault(models.TextChoices):
    """Causes of refused handshakes as staff reads them."""

    NO_CREDENTIALS = HandshakeFault.NO_CREDENTIALS.value, "No key was sent"
    WRONG_USER = HandshakeFault.WRONG_USER.value, "User name is not the identity"
    WRONG_KEY = HandshakeFault.WRONG_KEY.value, "Wrong key"
    WRONG_CERTIFICATE = HandshakeFault.WRONG_CERTIFICATE.value, "Certificate of another station"
    PROFILE_TOO_LOW = HandshakeFault.PROFILE_TOO_LOW.value, "Security profile below the minimum"
    DISABLED = HandshakeFault.DISABLED.value, "The station is disabled"
    NO_SUBPROTOCOL = HandshakeFault.NO_SUBPROTOCOL.value, "No OCPP subprotocol was offered"
    NO_UPGRADE = HandshakeFault.NO_UPGRADE.value, "Not a WebSocket upgrade"
    RECONNECT_LOOP = HandshakeFault.RECONNECT_LOOP.value, "Reconnects too often"
    HELD_DOWN = HandshakeFault.HELD_DOWN.value, "Held down after repeated take-overs"


class FailedHandshake(TenantModel):
    """Refused upgrades under the identity of a station: one row per station and cause."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="failed_handshakes"
    )
    fault = models.CharField(max_length=20, choices=Fault.choices)
    count = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_address = models.GenericIPAddressField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "fault"], name="chargers_failed_handshake_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fault_display()} ({self.count})"


class UnknownHandshake(models.Model):
    """Refused upgrades under an identity that nobody has; a bounded list of the latest.

    It belongs to no operator: only the staff of the installation sees it.
    """

    identity = models.CharField(max_length=255, unique=True)
    count = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    last_address = models.GenericIPAddressField(null=True, blank=True)

    def __str__(self) -> str:
        return self.identity


class SecurityEvent(TenantModel):
    """A security event of a station (A04), or one that we noticed; repetitions are counted.

    Attributes:
        is_noticed: we saw it ourselves, the station did not report it.
        device_at: the station's own time of the first report, as it was told.
        received_at, last_at: of the first and of the last repetition.
        needs_attention: to be looked at by a person, until `acknowledged_at`.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="security_events"
    )
    type = models.CharField(max_length=50)
    is_noticed = models.BooleanField(default=False)
    is_critical = models.BooleanField(default=False)
    needs_attention = models.BooleanField(default=False)
    tech_info = models.CharField(max_length=255, blank=True)
    device_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_security_recent"),
            models.Index(
                fields=["operator", "-last_at"],
                condition=models.Q(needs_attention=True, acknowledged_at=None),
                name="chargers_security_open",
            ),
        ]

    def __str__(self) -> str:
        return self.type
