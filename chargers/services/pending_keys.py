"""What becomes of a new key once the command that carries it has ended."""

from __future__ import annotations

from functools import partial

from django.db.transaction import on_commit

from chargers import ports
from chargers.domain import commands
from chargers.models import ChargingStation, CommandStatus, StationCommand

_REFUSED = (CommandStatus.REJECTED, CommandStatus.NOT_SUPPORTED)


def settle_key(row: StationCommand) -> None:
    """Drop the new key where the station surely does not have it, else keep both.

    A lost connection or a missing answer proves nothing: the station may have stored it. One that
    has accepted is asked to connect anew, which shows whether it uses the key.
    """
    if row.kind != commands.RotateKey.kind:
        return
    if row.status in _REFUSED or row.sent_at is None:
        ChargingStation.objects.filter(pk=row.station_id).update(
            pending_key_hash="", pending_key_set_at=None
        )
    elif row.status == CommandStatus.ACCEPTED:
        on_commit(partial(ports.command_waker().disconnect, row.station_id), robust=True)
