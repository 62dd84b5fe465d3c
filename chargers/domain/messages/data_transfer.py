"""Block P: vendor data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransfer:
    vendor_id: str
    message_id: str = ""
    data: Any = None
