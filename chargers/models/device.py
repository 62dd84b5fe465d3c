"""What a station tells of itself: reports under way, its monitors, what they noticed."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from common.tenancy import ScopedManager, TenantModel


class ReportState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    RECEIVING = "receiving", "Arriving"
    COMPLETE = "complete", "Complete"
    INCOMPLETE = "incomplete", "Pages are missing"
    REFUSED = "refused", "Refused by the station"

    @classmethod
    def open(cls) -> tuple[ReportState, ReportState]:
        return (cls.REQUESTED, cls.RECEIVING)


class StationReport(TenantModel):
    """A report that we asked for, put together from its pages (B07, B08, N02).

    `pages` are the numbers that have come; `last_page` is known once the page without more to come
    is there. Pages may come in any order, and twice.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="reports")
    command = models.ForeignKey(
        StationCommand, null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    request_id = models.BigIntegerField()
    kind = models.CharField(max_length=40, help_text="FullInventory, Custom, Monitoring …")
    state = models.CharField(
        max_length=10, choices=ReportState.choices, default=ReportState.REQUESTED
    )
    pages = models.JSONField(default=list, blank=True)
    last_page = models.IntegerField(null=True, blank=True)
    item_count = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    last_page_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "request_id"], name="chargers_report_request_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=models.Q(state__in=["requested", "receiving"]),
                name="chargers_report_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class VariableMonitor(TenantModel):
    """A monitor that a station has set up on one of its variables (N02 to N06)."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="monitors")
    number = models.BigIntegerField(help_text="Id that the station gave it.")
    name = models.CharField(max_length=255, help_text="Component.Variable")
    evse = models.PositiveIntegerField(default=0, help_text="0 is the whole station.")
    connector = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=30)
    value = models.FloatField()
    severity = models.PositiveSmallIntegerField(help_text="0 (danger) to 9 (debug).")
    only_in_transactions = models.BooleanField(default=False)
    is_ours = models.BooleanField(default=False, help_text="Set by a command of ours.")
    reported_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["name", "evse", "connector", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "number"], name="chargers_monitor_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


class DeviceEvent(TenantModel):
    """Something that a station noticed about itself (N07).

    `needs_attention` holds as long as somebody should look: a grave event or a problem that was
    neither cleared by the station nor dismissed by a person, nor followed by a newer one.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="device_events"
    )
    event_id = models.BigIntegerField()
    seq_no = models.IntegerField(default=0)
    generated_at = models.DateTimeField(help_text="Of the message, by the station's clock.")
    occurred_at = models.DateTimeField(help_text="By the station's clock.")
    received_at = models.DateTimeField()
    trigger = models.CharField(max_length=20, blank=True)
    notification_type = models.CharField(max_length=30, blank=True)
    cause_event_id = models.BigIntegerField(null=True, blank=True)
    name = models.CharField(max_length=255, help_text="Component.Variable")
    evse = models.PositiveIntegerField(default=0)
    connector = models.PositiveIntegerField(default=0)
    value = models.TextField(blank=True)
    tech_code = models.CharField(max_length=50, blank=True)
    tech_info = models.CharField(max_length=500, blank=True)
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    monitor_number = models.BigIntegerField(null=True, blank=True)
    transaction_ref = models.CharField(max_length=64, blank=True)
    is_cleared = models.BooleanField(default=False, help_text="The cause is gone.")
    needs_attention = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "generated_at", "seq_no", "event_id"],
                name="chargers_device_event_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_device_event_recent"),
            models.Index(
                fields=["operator", "-id"],
                condition=models.Q(needs_attention=True),
                name="chargers_device_event_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
