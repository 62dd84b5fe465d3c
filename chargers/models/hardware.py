"""Hardware that comes to a station, and what stood there before."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, IdToken, Operator, User
from chargers.models.station import ChargingStation
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class ReplacedHardware(TenantModel):
    """What a station was made of until its hardware was replaced.

    The station's row goes on with its name, code, location and sessions; this is what its
    sessions of that time ran on. `evses` is as a CSV import writes them.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="former_hardware"
    )
    identity = models.CharField(max_length=255)
    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    serial_number = models.CharField(max_length=50, blank=True)
    firmware_version = models.CharField(max_length=50, blank=True)
    protocol = models.CharField(max_length=12, blank=True)
    evses = models.JSONField(default=list)
    used_from = models.DateTimeField()
    used_until = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["-used_until", "-id"]
        indexes = [
            models.Index(fields=["station", "used_until"], name="chargers_hardware_former"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.model}".strip() or self.identity


class Commissioning(TenantModel):
    """One way of a station into service: what was planned, and what was found at its end.

    Open until it is finished; a station may go it again. What the list shows on the way is read
    from the station's own facts (`chargers.selectors.commissioning`) and not kept here.

    Attributes:
        vendor, model: as chosen before the station told its own.
        test_token: starts test charges, for some hours.
        results: the list as it was at the end, `[{"key", "state", "text"}]`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="commissionings"
    )
    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    evses = models.PositiveSmallIntegerField(default=0, help_text="As planned; 0: not said.")
    test_token = models.ForeignKey(
        IdToken, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    results = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=models.Q(finished_at=None),
                name="chargers_commissioning_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_commissioning_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.model}".strip() or str(self.pk)
