"""What a station's word about a job in the background means for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

History = list[dict[str, Any]]

# a station that reports for ever fills no row
MAX_HISTORY = 100


class JobState(StrEnum):
    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Words that end a job; every other word says that it goes on (FirmwareStatusEnumType,
# PublishFirmwareStatusEnumType, UploadLogStatusEnumType, OCPP 1.6 DiagnosticsStatus).
FIRMWARE: Mapping[str, JobState] = {
    "Installed": JobState.SUCCEEDED,
    "DownloadFailed": JobState.FAILED,
    "InstallationFailed": JobState.FAILED,
    "InstallVerificationFailed": JobState.FAILED,
    "InvalidSignature": JobState.FAILED,
}
PUBLICATION: Mapping[str, JobState] = {
    "Published": JobState.SUCCEEDED,
    "DownloadFailed": JobState.FAILED,
    "InvalidChecksum": JobState.FAILED,
    "PublishFailed": JobState.FAILED,
}
UPLOAD: Mapping[str, JobState] = {
    "Uploaded": JobState.SUCCEEDED,
    "BadMessage": JobState.FAILED,
    "NotSupportedOperation": JobState.FAILED,
    "PermissionDenied": JobState.FAILED,
    "UploadFailure": JobState.FAILED,
    "UploadFailed": JobState.FAILED,
    "AcceptedCanceled": JobState.CANCELLED,
}
# The station answers a question about nothing: no job is meant.
IDLE = "Idle"


def next_state(state: JobState, word: str, ends: Mapping[str, JobState]) -> JobState:
    """The state after a word. What has succeeded or was cancelled stays so; a station that goes on
    after a failure has tried again.
    """
    if state in (JobState.SUCCEEDED, JobState.CANCELLED):
        return state
    return ends.get(word, JobState.OPEN)


def with_word(history: History, word: str, at: str) -> History:
    """The history with one more word, unless it only repeats the last one.

    Args:
        at: ISO 8601 instant.
    """
    if history and history[-1]["status"] == word:
        return history
    return [*history, {"status": word, "at": at}][-MAX_HISTORY:]
