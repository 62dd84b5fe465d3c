"""Which version a connection speaks (OCPP-J 1.6 section 3.1.2; 2.0.1 part 4, 3.1)."""

from __future__ import annotations

from collections.abc import Iterable

from chargers.ocpp.codec import Codec
from chargers.ocpp.v16.routes import CODEC as V16
from chargers.ocpp.v21.routes import CODEC as V21
from chargers.ocpp.v201.routes import CODEC as V201

CODECS = {codec.subprotocol: codec for codec in (V21, V201, V16)}


def choose_subprotocol(offered: Iterable[str]) -> str | None:
    """The newest version that we speak, spelled exactly as the station offered it.

    None when there is none: the handshake is refused (Q01).
    """
    by_name = {name.strip().casefold(): name for name in reversed(list(offered))}
    return next((by_name[name] for name in CODECS if name in by_name), None)


def codec_for(subprotocol: str) -> Codec:
    """The codec of a chosen subprotocol.

    Raises:
        KeyError: we do not speak it.
    """
    return CODECS[subprotocol.strip().casefold()]
