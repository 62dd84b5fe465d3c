"""A file of stations on its way into the database."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Operator, User
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class ImportStatus(models.TextChoices):
    CHECKED = "checked", "Checked, nothing written yet"
    QUEUED = "queued", "Waiting to be written"
    RUNNING = "running", "Being written"
    DONE = "done", "Written"
    REFUSED = "refused", "Not written"


class ImportMode(models.TextChoices):
    ALL_OR_NOTHING = "all", "All rows or none"
    GOOD_ROWS = "good", "The rows without faults"


class StationImport(TenantModel):
    """What a CSV file asks for, what it would do, and what it did.

    The file itself is not kept: `lines` are its rows as read, of typed keys the fingerprint alone.

    Attributes:
        report: a row each, `{"row", "name", "outcome", "changes", "faults", "station"}`.
        counts: outcome → number of rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=8, choices=ImportStatus.choices, default=ImportStatus.CHECKED
    )
    mode = models.CharField(max_length=4, choices=ImportMode.choices, blank=True)
    lines = models.JSONField()
    report = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField()
    rows_done = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    keys_handed_out_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_import_recent"),
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["queued", "running"]),
                name="chargers_import_open",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.status in (ImportStatus.QUEUED, ImportStatus.RUNNING)
