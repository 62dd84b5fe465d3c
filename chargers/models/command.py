"""A command to a station: the row is the truth, the message bus only a wake-up."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Operator, User
from chargers.models.station import ChargingStation
from chargers.models.transaction import Transaction
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class CommandStatus(models.TextChoices):
    QUEUED = "queued", "Waiting for the station"
    SENT = "sent", "Sent, waiting for the answer"
    ACCEPTED = "accepted", "Accepted"
    SCHEDULED = "scheduled", "Accepted, takes effect later"
    REJECTED = "rejected", "Rejected by the station"
    NOT_SUPPORTED = "not_supported", "Not supported by the station"
    FAILED = "failed", "Failed"
    TIMED_OUT = "timed_out", "No answer in time"

    @classmethod
    def open(cls) -> tuple[CommandStatus, CommandStatus]:
        return (cls.QUEUED, cls.SENT)


class StationCommand(TenantModel):
    """What was asked, by whom, until when, and what came of it.

    `kind` and `arguments` are a `chargers.domain.commands` value; the socket's version encodes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="commands")
    transaction = models.ForeignKey(
        Transaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="commands"
    )
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    status = models.CharField(
        max_length=14, choices=CommandStatus.choices, default=CommandStatus.QUEUED
    )
    raw_status = models.CharField(max_length=50, blank=True)
    result = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_command_recent"),
            models.Index(
                fields=["station", "id"],
                condition=models.Q(status__in=["queued", "sent"]),
                name="chargers_command_open",
            ),
            models.Index(
                fields=["deadline_at"],
                condition=models.Q(status__in=["queued", "sent"]),
                name="chargers_command_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_agreed(self) -> bool:
        """The station does it, now or later."""
        return self.status in (CommandStatus.ACCEPTED, CommandStatus.SCHEDULED)

    @property
    def is_open(self) -> bool:
        return self.status in CommandStatus.open()
