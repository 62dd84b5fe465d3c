"""What a station knows of tokens by itself: its local authorisation list, and Autocharge."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from common.tenancy import ScopedManager, TenantModel


class LocalListState(models.TextChoices):
    UNKNOWN = "unknown", "Content not known"
    WAITING = "waiting", "Changes wait for the station"
    UPDATING = "updating", "Update under way"
    IN_STEP = "in_step", "In step"
    NOT_SUPPORTED = "not_supported", "Not supported by the station"
    FAILED = "failed", "Given up"


class LocalList(TenantModel):
    """The local authorisation list of one station (OCPP 2.0.1 D).

    Attributes:
        is_managed: kept in step with the operator's tokens by itself.
        version: that the station has confirmed, or told when asked; 0 none.
        sent_version: the highest that was ever sent or heard of; numbers only grow.
        entries: what the station holds, as `chargers.domain.local_list.Entry` writes itself;
            None where that is not known, so that the next update is a full list.
        checksum, entry_count: of `entries`, so that pages need not load them.
        command: whose answer is awaited.
        verified_at: when the station last told its version; older than its connection: ask again.
        due_at: when to look at it again; None when nothing is expected.
        force_full: the next update is a full list, whatever is known.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.OneToOneField(
        ChargingStation, on_delete=models.CASCADE, related_name="local_list"
    )
    is_managed = models.BooleanField(default=False)
    state = models.CharField(
        max_length=14, choices=LocalListState.choices, default=LocalListState.UNKNOWN
    )
    version = models.PositiveIntegerField(default=0)
    sent_version = models.PositiveIntegerField(default=0)
    entries = models.JSONField(null=True, blank=True)
    entry_count = models.PositiveIntegerField(default=0)
    checksum = models.CharField(max_length=16, blank=True, default="")
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    force_full = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")
    verified_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="chargers_locallist_due",
            ),
        ]

    def __str__(self) -> str:
        return f"list {self.version}"


class AccessPolicy(TenantModel):
    """An operator's own rule for all of its stations; no row means the defaults."""

    operator = models.OneToOneField(
        Operator, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    is_autocharge_allowed = models.BooleanField(default=False)

    objects = ScopedManager()

    def __str__(self) -> str:
        return "access policy"
