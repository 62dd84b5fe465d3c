"""What stations hold and trust: read (M03), installed (M05), deleted (M04)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.transaction import atomic

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.certificates import HashAlgorithm, InstalledUse, RootUse
from chargers.domain.vocabulary import RequestedMessage
from chargers.events import CommandFinished
from chargers.exceptions import UnableToChangeCertificate, UnableToCommand
from chargers.models import (
    ChargingStation,
    CommandStatus,
    InstalledCertificate,
    StationCommand,
    TrustedRoot,
)
from chargers.services.command_queue import queue_command
from chargers.services.commands import request_command
from common.tenancy import system_scope

_TIMEOUT = timedelta(seconds=60)


def read_installed(
    *, station: ChargingStation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Ask a station for everything that it holds.

    Raises:
        UnableToCommand: unreachable.
    """
    command = commands.GetInstalledCertificateIds()
    return request_command(station=station, command=command, actor=actor, now=now)


def ask_for_the_rest(event: CommandFinished, now: datetime) -> None:
    """Subscriber: a version that tells of one kind at a time is asked for the next one."""
    if event.command != commands.GetInstalledCertificateIds.kind:
        return
    with system_scope("commands: answers come from stations of every operator"):
        row = StationCommand.objects.filter(pk=event.subject_id).first()
        if row is None or row.status != CommandStatus.ACCEPTED:
            return
        for use in row.result.get("next", [])[:1]:
            _ask_once(row, InstalledUse(use), now)


def _ask_once(row: StationCommand, use: InstalledUse, now: datetime) -> None:
    """The event may come twice, the question goes out once."""
    command = commands.GetInstalledCertificateIds(use=use)
    later = StationCommand.objects.filter(
        station_id=row.station_id, kind=command.kind, arguments=command.to_json(), pk__gt=row.pk
    )
    if not later.exists():
        queue_command(
            operator_id=row.operator_id,
            station_id=row.station_id,
            command=command,
            now=now,
            timeout=_TIMEOUT,
            requested_by=row.requested_by,
            api_key=row.requested_by_key,
        )


def install_root(
    *, station: ChargingStation, root: TrustedRoot, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Have a station trust one of the operator's roots.

    Raises:
        UnableToCommand: unreachable, or the root is another operator's.
    """
    if root.operator_id != station.operator_id:
        message = "This root is not known here."
        raise UnableToCommand(message, errors={"root": message})
    command = commands.InstallCertificate(use=RootUse(root.use), certificate=root.pem)
    return request_command(station=station, command=command, actor=actor, now=now)


@atomic
def install_root_everywhere(
    *, stations: Iterable[ChargingStation], root: TrustedRoot, now: datetime, actor: Actor
) -> tuple[int, int]:
    """Ask every station that can be reached; returns how many were asked and how many were not."""
    asked = missed = 0
    for station in stations:
        try:
            install_root(station=station, root=root, now=now, actor=actor)
        except UnableToCommand:
            missed += 1
        else:
            asked += 1
    return asked, missed


def delete_installed(
    *,
    station: ChargingStation,
    certificate: InstalledCertificate,
    now: datetime,
    actor: Actor | None = None,
) -> StationCommand:
    """Have a station delete what it holds, by the hash data that it told us.

    Raises:
        UnableToCommand: unreachable.
        UnableToChangeCertificate: another station holds it.
    """
    if certificate.station_id != station.pk:
        raise UnableToChangeCertificate("This certificate belongs to another station.")
    command = commands.DeleteCertificate(
        algorithm=HashAlgorithm(certificate.hash_algorithm),
        issuer_name_hash=certificate.issuer_name_hash,
        issuer_key_hash=certificate.issuer_key_hash,
        serial_number=certificate.serial_number,
    )
    return request_command(station=station, command=command, actor=actor, now=now)


def request_renewal(
    *,
    station: ChargingStation,
    now: datetime,
    requested_message: RequestedMessage = RequestedMessage.SIGN_CERTIFICATE,
    actor: Actor | None = None,
) -> StationCommand:
    """Ask a station to make a new key pair and request (A02).

    Raises:
        UnableToCommand: unreachable.
    """
    command = commands.TriggerMessage(requested_message=requested_message)
    return request_command(station=station, command=command, actor=actor, now=now)
