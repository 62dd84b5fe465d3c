"""Which configuration values are secret, and what stands in their place."""

from __future__ import annotations

import re

MASK = "***"

# user name and password of an address; slashes may be escaped as in JSON
USERINFO = re.compile(r"(:(?:\\?/){2})[^\s\"'/@\\]*:[^\s\"'/@\\]*@")

# AuthorizationKey: 1.6 security whitepaper; BasicAuthPassword: 2.0.1 SecurityCtrlr; passwords and
# keys of networks: SetNetworkProfile (APNType, VPNType) and vendors' own configuration keys
SECRET_ENDINGS = (
    "authorizationkey",
    "password",
    "passphrase",
    "presharedkey",
    "secret",
    "simpin",
    "vpnkey",
)
_INSTANCE = re.compile(r"\[[^\[\]]*\]?")

_STATION_KEYS = frozenset({"authorizationkey", "securityctrlr.basicauthpassword"})


def is_secret(name: str) -> bool:
    """`name` as a 1.6 key, a 2.x variable, or `Component.Variable`; letter case does not count, nor
    do instances: NetworkConfiguration[1].BasicAuthPassword.
    """
    return _INSTANCE.sub("", name).strip().casefold().endswith(SECRET_ENDINGS)


def is_station_key(name: str) -> bool:
    """What a station logs in with: set as a mere value, it would lock itself out."""
    return name.strip().casefold() in _STATION_KEYS


def masked(name: str, value: str) -> str:
    return MASK if value and is_secret(name) else value


def without_userinfo(url: str) -> str:
    """An address without user name and password; servers of files have them in it."""
    return USERINFO.sub(rf"\1{MASK}@", url)
