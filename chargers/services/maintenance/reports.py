"""What stations report of firmware, logs and customers while they work on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import UUIDField

from chargers.domain import progress
from chargers.domain.context import StationContext
from chargers.domain.messages import (
    FirmwareStatusNotification,
    LogStatusNotification,
    NotifyCustomerInformation,
    PublishFirmwareStatusNotification,
)
from chargers.domain.progress import IDLE, JobState
from chargers.domain.results import Acknowledged
from chargers.events import StatusReported
from chargers.models import CustomerInformation, FirmwareUpdate, LogUpload
from chargers.services.maintenance.jobs import advance, find_job
from common.prepared import Param, Prepared
from events.outbox import publish

_LATEST_UPDATE = Prepared(
    lambda: (
        FirmwareUpdate.objects.filter(
            station_id=Param("station_id", UUIDField()), is_publication=False
        )
        .select_for_update()
        .order_by("-requested_at", "-id")[:1]
    )
)
# Words of a station that has the new image: a boot with another version is then its end.
_HAS_IMAGE = (
    "Downloading",
    "Downloaded",
    "SignatureVerified",
    "InstallScheduled",
    "Installing",
    "InstallRebooting",
    "Installed",
)
MAX_PARTS = 2000
MAX_LOCATIONS = 20


@transaction.atomic
def record_firmware_status(
    message: FirmwareStatusNotification, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """FirmwareStatusNotification (L01, L02; 1.6 and its signed sister)."""
    # Idle only answers our own question; nothing happened.
    if message.status == IDLE:
        return Acknowledged()
    job = find_job(
        FirmwareUpdate.objects.filter(is_publication=False),
        station_id=station.station_id,
        request_id=message.request_id,
    )
    if job is not None:
        advance(job, message.status, ends=progress.FIRMWARE, now=received_at)
    _publish("firmware", message.status, station, received_at)
    return Acknowledged()


def close_update_by_boot(*, station_id: UUID, before: str, after: str, now: datetime) -> None:
    """A station that boots with another firmware has finished the update that was under way.

    Args:
        before, after: what it told of its firmware at the last boot and at this one.
    """
    if not after or before == after:
        return
    job = _LATEST_UPDATE.first(station_id=station_id)
    if job is None or job.version_after or job.status not in _HAS_IMAGE:
        return
    job.version_after = after[:50]
    if job.state == JobState.OPEN:
        job.state, job.finished_at = JobState.SUCCEEDED.value, now
    job.save(update_fields=["version_after", "state", "finished_at"])


@transaction.atomic
def record_publication_status(
    message: PublishFirmwareStatusNotification, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """PublishFirmwareStatusNotification (L03)."""
    if message.status == IDLE:
        return Acknowledged()
    job = find_job(
        FirmwareUpdate.objects.filter(is_publication=True),
        station_id=station.station_id,
        request_id=message.request_id,
    )
    if job is not None:
        if message.locations:
            job.locations = [url[:2000] for url in message.locations[:MAX_LOCATIONS]]
            job.save(update_fields=["locations"])
        advance(job, message.status, ends=progress.PUBLICATION, now=received_at)
    _publish("firmware publication", message.status, station, received_at)
    return Acknowledged()


@transaction.atomic
def record_log_status(
    message: LogStatusNotification, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """LogStatusNotification (N01), 1.6 DiagnosticsStatusNotification."""
    if message.status == IDLE:
        return Acknowledged()
    job = find_job(
        LogUpload.objects.all(), station_id=station.station_id, request_id=message.request_id
    )
    if job is not None:
        advance(job, message.status, ends=progress.UPLOAD, now=received_at)
    _publish("log", message.status, station, received_at)
    return Acknowledged()


def _publish(topic: str, status: str, station: StationContext, received_at: datetime) -> None:
    event = StatusReported(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        topic=topic,
        status=status[:50],
    )
    publish(event, now=received_at)


@transaction.atomic
def record_customer_information(
    message: NotifyCustomerInformation, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyCustomerInformation (N09, N10): pieces in any order, the report with the last one.

    What nobody asked this station for is not kept: it is about a person.
    """
    job = find_job(
        CustomerInformation.objects.all(),
        station_id=station.station_id,
        request_id=message.request_id,
    )
    if job is None or job.state == JobState.SUCCEEDED:
        return Acknowledged()
    if len(job.parts) < MAX_PARTS:
        job.parts[str(message.seq_no)] = message.data
    if message.is_last:
        job.data = "".join(text for _, text in sorted(job.parts.items(), key=_number))
        job.parts = {}
        advance(job, "Reported", ends={"Reported": JobState.SUCCEEDED}, now=received_at, save=False)
    job.save()
    return Acknowledged()


def _number(part: tuple[str, str]) -> int:
    return int(part[0])
