"""Which names are secret."""

from __future__ import annotations

import pytest

from chargers.ocpp.secrets import is_secret


@pytest.mark.parametrize(
    "name",
    [
        "AuthorizationKey",
        "SecurityCtrlr.BasicAuthPassword",
        "SecurityCtrlr.BasicAuthPassword[x]",
        "NetworkConfiguration[1].BasicAuthPassword",
        "NetworkConfiguration[1]@1.VpnKey",
    ],
)
def test_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["HeartbeatInterval", "NetworkConfiguration[Password].OcppCsmsUrl", "Password.Length"]
)
def test_not_secret(name: str) -> None:
    assert not is_secret(name)
