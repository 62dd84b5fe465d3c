"""Which of the things that a station notices somebody should look at (OCPP 2.0.1 N07)."""

from __future__ import annotations

from typing import Protocol

# 0 danger, 1 hardware failure, 2 system failure, 3 critical; 4 error and on are for the record.
GRAVE = 3
SEVERITIES = (
    "Danger",
    "Hardware failure",
    "System failure",
    "Critical",
    "Error",
    "Alert",
    "Warning",
    "Notice",
    "Informational",
    "Debug",
)
_PROBLEM = "Problem"


class Noticed(Protocol):
    """An event as a row or a value."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def trigger(self) -> str: ...
    @property
    def severity(self) -> int | None: ...
    @property
    def is_cleared(self) -> bool: ...


def is_alarming(event: Noticed) -> bool:
    """Grave, or a component that says of itself that it has a problem; and not over."""
    if event.is_cleared:
        return False
    if _is_problem(event):
        return event.value.casefold() == "true"
    return event.severity is not None and event.severity <= GRAVE


def is_worth_telling(event: Noticed) -> bool:
    """For the timeline: alerts and their end, not the values that come every minute."""
    return is_alarming(event) or event.is_cleared or event.trigger == "Alerting"


def _is_problem(event: Noticed) -> bool:
    return event.name.rpartition(".")[2] == _PROBLEM


def severity_words(severity: int | None) -> str:
    """The standard's word, empty when it is not known."""
    return SEVERITIES[severity] if severity is not None and 0 <= severity <= 9 else ""
