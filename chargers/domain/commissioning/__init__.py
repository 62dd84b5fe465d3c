"""Is a station ready for drivers? A list that ticks itself, from what is known of it. Pure.

Nothing is remembered but what the station did anyway: the list may be left, looked at from another
device, gone through twice, or never be finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chargers.domain.commissioning.charging import charge, meter
from chargers.domain.commissioning.connecting import connected
from chargers.domain.commissioning.facts import Check, Facts
from chargers.domain.commissioning.machine import booted, clock, connectors


def checklist(facts: Facts, *, now: datetime) -> tuple[Check, ...]:
    """Every item in the order in which a station on site comes to them."""
    return (
        connected(facts),
        booted(facts, now),
        connectors(facts, now),
        clock(facts),
        meter(facts),
        charge(facts),
    )


def open_items(checks: Iterable[Check]) -> list[Check]:
    """What has not come yet."""
    return [check for check in checks if not check.state.is_settled]
