"""The durable outbox. No foreign keys: operator and subject are plain values (lowest floor)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class OutboxEvent(models.Model):
    """One thing that happened, written in the transaction that made it happen.

    `dispatched_at` is empty until every subscriber has run or has a `FailedDelivery`.
    """

    id = models.BigAutoField(primary_key=True)
    operator_id = models.UUIDField()
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    parent_id = models.UUIDField(null=True, blank=True)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(dispatched_at__isnull=True),
                name="events_outbox_pending",
            ),
            models.Index(fields=["subject_id", "-id"], name="events_outbox_subject"),
            models.Index(fields=["parent_id", "-id"], name="events_outbox_parent"),
            models.Index(fields=["operator_id", "-id"], name="events_outbox_operator"),
            models.Index(fields=["occurred_at"], name="events_outbox_occurred"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class FailedDelivery(models.Model):
    """A subscriber that raised: retried with backoff, then dead until someone looks at it."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="failures")
    subscriber = models.CharField(max_length=200)
    attempts = models.PositiveIntegerField(default=1)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    first_failed_at = models.DateTimeField()
    dead_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "failed deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "subscriber"], name="events_failure_once_per_subscriber"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(dead_at__isnull=True),
                name="events_failure_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} of event #{self.event_id}"
