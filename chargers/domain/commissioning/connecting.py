"""Has it dialled, and if not: who did, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chargers.domain.commissioning.facts import Check, CheckKey, CheckState, Facts, Note
from chargers.domain.security import HandshakeFault, SecurityProfile


def connected(facts: Facts) -> Check:
    notes = tuple(_refused(facts))
    if facts.is_online:
        words = f"{facts.protocol}, security profile {facts.profile}" if facts.protocol else ""
        text = f"Connected ({words})." if words else "Connected."
        weak = facts.profile is not None and facts.profile < facts.min_profile
        advice = (
            (
                f"It uses profile {facts.profile}, but is to use {facts.min_profile}: its next"
                " connection will be refused. Change its address or the minimum."
            ),
        )
        return Check(
            key=CheckKey.CONNECTED,
            state=CheckState.ATTENTION if weak else CheckState.DONE,
            text=text,
            at=facts.connected_at,
            advice=advice if weak else (),
        )
    if facts.connected_at is not None:
        return Check(
            key=CheckKey.CONNECTED,
            state=CheckState.PROBLEM,
            text="It was connected and is offline now.",
            at=facts.disconnected_at or facts.connected_at,
            notes=notes,
            advice=_why_out(facts)
            or ("Is it powered and has it a network? It dials again by itself within minutes.",),
        )
    return Check(
        key=CheckKey.CONNECTED,
        state=CheckState.PROBLEM if notes or not facts.is_enabled else CheckState.WAITING,
        text="No connection yet.",
        notes=notes,
        advice=_why_out(facts) or _NEVER_DIALLED,
    )


_NEVER_DIALLED = (
    (
        "Nothing has dialled with this identity. Enter address, identity and password as shown here,"
        " then restart the station."
    ),
    (
        "Has it a network? A mobile phone in its place should open this page. Is its clock right?"
        " With a wrong date an encrypted connection fails without a trace here."
    ),
)


def _refused(facts: Facts) -> Iterator[Note]:
    for refusal in facts.refusals[:3]:
        words = _REFUSED.get(refusal.fault, "A station dialled with this identity and was refused")
        times = f", {refusal.count} times" if refusal.count > 1 else ""
        address = f", from {refusal.address}" if refusal.address else ""
        yield Note(f"{words}{times}{address}.", refusal.last_at)
    for stranger in facts.strangers[:2]:
        yield Note(f"A station dialled as “{stranger.identity}”.", stranger.last_at)


_F = HandshakeFault
_REFUSED = {
    _F.NO_CREDENTIALS: "A station dialled with this identity, but without any password",
    _F.WRONG_USER: "A station dialled with this identity and another user name",
    _F.WRONG_KEY: "A station dialled with this identity, but the wrong password",
    _F.WRONG_CERTIFICATE: "A station dialled with this identity and another's certificate",
    _F.PROFILE_TOO_LOW: "A station dialled with the right password below the minimum security",
    _F.DISABLED: "The station dialled, but it is disabled here",
    _F.NO_SUBPROTOCOL: "The station dialled with the right password, but offered no OCPP version",
    _F.NO_UPGRADE: "Something asked this address for a web page instead of a WebSocket",
    _F.RECONNECT_LOOP: "The station connects again and again and was told to wait",
    _F.HELD_DOWN: "Two stations fight for this identity; the newcomer was refused",
}


def _why_out(facts: Facts) -> tuple[str, ...]:
    """What to do about the latest refusal, else about a lookalike."""
    if not facts.is_enabled:
        return ("The station is disabled here. Enable it, then it may connect.",)
    newest = max(facts.refusals, key=lambda refusal: refusal.last_at, default=None)
    if newest is not None and newest.fault == _F.PROFILE_TOO_LOW:
        return (_too_low(facts.min_profile),)
    if newest is not None:
        return (_CURES[newest.fault],)
    if facts.strangers:
        return (f"Is the identity mistyped at the station? It must be {facts.identity} exactly.",)
    return ()


def _too_low(minimum: int) -> str:
    if minimum >= SecurityProfile.CERTIFICATE:
        return (
            "It needs a client certificate of its own (profile 3). Install one first, or lower the"
            " minimum security profile until it has one."
        )
    return (
        "It dialled an unencrypted address, but needs profile 2. Enter the address with wss://, or"
        " lower its minimum security profile."
    )


_CURES = {
    _F.NO_CREDENTIALS: "Enter the password and choose security profile 1 or 2 at the station. Older"
    " firmware may have no field for it: an update helps.",
    _F.WRONG_USER: "The user name must be the identity, letter by letter.",
    _F.WRONG_KEY: "Enter the password again, without blanks around it; some menus cut it at 20"
    " characters. Lost it? Make a new one here.",
    _F.WRONG_CERTIFICATE: "It showed the certificate of another station. Give it its own.",
    _F.DISABLED: "Enable the station, then it may connect.",
    _F.NO_SUBPROTOCOL: "Choose OCPP 1.6 JSON (not SOAP) or 2.0.1 at the station. If it cannot be"
    " chosen, say under Security which version to assume.",
    _F.NO_UPGRADE: "The address must begin with ws:// or wss://, and the version be OCPP JSON, not"
    " SOAP. A proxy on the way must pass WebSockets on.",
    _F.RECONNECT_LOOP: "It drops its connection right after it was made. Look at Frames for what it"
    " said last, and wait some minutes.",
    _F.HELD_DOWN: "Two devices have the same identity. Take the one that is not meant off, or give"
    " it its own.",
}


def looks_alike(identity: str, other: str) -> bool:
    """Whether a person may have meant `identity` and typed `other`.

    The same but for case, blanks and punctuation; or one of them inside the other; or, from 8
    characters on, a single character wrong, missing or too many.
    """
    ours, theirs = bare(identity), bare(other)
    if not theirs or other == identity:
        return False
    if ours == theirs:
        return True
    if len(ours) < 8:
        return False
    return (len(theirs) >= 8 and (ours in theirs or theirs in ours)) or _one_off(ours, theirs)


def bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _one_off(ours: str, theirs: str) -> bool:
    """At most one character replaced, left out, added, or two neighbours swapped."""
    if abs(len(ours) - len(theirs)) > 1:
        return False
    head = 0
    while head < min(len(ours), len(theirs)) and ours[head] == theirs[head]:
        head += 1
    one, two = ours[head:], theirs[head:]
    swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or swapped
