"""Block C: may this token charge?"""

from __future__ import annotations

from dataclasses import dataclass

from chargers.domain.certificates import HashData
from chargers.domain.messages.values import IdTokenRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize:
    """`certificate` (PEM, with its chain) and `certificate_hashes` are of a contract (C07)."""

    id_token: IdTokenRef
    certificate: str = ""
    certificate_hashes: tuple[HashData, ...] = ()
