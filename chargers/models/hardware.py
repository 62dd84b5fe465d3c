"""Hardware that stood where a station stands now."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models.station import ChargingStation
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
