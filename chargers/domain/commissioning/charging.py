"""Does the meter count, and does it charge?"""

from __future__ import annotations

from collections.abc import Sequence

from chargers.domain.commissioning.facts import (
    Asked,
    Charged,
    Check,
    CheckKey,
    CheckState,
    Facts,
    Metered,
    Note,
    Remedy,
)


def meter(facts: Facts) -> Check:
    if facts.metered is not None:
        return _read(facts.metered)
    asked = facts.meter_asked
    notes: tuple[Note, ...] = ()
    advice: tuple[str, ...] = ()
    state = CheckState.WAITING
    if asked is not None and asked.state not in ("queued", "sent"):
        state, text = _meter_answer(asked)
        notes = (Note(text, asked.at),)
        advice = ("The test charge shows whether the meter counts.",)
    return Check(
        key=CheckKey.METER,
        state=state,
        text="No reading yet.",
        notes=notes,
        advice=advice,
        remedy=Remedy.READ_METER if facts.is_online else None,
    )


def _meter_answer(asked: Asked) -> tuple[CheckState, str]:
    if asked.state in ("accepted", "scheduled"):
        return CheckState.WAITING, "It was asked for a reading and will send one"
    if asked.state == "timed_out":
        return CheckState.PROBLEM, "It was asked for a reading and gave no answer"
    return CheckState.WAITING, "It cannot be asked for a reading"


def _read(metered: Metered) -> Check:
    parts = []
    if metered.energy_wh is not None:
        parts.append(f"{metered.energy_wh / 1000:.3f} kWh")
    if metered.power_w is not None:
        parts.append(f"{metered.power_w / 1000:.1f} kW")
    has_energy = metered.energy_wh is not None
    advice = (
        (
            "It tells no energy. Add Energy.Active.Import.Register to what it samples: without it"
            " nothing can be billed."
        ),
    )
    return Check(
        key=CheckKey.METER,
        state=CheckState.DONE if has_energy else CheckState.ATTENTION,
        text=f"EVSE {metered.evse}: {', '.join(parts) or 'a reading without energy or power'}.",
        at=metered.at,
        advice=() if has_energy else advice,
    )


# Test charge ------------------------------------------------------------------------------------


def charge(facts: Facts) -> Check:
    running = next((one for one in facts.charges if one.is_active), None)
    good = [one for one in facts.charges if not one.is_active and one.energy_wh > 0]
    if running is not None and not good:
        return _running(running)
    if good:
        return _charged(facts, good)
    if facts.charges:
        return Check(
            key=CheckKey.CHARGE,
            state=CheckState.PROBLEM,
            text="A session ended without any energy.",
            at=facts.charges[0].ended_at,
            advice=(
                (
                    "Did the vehicle draw power? Charge for a minute at least. If it did, the station"
                    " does not send its meter: look at Frames."
                ),
            ),
            remedy=Remedy.START_CHARGE if facts.is_online else None,
        )
    return _uncharged(facts)


def _running(running: Charged) -> Check:
    energy = f"{running.energy_wh / 1000:.2f} kWh so far" if running.energy_wh else "no energy yet"
    return Check(
        key=CheckKey.CHARGE,
        state=CheckState.WAITING,
        text=f"Charging at EVSE {running.evse or '?'}, {energy}.",
        at=running.started_at,
        advice=("Stop it when some energy has flown.",) if running.energy_wh else (),
        remedy=Remedy.STOP_CHARGE,
    )


def _charged(facts: Facts, good: Sequence[Charged]) -> Check:
    best = {one.evse: one for one in reversed(good)}
    tried = {number for number in best if number is not None}
    missing = sorted({plug.evse for plug in facts.plugs} - tried)
    words = "; ".join(
        f"EVSE {number or '?'}: {one.energy_wh / 1000:.2f} kWh"
        for number, one in sorted(best.items(), key=lambda item: item[0] or 0)
    )
    names = ", ".join(map(str, missing))
    return Check(
        key=CheckKey.CHARGE,
        state=CheckState.DONE,
        text=f"Charged and stopped. {words}.",
        at=good[0].ended_at,
        advice=(f"EVSE {names} has not been tried.",) if missing else (),
        remedy=Remedy.START_CHARGE if missing and facts.is_online else None,
    )


def _uncharged(facts: Facts) -> Check:
    asked = facts.start_asked
    state = CheckState.WAITING
    notes: tuple[Note, ...] = ()
    advice: tuple[str, ...] = ("Plug a vehicle or a tester in, then start.",)
    if asked is not None:
        state, text, advice = _start_answer(asked)
        notes = (Note(text, asked.at),)
    if not facts.is_online:
        advice = ()
    return Check(
        key=CheckKey.CHARGE,
        state=state,
        text="Nothing has charged here yet.",
        notes=notes,
        advice=advice,
        remedy=Remedy.START_CHARGE if facts.is_online else None,
    )


def _start_answer(asked: Asked) -> tuple[CheckState, str, tuple[str, ...]]:
    if asked.state in ("queued", "sent"):
        return CheckState.WAITING, "Asked to start, no answer yet", ()
    if asked.state in ("accepted", "scheduled"):
        words = (
            (
                "It starts when a vehicle is plugged in and asks for power. Nothing after a minute?"
                " Unplug, plug in, start again."
            ),
        )
        return CheckState.WAITING, "It accepted the start", words
    if asked.state == "timed_out":
        words = ("Is it still connected? Try again, or start with a card at the station.",)
        return CheckState.PROBLEM, "Asked to start, and gave no answer", words
    reason = asked.reason or asked.raw_status
    text = f"It refused to start ({reason})" if reason else "It refused to start"
    words = (
        (
            "Is the EVSE free and in service, and remote start allowed in its own settings? A card at"
            " the station shows the same."
        ),
    )
    return CheckState.PROBLEM, text, words
