"""One table from every state a page shows to the look it gets.

A look is a CSS class (`s-charging`) that sets a status colour; the word or the shape beside it
carries the same meaning, for no colour stands alone. Looks never take a brand's colour.
"""

from __future__ import annotations

LOOKS = {
    # connector and station states (OCPP 1.6 and 2.x words, without case or spaces)
    "available": "available",
    "online": "available",
    "preparing": "occupied",
    "occupied": "occupied",
    "suspendedev": "occupied",
    "suspendedevse": "occupied",
    "finishing": "occupied",
    "evconnected": "occupied",
    "idle": "occupied",
    "reserved": "reserved",
    # local lists and reservations
    "instep": "available",
    "waiting": "reserved",
    "updating": "charging",
    "used": "charging",
    # configuration templates and roll-outs
    "differs": "occupied",
    "notread": "offline",
    "impossible": "offline",
    "running": "charging",
    "setting": "charging",
    "verifying": "charging",
    "restarting": "reserved",
    "applied": "available",
    "unchanged": "available",
    "notkept": "faulted",
    "unverified": "occupied",
    "unreachable": "offline",
    "charging": "charging",
    "faulted": "faulted",
    "unavailable": "offline",
    "offline": "offline",
    "unknown": "offline",
    # transactions
    "active": "charging",
    "started": "charging",
    "ended": "offline",
    "completed": "available",
    # commands and other jobs
    "accepted": "available",
    "succeeded": "available",
    "open": "charging",
    "shown": "available",
    "asked": "reserved",
    "refused": "faulted",
    "cleared": "offline",
    "done": "available",
    "sent": "charging",
    "pending": "reserved",
    "queued": "reserved",
    "scheduled": "reserved",
    "rejected": "faulted",
    "failed": "faulted",
    "error": "faulted",
    "timedout": "occupied",
    "expired": "offline",
    "cancelled": "offline",
    "unlocked": "available",
    "rebootrequired": "occupied",
    "notsupported": "occupied",
    # people, tokens, generic
    "enabled": "available",
    "ok": "available",
    "success": "available",
    "warning": "occupied",
    "info": "charging",
    "blocked": "faulted",
    "invalid": "faulted",
    "danger": "faulted",
    "disabled": "offline",
    "inactive": "offline",
}

ICONS = {
    "available": "check",
    "charging": "bolt",
    "occupied": "clock",
    "reserved": "hourglass",
    "faulted": "alert-triangle",
    "offline": "wifi-off",
}


def look(state: str) -> str:
    """Look of a state in any spelling ("SuspendedEV", "timed_out"); unknown words are neutral."""
    key = "".join(letter for letter in str(state).lower() if letter.isalnum())
    return LOOKS.get(key, "offline")


def words(state: str) -> str:
    """A state as people read it: "SuspendedEV" -> "Suspended EV", "timed_out" -> "Timed out"."""
    text = str(state).replace("_", " ").replace("-", " ").strip()
    spaced = "".join(
        f" {letter}" if _starts_word(text, i) else letter for i, letter in enumerate(text)
    )
    return spaced[:1].upper() + spaced[1:]


def _starts_word(text: str, index: int) -> bool:
    return index > 0 and text[index].isupper() and text[index - 1].islower()
