"""Block B: the device model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedVariable:
    """One Variable of the device model; `attributes` maps Actual, Target … to values."""

    component: str
    variable: str
    component_instance: str = ""
    variable_instance: str = ""
    evse: int | None = None
    connector: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_read_only: bool = False
    characteristics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyReport:
    request_id: int
    seq_no: int
    is_last: bool
    variables: tuple[ReportedVariable, ...]
