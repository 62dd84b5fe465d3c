"""Meter values: one wide row per reading."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from common.tenancy import ScopedManager, TenantModel


class MeterValue(TenantModel):
    """All sampled values of one instant (see `chargers.domain.messages.Reading` for units).

    Written in bulk by `chargers.ingest`; plain key columns without constraints to other tables
    keep the insert cheap, and partitions stay possible. `digest` makes a repeated reading of a
    transaction fall on the same row.
    """

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
    transaction = models.ForeignKey(
        "chargers.Transaction",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="meter_values",
    )
    evse_number = models.PositiveIntegerField()
    taken_at = models.DateTimeField(help_text="Corrected time.")
    device_at = models.DateTimeField(
        help_text="By the station's clock; the Unix epoch when it was missing or unreadable."
    )
    received_at = models.DateTimeField()
    digest = models.BigIntegerField(help_text="64 bits of the content's hash.")
    context = models.CharField(max_length=24, blank=True)
    energy_wh = models.BigIntegerField(null=True, blank=True)
    power_w = models.IntegerField(null=True, blank=True)
    current_l1_ma = models.IntegerField(null=True, blank=True)
    current_l2_ma = models.IntegerField(null=True, blank=True)
    current_l3_ma = models.IntegerField(null=True, blank=True)
    voltage_mv = models.IntegerField(null=True, blank=True)
    soc_percent = models.SmallIntegerField(null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "device_at", "digest"], name="chargers_metervalue_once"
            ),
        ]
        indexes = [
            # Few have none; those of a session are found by it.
            models.Index(
                fields=["station", "-id"],
                condition=models.Q(transaction=None),
                name="chargers_metervalue_idle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M:%S} {self.energy_wh} Wh"
