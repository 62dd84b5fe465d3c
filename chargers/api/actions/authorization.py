"""What a station remembers of tokens."""

from __future__ import annotations

from typing import Any

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire


class ClearCache(StationActionView):
    """Have the station forget which tokens it has seen."""

    def command(self, data: dict[str, Any]) -> wire.Command:  # noqa: ARG002
        return wire.ClearCache()
