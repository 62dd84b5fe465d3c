"""What the station is, which connectors it has, and whether its clock is right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chargers.domain.clocks import EARLIEST_PLAUSIBLE
from chargers.domain.commissioning.connecting import bare
from chargers.domain.commissioning.facts import (
    PATIENCE,
    Check,
    CheckKey,
    CheckState,
    Facts,
    Note,
    PlugFact,
    Remedy,
)
from chargers.domain.vocabulary import ConnectorStatus, RegistrationStatus

# A clock this far off still gives sessions their right minute.
CLOCK_TOLERANCE = timedelta(seconds=60)


def booted(facts: Facts, now: datetime) -> Check:
    if facts.booted_at is None:
        return _unbooted(facts, now)
    told = " ".join(part for part in (facts.vendor, facts.model) if part) or "no make at all"
    firmware = f", firmware {facts.firmware}" if facts.firmware else ""
    wrong = _other_make(facts)
    pending = facts.registration != RegistrationStatus.ACCEPTED
    advice = []
    if wrong:
        planned = f"{facts.planned_vendor} {facts.planned_model}".strip()
        advice.append(
            f"{planned} was chosen. Is this the right station? Two identities may be swapped."
            " If it is, go on: what it says counts."
        )
    if pending:
        advice.append("It is told to wait until you finish here; then it is accepted.")
    return Check(
        key=CheckKey.BOOTED,
        state=CheckState.ATTENTION if wrong else CheckState.DONE,
        text=f"It says it is {told}{firmware}.",
        at=facts.booted_at,
        advice=tuple(advice),
    )


def _unbooted(facts: Facts, now: datetime) -> Check:
    late = (
        facts.is_online and facts.connected_at is not None and now - facts.connected_at >= PATIENCE
    )
    return Check(
        key=CheckKey.BOOTED,
        state=CheckState.WAITING,
        text="It has not said what it is.",
        advice=("Restart it, or ask it: some say it after a restart only.",) if late else (),
        remedy=Remedy.ASK_BOOT if facts.is_online else None,
    )


def _other_make(facts: Facts) -> bool:
    vendors = bare(facts.planned_vendor), bare(facts.vendor)
    models = bare(facts.planned_model), bare(facts.model)
    return _differ(*vendors) if all(vendors) else bool(all(models) and _differ(*models))


def _differ(planned: str, told: str) -> bool:
    """Makers write themselves in many ways: one inside the other, or the same start, is the same."""
    return not (planned in told or told in planned or planned[:4] == told[:4])


# Connectors -------------------------------------------------------------------------------------


def connectors(facts: Facts, now: datetime) -> Check:
    silent = [plug for plug in facts.plugs if plug.reported_at is None]
    broken = [plug for plug in facts.plugs if plug.status == ConnectorStatus.FAULTED]
    count = len(facts.plugs)
    notes = tuple(
        Note(f"EVSE {plug.evse}, {plug.type}: fault {plug.error or 'without a code'}.",
             plug.reported_at)
        for plug in broken
    )  # fmt: skip
    if silent or not count:
        late = facts.booted_at is not None and now - facts.booted_at >= PATIENCE
        return Check(
            key=CheckKey.CONNECTORS,
            state=CheckState.PROBLEM if late and facts.is_online else CheckState.WAITING,
            text=f"{count - len(silent)} of {count} connectors have reported.",
            notes=notes,
            advice=_silent_advice(silent) if late else (),
            remedy=Remedy.ASK_STATUS if facts.is_online else None,
        )
    more = max(plug.evse for plug in facts.plugs) - facts.planned_evses
    advice = []
    if broken:
        advice.append("Clear the fault at the station, or look up its code in its manual.")
    if facts.planned_evses and more > 0:
        advice.append(
            f"It has {more} more than was planned. Check connector types and power in Settings."
        )
    words = "connector has" if count == 1 else "connectors have"
    return Check(
        key=CheckKey.CONNECTORS,
        state=CheckState.ATTENTION if advice else CheckState.DONE,
        text=f"{count} {words} reported.",
        at=max(plug.reported_at for plug in facts.plugs if plug.reported_at),
        notes=notes,
        advice=tuple(advice),
        remedy=Remedy.ASK_STATUS if broken and facts.is_online else None,
    )


def _silent_advice(silent: Sequence[PlugFact]) -> tuple[str, ...]:
    names = ", ".join(f"EVSE {plug.evse} connector {plug.number}" for plug in silent[:4])
    return (
        (
            f"{names or 'Nothing'} has not reported. Ask for it; if it stays silent, the station"
            " numbers its connectors otherwise or has fewer than planned."
        ),
    )


# Clock ------------------------------------------------------------------------------------------


def clock(facts: Facts) -> Check:
    if not facts.clocks:
        return Check(
            key=CheckKey.CLOCK,
            state=CheckState.WAITING,
            text="It has sent nothing yet that tells its time.",
        )
    # What was held back while it was offline is late without the clock being wrong.
    best = min(facts.clocks, key=lambda seen: abs(seen.ahead))
    if abs(best.ahead) <= CLOCK_TOLERANCE:
        return Check(
            key=CheckKey.CLOCK,
            state=CheckState.DONE,
            text=f"Its clock is right to {_span(abs(best.ahead))}.",
            at=best.received_at,
        )
    direction = "ahead" if best.ahead > timedelta(0) else "behind"
    words = f"Its clock is {_span(abs(best.ahead))} {direction}."
    return Check(
        key=CheckKey.CLOCK,
        state=CheckState.ATTENTION,
        text="Its clock was never set." if best.device_at < EARLIEST_PLAUSIBLE else words,
        at=best.received_at,
        advice=(_clock_advice(best.ahead),),
    )


def _clock_advice(ahead: timedelta) -> str:
    hours = abs(ahead) / timedelta(hours=1)
    if 0.9 < hours < 14.1 and abs(hours - round(hours)) < 0.05:
        return (
            "Whole hours: it sends local time as if it were UTC. Set its time zone, or its NTP"
            " server. Sessions are priced by corrected time until then."
        )
    return (
        "It sets its clock by our answers or by NTP. Restart it and look again; then set its NTP"
        " server."
    )


def _span(time: timedelta) -> str:
    """Plain words: "4 s", "3 min", "2 h 5 min", "6 days"."""
    seconds = round(time.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
