"""The fields of `Quirks` and kinds of forgiven faults in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from chargers.domain.forgiven import Kind
from chargers.domain.quirks import ResetKinds, SampleRegister, TimeStyle


@dataclass(frozen=True, slots=True)
class Words:
    """`said` has one `%s` for the value; it tells what we do about it."""

    label: Any
    help: Any
    said: Any


FIELD_WORDS: dict[str, Words] = {
    "assume_subprotocol": Words(
        _("Protocol when it offers none"),
        _(
            "A station that names no OCPP version is refused, unless it is known which one it means."
        ),
        _("offers no protocol, served as %s"),
    ),
    "quiet_seconds": Words(
        _("Quiet time after connecting (s)"),
        _("No command before the boot notification is answered, or this long if none comes."),
        _("no command for %s s after connecting, or until it has booted"),
    ),
    "deaf_after_timeouts": Words(
        _("Unanswered commands until it must reconnect"),
        _("So many in a row; 0 never."),
        _("must reconnect after %s unanswered commands"),
    ),
    "idle_seconds": Words(
        _("Silence until it is taken for gone (s)"),
        _("0 stands for three heartbeats, at least 15 minutes."),
        _("taken for gone after %s s of silence"),
    ),
    "min_heartbeat_seconds": Words(
        _("Shortest heartbeat interval (s)"),
        _("It is never asked for a heartbeat more often."),
        _("heartbeat at most every %s s"),
    ),
    "max_heartbeat_seconds": Words(
        _("Longest heartbeat interval (s)"),
        _("0 sets no limit. Some notice a lost server only by an unanswered heartbeat."),
        _("heartbeat at least every %s s"),
    ),
    "register_scale": Words(
        _("Factor of meter readings at start and stop"),
        _("1000 for a make that sends kWh and calls it Wh."),
        _("start and stop readings times %s"),
    ),
    "energy_scale": Words(
        _("Factor of sampled energy"),
        _("Of samples in Wh or without a unit; samples in kWh are right as they are."),
        _("sampled energy times %s"),
    ),
    "power_scale": Words(
        _("Factor of sampled power"),
        _("Of samples in W or without a unit; samples in kW are right as they are."),
        _("sampled power times %s"),
    ),
    "sample_register": Words(
        _("Sampled energy counts from"),
        _("Some start from 0 in every session, beside a lifetime register at start and stop."),
        _("sampled energy counts from: %s"),
    ),
    "fill_empty_values": Words(
        _("Accept values that were left out"),
        _("Reads a key without a value as empty, where others would find broken JSON."),
        _("values left out of its JSON are accepted: %s"),
    ),
    "reset_kinds": Words(
        _("Resets that work"),
        _("A reset of the other kind is sent as the one that works."),
        _("resets: %s"),
    ),
    "time_style": Words(
        _("How it wants the time"),
        _("Whole seconds are understood by nearly all."),
        _("time told in %s"),
    ),
    "max_command_bytes": Words(
        _("Largest command (bytes)"),
        _("A larger one fails at once instead of taking the connection down; 0 sets no limit."),
        _("no command larger than %s bytes"),
    ),
    "unsupported_commands": Words(
        _("Commands that it does not support"),
        _("They end as not supported, without being sent."),
        _("not sent: %s"),
    ),
    "display_dialect": Words(
        _("How texts reach its display"),
        _("Name of a dialect for OCPP 1.6, which has no message for it. Empty for no display."),
        _("display: %s"),
    ),
    "root_in_chain": Words(
        _("New certificates come with their root"),
        _("Some take no chain that does not end in the root itself."),
        _("new certificates come with their root: %s"),
    ),
}

CHOICE_WORDS: dict[Any, Any] = {
    SampleRegister.LIFETIME: _("the meter's beginning"),
    SampleRegister.SESSION: _("the session's start"),
    ResetKinds.ANY: _("soft and hard"),
    ResetKinds.HARD_ONLY: _("hard only"),
    ResetKinds.SOFT_ONLY: _("soft only"),
    TimeStyle.SECONDS: _("whole seconds"),
    TimeStyle.MILLISECONDS: _("milliseconds"),
    True: _("yes"),
    False: _("no"),
}

KIND_WORDS: dict[str, Any] = {
    Kind.WRONG_TYPE: _("Number or text where the other was due"),
    Kind.UNKNOWN_WORD: _("Word that the standard does not know"),
    Kind.MISSING: _("Required value missing"),
    Kind.UNKNOWN_FIELD: _("Field that the standard does not know"),
    Kind.LENGTH: _("Too long or too short"),
    Kind.RANGE: _("Number out of range"),
    Kind.FORMAT: _("Odd spelling, mostly of a time"),
    Kind.UNREADABLE_TIME: _("Time that cannot be"),
    Kind.UNUSABLE_NUMBER: _("Number that cannot be used"),
    Kind.BROKEN_JSON: _("Broken JSON"),
    Kind.REPAIRED_TEXT: _("Characters that are not allowed"),
    Kind.DUPLICATE_KEYS: _("Field sent twice"),
    Kind.NOT_A_MESSAGE: _("Not an OCPP message"),
    Kind.UNKNOWN_MESSAGE_TYPE: _("Unknown kind of message"),
    Kind.UNASKED_ANSWER: _("Answer to nothing that was asked, or too late"),
    Kind.REFUSED: _("Call that could not be served"),
    Kind.ANSWER_REFUSED: _("Our answer was refused"),
    Kind.RESCALED: _("Read in another unit, as its make needs it"),
    Kind.OTHER: _("Something else"),
}


def value_words(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, tuple | list):
        return ", ".join(str(item).replace("_", " ") for item in value)
    # By type as well: 1 is no yes.
    known = CHOICE_WORDS.get(value) if not isinstance(value, int) or value is True else None
    if value is False:
        known = CHOICE_WORDS[False]
    return str(known if known is not None else value)


def said(name: str, value: Any) -> str:
    """What a field with this value means, as part of a sentence."""
    return str(FIELD_WORDS[name].said) % value_words(value)


def kind_words(kind: str) -> str:
    return str(KIND_WORDS.get(kind, KIND_WORDS[Kind.OTHER]))
