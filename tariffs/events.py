"""What happens to tariffs and prices (subscribers: `csms.wiring.SUBSCRIBERS`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.event import Event


@dataclass(frozen=True, kw_only=True)
class TariffChanged(Event):
    """A tariff is new, or says something else from some instant on.

    Attributes:
        change: `added`, `changed`, `version_added`, `version_withdrawn`, `archived`, `restored`.
        version: number of the version concerned, 0: none.
    """

    kind: ClassVar[str] = "tariffs.tariff_changed"
    subject_type: ClassVar[str] = "tariff"
    change: str
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class SessionStoppedAtLimit(Event):
    """A session came to a limit (`tariffs.pricing.stopping.Limit`) and is asked to stop."""

    kind: ClassVar[str] = "tariffs.session_stopped_at_limit"
    subject_type: ClassVar[str] = "transaction"
    limit: str
