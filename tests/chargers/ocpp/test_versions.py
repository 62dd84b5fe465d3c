from __future__ import annotations

from collections.abc import Sequence

import pytest

from chargers.ocpp.versions import choose_subprotocol, codec_for


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["ocpp1.6"], "ocpp1.6"),
        (["ocpp1.6", "ocpp2.0.1"], "ocpp2.0.1"),
        (["ocpp2.0.1", "ocpp2.1", "ocpp1.6"], "ocpp2.1"),
        (["ocpp1.5", "ocpp2.0", "ocpp1.6"], "ocpp1.6"),
        (["OCPP1.6"], "OCPP1.6"),
        (["OCPP1.6", "ocpp1.6"], "OCPP1.6"),
        ([" ocpp2.0.1"], " ocpp2.0.1"),
        (["ocpp1.5"], None),
        (["ocpp1.60"], None),
        ([""], None),
        ([], None),
    ],
)
def test_choice(offered: Sequence[str], chosen: str | None) -> None:
    assert choose_subprotocol(offered) == chosen


@pytest.mark.parametrize("name", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
def test_codec(name: str) -> None:
    assert codec_for(name).subprotocol == name
    assert codec_for(name.upper()).subprotocol == name


def test_no_codec() -> None:
    with pytest.raises(KeyError):
        codec_for("ocpp2.0")
