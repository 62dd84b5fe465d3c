"""Block B: the device model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedVariable:
    """One Variable of the device model.

    Attributes:
        attributes: Actual, Target, MinSet or MaxSet → value.
        mutability: the same → ReadOnly, WriteOnly or ReadWrite.
        is_read_only: none of its attributes can be set.
        is_persistent: the value survives a restart; None where the station does not say.
        is_constant: the value never changes by itself.
        characteristics: unit, dataType, minLimit, maxLimit, valuesList, supportsMonitoring.
    """

    component: str
    variable: str
    component_instance: str = ""
    variable_instance: str = ""
    evse: int | None = None
    connector: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    mutability: Mapping[str, str] = field(default_factory=dict)
    is_read_only: bool = False
    is_persistent: bool | None = None
    is_constant: bool | None = None
    characteristics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyReport:
    request_id: int
    seq_no: int
    is_last: bool
    variables: tuple[ReportedVariable, ...]
