"""One station of a roll-out, a step at a time: set, read back, restart if need be, read back.

Each step may run twice: what was asked stands in the row, and a command is asked for once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chargers.domain.commands import Command, Reset
from chargers.domain.rollouts import IN_FLIGHT, ItemResult, RolloutState, verdict
from chargers.domain.templates import Compared, Decided, Item, ItemState, Template, is_same
from chargers.domain.vocabulary import ResetType
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    CommandStatus,
    ConfigurationRollout,
    Evse,
    RolloutStation,
    RolloutStatus,
    StationCommand,
    StationVariable,
)
from chargers.ocpp.well_known import family_of
from chargers.selectors.configuration import told_of_values
from chargers.services.commands import request_command
from chargers.services.device_model.checks import value_fault
from chargers.services.device_model.settings import writing_orders
from chargers.services.device_model.variables import known_variables
from chargers.services.templates.drift import read_wanted
from chargers.services.templates.looking import look_at, reported
from chargers.services.templates.matching import templates_of, with_items

ATTEMPTS = 3
READ_ATTEMPTS = 3
_PAUSE = timedelta(seconds=30)
_TIMEOUT = timedelta(seconds=60)
_EACH = timedelta(seconds=10)
_RESTART_WITHIN = timedelta(minutes=15)
# Commands of one instant have no order.
_NEXT = timedelta(microseconds=1)

_TO_SEND = (ItemState.DIFFERS, ItemState.NOT_REPORTED, ItemState.WRITE_ONLY)
_BEFOREHAND = {
    ItemState.IN_STEP: ItemResult.IN_STEP,
    ItemState.READ_ONLY: ItemResult.READ_ONLY,
    ItemState.UNKNOWN: ItemResult.UNKNOWN,
}
_WORDS = {
    ItemResult.READ_ONLY: "The station says that this can only be read.",
    ItemResult.UNKNOWN: "The station has no such setting.",
}
_NOBODY = Template(key="")
_TAKEN = (ItemResult.TAKEN, ItemResult.REBOOT)


def advance(row: RolloutStation, *, rollout: ConfigurationRollout, now: datetime) -> None:
    """Take a locked row as far as it gets without waiting; `rollout` is as it was lately."""
    match row.state:
        case RolloutState.WAITING:
            _set(row, rollout, now)
        case RolloutState.SETTING:
            _take_answers(row, now)
        case RolloutState.VERIFYING:
            _verify(row, rollout, now)
        case RolloutState.RESTARTING:
            _restart(row, rollout, now)
    row.changed_at = now
    row.save()


def _set(row: RolloutStation, rollout: ConfigurationRollout, now: datetime) -> None:
    """Send what is not as wanted; one roll-out at a time works on a station."""
    station = row.station
    others = RolloutStation.objects.filter(
        station=station, state__in=[each.value for each in IN_FLIGHT]
    )
    if others.exclude(pk=row.pk).exclude(commands=[]).exists():
        row.next_at = now + _PAUSE
        return
    row.results = [_planned(each, station) for each in _decided(station, rollout)]
    named = [
        (each["own"], each["want"], each["attribute"])
        for each in row.results
        if each["result"] == ItemResult.SENT
    ]
    if not named:
        row.state = verdict(_results(row))
        return
    _send(row, rollout, writing_orders(station, named), RolloutState.SETTING, now)


def _decided(station: ChargingStation, rollout: ConfigurationRollout) -> Sequence[Compared]:
    """The values of the template, as it was when this began, that no better one decides."""
    templates = templates_of([station.operator_id])
    mine = next(
        (each for each in templates.get(station.operator_id, []) if each.key == _key(rollout)),
        Template(key=_key(rollout)),
    )
    mine = replace(mine, items=tuple(Item.from_json(each) for each in rollout.items))
    changed = with_items(templates.get(station.operator_id, []), mine)
    found = look_at([station], {station.operator_id: changed})[station.pk]
    return next((each.values for each in found if each.template.key == mine.key), ())


def _key(rollout: ConfigurationRollout) -> str:
    return str(rollout.template_id or rollout.pk)


def _planned(compared: Compared, station: ChargingStation) -> dict[str, Any]:
    item, own = compared.decided.item, compared.decided.own
    told: dict[str, Any] = {
        "name": item.name,
        "own": own,
        "attribute": item.attribute,
        "want": item.value,
        "comparison": item.comparison.value,
        "have": compared.have,
        "word": "",
    }
    if compared.state not in _TO_SEND:
        result = _BEFOREHAND[compared.state]
        return {**told, "result": result, "word": _WORDS.get(result, "")}
    family = family_of(station.protocol)
    known = known_variables(station_id=station.pk, names=[own]).get(own)
    fault = value_fault(own, item.value, known, family, item.attribute)
    if fault:
        return {**told, "result": ItemResult.UNFIT, "word": fault}
    told["blind"] = compared.state is ItemState.WRITE_ONLY
    return {**told, "result": ItemResult.SENT}


def _results(row: RolloutStation) -> list[ItemResult]:
    return [ItemResult(each["result"]) for each in row.results]


def _send(
    row: RolloutStation,
    rollout: ConfigurationRollout,
    orders: Sequence[Command],
    state: RolloutState,
    now: datetime,
) -> None:
    """Give commands to a station; one that has just gone is tried again later."""
    try:
        sent = [
            request_command(
                station=row.station,
                command=order,
                now=now + number * _NEXT,
                requested_by=rollout.requested_by,
                api_key=rollout.requested_by_key,
                timeout=_TIMEOUT + number * _EACH,
            )
            for number, order in enumerate(orders)
        ]
    except UnableToCommand as error:
        row.word = error.message[:200]
        row.next_at = now + _PAUSE
        return
    row.state, row.commands, row.word = state, [str(each.pk) for each in sent], ""
    row.next_at = now


def _ended(row: RolloutStation) -> list[StationCommand] | None:
    """The commands that were asked for, once all of them have ended."""
    commands = list(StationCommand.objects.filter(pk__in=row.commands).order_by("requested_at"))
    return None if any(each.is_open for each in commands) else commands


def _take_answers(row: RolloutStation, now: datetime) -> None:
    commands = _ended(row)
    if commands is None:
        return
    told = {
        (value["name"], value.get("attribute") or "Actual"): (CommandStatus(status), word, reason)
        for command in commands
        for value, status, word, reason in told_of_values(command)
    }
    for each in row.results:
        if each["result"] == ItemResult.SENT:
            answer = told.get((each["own"], each["attribute"]))
            each["result"], each["word"] = _answered(answer)
    row.commands = []
    found = set(_results(row))
    if found & set(_TAKEN):
        row.state, row.attempts = RolloutState.VERIFYING, 0
    elif ItemResult.TIMED_OUT in found and row.attempts + 1 < ATTEMPTS:
        row.state, row.attempts = RolloutState.WAITING, row.attempts + 1
        row.next_at = now + _PAUSE
    else:
        row.state = verdict(found)


def _answered(answer: tuple[CommandStatus, str, str] | None) -> tuple[ItemResult, str]:
    """What an answer means, with the station's own word."""
    if answer is None:
        return ItemResult.TIMED_OUT, ""
    status, word, reason = answer
    said = ": ".join(part for part in (word, reason) if part)[:200]
    match status:
        case CommandStatus.ACCEPTED:
            return ItemResult.TAKEN, said
        case CommandStatus.SCHEDULED:
            return ItemResult.REBOOT, said
        case CommandStatus.TIMED_OUT:
            return ItemResult.TIMED_OUT, said
        case _:
            return ItemResult.REJECTED, said or status.label


def _verify(row: RolloutStation, rollout: ConfigurationRollout, now: datetime) -> None:
    """Read back what was taken, then hold it against what was wanted."""
    if not row.commands:
        _read_back(row, rollout, now)
        return
    commands = _ended(row)
    if commands is None:
        return
    row.commands = []
    read = {
        (each["name"], each.get("attribute") or "Actual")
        for command in commands
        for each in command.result.get("variables", [])
    }
    missing = [
        each
        for each in row.results
        if each["result"] in _TAKEN
        and not each.get("blind")
        and (each["own"], each["attribute"]) not in read
    ]
    row.attempts += 1
    if missing and row.attempts < READ_ATTEMPTS and _was_silent(commands):
        row.next_at = now + _PAUSE
        return
    _compare(row, read)
    _after_reading(row, rollout, now)


def _was_silent(commands: Iterable[StationCommand]) -> bool:
    return any(each.status in {CommandStatus.TIMED_OUT, CommandStatus.FAILED} for each in commands)


def _read_back(row: RolloutStation, rollout: ConfigurationRollout, now: datetime) -> None:
    taken = [each for each in row.results if each["result"] in _TAKEN and not each.get("blind")]
    if not taken:
        _compare(row, set())
        _after_reading(row, rollout, now)
        return
    sent = read_wanted(
        station=row.station,
        names=[each["own"] for each in taken],
        attributes=[each["attribute"] for each in taken],
        now=now,
    )
    row.commands = [str(key) for key in sent]
    if sent:
        return
    row.next_at = now + _PAUSE
    if rollout.expires_at <= now:
        _compare(row, set())
        row.state = verdict(_results(row))


def _compare(row: RolloutStation, read: set[tuple[str, str]]) -> None:
    """Of what was taken: applied, not kept, waiting for a restart, or not to be read."""
    station = row.station
    taken = [each for each in row.results if each["result"] in _TAKEN]
    known = known_variables(station_id=station.pk, names=[each["own"] for each in taken])
    for each in taken:
        if each.get("blind"):
            if each["result"] == ItemResult.TAKEN:
                each["result"] = ItemResult.APPLIED
            continue
        if (each["own"], each["attribute"]) not in read:
            if each["result"] == ItemResult.TAKEN:
                each["result"] = ItemResult.UNVERIFIED
            continue
        _hold_against(each, station, known)


def _hold_against(
    each: dict[str, Any], station: ChargingStation, known: Mapping[str, StationVariable]
) -> None:
    item = Item.from_json({**each, "value": each["want"]})
    told = reported(station, Decided(_NOBODY, item, each["own"]), known, None)
    each["have"] = told.value or ""
    if each["result"] == ItemResult.REBOOT:
        return
    same = told.value is not None and is_same(item, told)
    each["result"] = ItemResult.APPLIED if same else ItemResult.NOT_KEPT


def _after_reading(row: RolloutStation, rollout: ConfigurationRollout, now: datetime) -> None:
    needs_restart = ItemResult.REBOOT in _results(row)
    may_restart = rollout.reset_when_idle and rollout.status == RolloutStatus.RUNNING
    if needs_restart and may_restart and row.reset_at is None:
        row.state, row.next_at = RolloutState.RESTARTING, now
    else:
        row.state = verdict(_results(row))


def _restart(row: RolloutStation, rollout: ConfigurationRollout, now: datetime) -> None:
    station = row.station
    if row.reset_at is None:
        if rollout.expires_at <= now:
            row.state = RolloutState.REBOOT_REQUIRED
        elif station.is_online and not _is_busy(station):
            _send(row, rollout, [Reset(type=ResetType.ON_IDLE)], RolloutState.RESTARTING, now)
            row.reset_at = now if row.commands else None
        else:
            row.next_at = now + _PAUSE
        return
    if station.is_online and station.booted_at is not None and station.booted_at > row.reset_at:
        for each in row.results:
            if each["result"] == ItemResult.REBOOT:
                each["result"] = ItemResult.TAKEN
        row.state, row.commands, row.attempts = RolloutState.VERIFYING, [], 0
        row.next_at = now
        return
    _watch_restart(row, now)


def _watch_restart(row: RolloutStation, now: datetime) -> None:
    refused = {CommandStatus.REJECTED, CommandStatus.NOT_SUPPORTED}
    for command in _ended(row) or ():
        if command.status in refused:
            word = command.raw_status or command.get_status_display()
            row.state, row.word = RolloutState.REBOOT_REQUIRED, f"Restart refused: {word}"[:200]
            return
    if row.reset_at is not None and now - row.reset_at > _RESTART_WITHIN:
        row.state = RolloutState.REBOOT_REQUIRED
        row.word = "The station was asked to restart and has not."


def _is_busy(station: ChargingStation) -> bool:
    return Evse.objects.filter(station=station, active_transaction__isnull=False).exists()
