"""Figures of a network over time, kept so that pages never add up the past."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from common.tenancy import ScopedManager, TenantModel


class NetworkSample(TenantModel):
    """The whole network at one minute, as its operator saw it.

    `operative` counts the connectors of online stations that are neither faulted nor
    unavailable: the share of `connectors` is the uptime shown on the dashboard.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(help_text="Start of the minute, UTC.")
    ac_power_w = models.BigIntegerField()
    dc_power_w = models.BigIntegerField()
    active_sessions = models.PositiveIntegerField()
    stations = models.PositiveIntegerField()
    online = models.PositiveIntegerField()
    connectors = models.PositiveIntegerField()
    in_use = models.PositiveIntegerField()
    operative = models.PositiveIntegerField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "at"], name="operations_sample_once_per_minute"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class HourlyFigures(TenantModel):
    """What one hour amounted to. A session counts in the hour in which it ended.

    The means are those of the hour's samples, None when none was taken. `uptime_ppm` is the share
    of operative connectors in parts per million, so an hour weighs the same whether its samples
    have been thinned or not.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField(help_text="Start of the hour, UTC.")
    energy_wh = models.BigIntegerField()
    sessions = models.PositiveIntegerField()
    ac_power_w = models.BigIntegerField(null=True, blank=True)
    dc_power_w = models.BigIntegerField(null=True, blank=True)
    uptime_ppm = models.PositiveIntegerField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "hourly figures"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "hour"], name="operations_figures_once_per_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h"
