"""Work that a station does in the background and reports step by step: firmware, logs, reports."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.domain.progress import JobState
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel

JOB_STATES = [
    (JobState.OPEN.value, "Under way"),
    (JobState.SUCCEEDED.value, "Done"),
    (JobState.FAILED.value, "Failed"),
    (JobState.CANCELLED.value, "Cancelled"),
]


class StationJob(TenantModel):
    """What several kinds of background work share.

    Attributes:
        request_id: the number of our request, unique per station and kind of work.
        status: the station's last word, such as `Downloading`; empty before its first.
        history: every word with its time, as `[{"status", "at"}]`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="%(class)ss"
    )
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    request_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=JOB_STATES, default=JobState.OPEN.value)
    status = models.CharField(max_length=50, blank=True)
    history = models.JSONField(default=list, blank=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == JobState.OPEN


class FirmwareUpdate(StationJob):
    """An image that a station shall install, or publish to the stations behind it (block L).

    Attributes:
        is_publication: a local controller offers the image on (L03), nothing is installed.
        checksum: MD5 of a published image.
        locations: where the image is published, as the station told.
        version_before, version_after: of the station, as it told at boot.
    """

    url = models.CharField(max_length=2000, help_text="Without user name and password.")
    retrieve_at = models.DateTimeField(null=True, blank=True)
    install_at = models.DateTimeField(null=True, blank=True)
    is_signed = models.BooleanField(default=False)
    is_publication = models.BooleanField(default=False)
    checksum = models.CharField(max_length=32, blank=True)
    locations = models.JSONField(default=list, blank=True)
    version_before = models.CharField(max_length=50, blank=True)
    version_after = models.CharField(max_length=50, blank=True)

    objects = ScopedManager()

    class Meta(StationJob.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["station", "request_id"], name="chargers_firmware_request_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_firmware_recent"),
            models.Index(fields=["station", "-id"], name="chargers_firmware_station"),
        ]


class LogUpload(StationJob):
    """A log that a station shall upload (N01; OCPP 1.6 GetDiagnostics)."""

    log_type = models.CharField(max_length=20)
    url = models.CharField(max_length=2000, help_text="Without user name and password.")
    filename = models.CharField(max_length=255, blank=True)

    objects = ScopedManager()

    class Meta(StationJob.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["station", "request_id"], name="chargers_log_request_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_log_recent"),
            models.Index(fields=["station", "-id"], name="chargers_log_station"),
        ]


class CustomerInformation(StationJob):
    """What a station knows of a customer, told or forgotten at our wish (N09, N10).

    Attributes:
        parts: pieces of the report by their sequence number, until it is complete.
        data: the report.
    """

    id_token_uid = models.CharField(max_length=255, blank=True)
    id_token_type = models.CharField(max_length=20, blank=True)
    customer_identifier = models.CharField(max_length=64, blank=True)
    is_report = models.BooleanField(default=True)
    is_clear = models.BooleanField(default=False)
    parts = models.JSONField(default=dict, blank=True)
    data = models.TextField(blank=True)

    objects = ScopedManager()

    class Meta(StationJob.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["station", "request_id"], name="chargers_customer_request_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="chargers_customer_recent"),
            models.Index(fields=["station", "-id"], name="chargers_customer_station"),
        ]
