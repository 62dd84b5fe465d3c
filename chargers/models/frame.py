"""The raw-frame log: what was said on the wire, kept for a while."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from common.tenancy import ScopedManager, TenantModel


class OcppFrame(TenantModel):
    """One call with its answer, or one frame that is neither. Secrets are masked before storage.

    `reply` is committed together with the effect of `raw`, before the answer leaves us.
    """

    class Direction(models.TextChoices):
        FROM_STATION = "in", "From the station"
        TO_STATION = "out", "To the station"

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(
        Operator, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    station = models.ForeignKey(
        "chargers.ChargingStation",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    epoch = models.BigIntegerField()
    at = models.DateTimeField()
    direction = models.CharField(max_length=3, choices=Direction.choices)
    action = models.CharField(max_length=50, blank=True)
    message_id = models.CharField(max_length=64, blank=True)
    raw = models.TextField()
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    warnings = models.JSONField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_frame_station"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.direction} {self.action}"
