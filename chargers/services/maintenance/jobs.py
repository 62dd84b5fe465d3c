"""Rows of background work: begun with the command, moved on by answers and by what stations report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from chargers.domain import commands
from chargers.domain.commands import Outcome
from chargers.domain.progress import JobState, next_state, with_word
from chargers.models import (
    ChargingStation,
    CustomerInformation,
    FirmwareUpdate,
    LogUpload,
    StationCommand,
    StationJob,
)
from chargers.ocpp.secrets import without_userinfo

Job = TypeVar("Job", bound=StationJob)
# Where a station without request ids (OCPP 1.6) may still go on.
_MAY_GO_ON = (JobState.OPEN, JobState.FAILED)
_PROGRESS_FIELDS = ("state", "status", "history", "finished_at")
_CANCELS_OTHERS = "AcceptedCanceled"


def find_job(rows: QuerySet[Job], *, station_id: UUID, request_id: int | None) -> Job | None:
    """The station's own job of this number, locked; without a number the latest that may go on.

    Another station's number finds nothing.
    """
    own = rows.filter(station_id=station_id).select_for_update(of=("self",))
    if request_id is not None:
        return own.filter(request_id=request_id).first()
    latest = own.order_by("-requested_at", "-id").first()
    return latest if latest is not None and latest.state in _MAY_GO_ON else None


def advance(
    job: StationJob, word: str, *, ends: Mapping[str, JobState], now: datetime, save: bool = True
) -> None:
    """Note a word of the station and what it means for the job. The same word twice counts once."""
    state = next_state(JobState(job.state), word, ends)
    job.history = with_word(job.history, word[:50], now.isoformat())
    job.status = word[:50]
    _move(job, state, now)
    if save:
        job.save(update_fields=_PROGRESS_FIELDS)


def _move(job: StationJob, state: JobState, now: datetime) -> None:
    if state == JobState.OPEN:
        job.finished_at = None
    elif job.state == JobState.OPEN:
        job.finished_at = now
    job.state = state.value


def begin_firmware(row: StationCommand, asked: commands.UpdateFirmware, now: datetime) -> None:
    FirmwareUpdate.objects.create(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=row,
        request_id=asked.request_id,
        url=without_userinfo(asked.url),
        retrieve_at=asked.retrieve_at,
        install_at=asked.install_at,
        is_signed=asked.is_signed,
        version_before=_firmware_of(row.station_id),
        requested_at=now,
    )


def _firmware_of(station_id: UUID) -> str:
    rows = ChargingStation.objects.filter(pk=station_id)
    return rows.values_list("firmware_version", flat=True).get()


def begin_publication(row: StationCommand, asked: commands.PublishFirmware, now: datetime) -> None:
    FirmwareUpdate.objects.create(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=row,
        request_id=asked.request_id,
        url=without_userinfo(asked.url),
        is_publication=True,
        checksum=asked.checksum,
        requested_at=now,
    )


def begin_log(row: StationCommand, asked: commands.GetLog, now: datetime) -> None:
    LogUpload.objects.create(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=row,
        request_id=asked.request_id,
        log_type=asked.log_type[:20],
        url=without_userinfo(asked.upload_url),
        requested_at=now,
    )


def begin_customer_information(
    row: StationCommand, asked: commands.CustomerInformation, now: datetime
) -> None:
    CustomerInformation.objects.create(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=row,
        request_id=asked.request_id,
        id_token_uid=asked.id_token_uid,
        id_token_type=asked.id_token_type if asked.id_token_uid else "",
        customer_identifier=asked.customer_identifier,
        is_report=asked.report,
        is_clear=asked.clear,
        requested_at=now,
    )


def _agree(rows: QuerySet[Job], row: StationCommand, outcome: Outcome, now: datetime) -> Job | None:
    """The station takes the job on: its word comes first in the history, unless it spoke already."""
    job = rows.filter(command=row).select_for_update(of=("self",)).first()
    if job is None:
        return None
    if not job.history:
        advance(job, outcome.raw_status or "Accepted", ends={}, now=now)
    if outcome.raw_status == _CANCELS_OTHERS:
        others = rows.filter(station_id=row.station_id, state=JobState.OPEN).exclude(pk=job.pk)
        others.update(state=JobState.CANCELLED, finished_at=now)
    return job


def agree_to_firmware(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    _agree(FirmwareUpdate.objects.filter(is_publication=False), row, outcome, now)


def agree_to_publication(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    _agree(FirmwareUpdate.objects.filter(is_publication=True), row, outcome, now)


def agree_to_unpublish(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """An image that is not offered any more: told at the publication it came by."""
    asked = commands.UnpublishFirmware.from_json(row.arguments)
    rows = FirmwareUpdate.objects.filter(
        station_id=row.station_id, is_publication=True, checksum__iexact=asked.checksum
    )
    job = rows.select_for_update(of=("self",)).order_by("-requested_at", "-id").first()
    if job is not None:
        advance(job, outcome.raw_status, ends={}, now=now)


def agree_to_log(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    job = _agree(LogUpload.objects.all(), row, outcome, now)
    if job is not None and outcome.detail.get("filename"):
        job.filename = str(outcome.detail["filename"])[:255]
        job.save(update_fields=["filename"])


def agree_to_customer_information(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """Where nothing is to be told, the answer ends it: the station has forgotten the customer."""
    job = _agree(CustomerInformation.objects.all(), row, outcome, now)
    if job is not None and not job.is_report:
        _move(job, JobState.SUCCEEDED, now)
        job.save(update_fields=_PROGRESS_FIELDS)


def refuse_job(row: StationCommand, now: datetime) -> None:
    """The command came to nothing. A station that reports all the same opens the job again."""
    if row.is_agreed:
        return
    for model in (FirmwareUpdate, LogUpload, CustomerInformation):
        rows: QuerySet[StationJob] = model.objects.filter(command=row, state=JobState.OPEN)
        for job in rows:
            job.history = with_word(job.history, row.raw_status or row.status, now.isoformat())
            job.status = row.raw_status or row.status
            _move(job, JobState.FAILED, now)
            job.save(update_fields=_PROGRESS_FIELDS)


Begin = Callable[[StationCommand, Any, datetime], None]
Refuse = Callable[[StationCommand, datetime], None]
Agree = Callable[[StationCommand, Outcome, datetime], None]

BEGINNINGS: Mapping[str, Begin] = {
    commands.UpdateFirmware.kind: begin_firmware,
    commands.PublishFirmware.kind: begin_publication,
    commands.GetLog.kind: begin_log,
    commands.CustomerInformation.kind: begin_customer_information,
}
EFFECTS: Mapping[str, Agree] = {
    commands.UpdateFirmware.kind: agree_to_firmware,
    commands.PublishFirmware.kind: agree_to_publication,
    commands.UnpublishFirmware.kind: agree_to_unpublish,
    commands.GetLog.kind: agree_to_log,
    commands.CustomerInformation.kind: agree_to_customer_information,
}
ENDINGS: Mapping[str, Refuse] = dict.fromkeys(BEGINNINGS, refuse_job)
