"""Block C: may this token charge?"""

from __future__ import annotations

from dataclasses import dataclass

from chargers.domain.messages.values import IdTokenRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize:
    id_token: IdTokenRef
