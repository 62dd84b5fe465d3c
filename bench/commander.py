"""Commands to every station, on and on: `python -m bench.commander <seconds>`. Prints how many."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import bench.django_setup  # noqa: F401 -- models need it
from chargers.domain.commands import TriggerMessage
from chargers.domain.vocabulary import RequestedMessage
from chargers.models import ChargingStation
from chargers.services.command_queue import queue_command
from common.clock import utc_now
from common.tenancy import system_scope

_PAUSE_SECONDS = 0.25
_DEADLINE = timedelta(seconds=60)


def main(seconds: float) -> int:
    command = TriggerMessage(requested_message=RequestedMessage.HEARTBEAT)
    asked = 0
    until = time.monotonic() + seconds
    with system_scope("bench: every station"):
        stations = list(ChargingStation.objects.values_list("operator_id", "pk"))
        while time.monotonic() < until:
            for operator_id, station_id in stations:
                queue_command(
                    operator_id=operator_id,
                    station_id=station_id,
                    command=command,
                    now=utc_now(),
                    timeout=_DEADLINE,
                )
                asked += 1
            time.sleep(_PAUSE_SECONDS)
    return asked


if __name__ == "__main__":
    print(main(float(sys.argv[1])))
