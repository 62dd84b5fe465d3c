"""What stations are to be set to, and some that are not: for the pages about templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.models import ConfigurationTemplate, StationVariable
from chargers.ocpp.well_known import BY_ID, family_of
from chargers.services.templates.rollouts import start_rollout
from chargers.services.templates.saving import save_template
from csms.seed.network import Installed
from csms.seed.plan import Chance

_WANTED = {"message_attempts": "3", "message_retry_interval": "60"}
_OTHER = {"message_attempts": "5", "message_retry_interval": "20"}
_DIFFERENT = 5  # every so many stations was set up by hand
_ROLLED_OUT = 3


def create_templates(operator: Operator, installed: Sequence[Installed], chance: Chance) -> None:
    """Two templates: one for all, of which some stations differ, and one for a make.

    The first is on its way to a few of those stations: they get it as soon as they are there.
    """
    actor = Actor.system("seed")
    StationVariable.objects.bulk_create(
        variable
        for number, item in enumerate(installed)
        for variable in _values(item, _OTHER if number % _DIFFERENT == 0 else _WANTED, chance)
    )
    everywhere = save_template(
        operator=operator,
        template=None,
        name="Session messages",
        note="How long stations try to deliver what they know of a session",
        items=[{"name": name, "value": value} for name, value in _WANTED.items()],
        is_enforced=True,
        applies_to_new=True,
        actor=actor,
        now=chance.now,
    )
    save_template(
        operator=operator,
        template=None,
        name="Tokens while offline",
        vendor=installed[0].station.vendor if installed else "*",
        items=[
            {"name": "local_authorize_offline", "value": "true"},
            {"name": "stop_measurands", "value": "Energy.Active.Import.Register"},
        ],
        actor=actor,
        now=chance.now,
    )
    _roll_out(everywhere, actor, chance)


def _values(item: Installed, values: dict[str, str], chance: Chance) -> list[StationVariable]:
    family = family_of(item.station.protocol)
    if family is None:
        return []
    return [
        StationVariable(
            operator_id=item.station.operator_id,
            station=item.station,
            name=BY_ID[name].name_in(family),
            value=value,
            reported_at=chance.now - timedelta(hours=1),
        )
        for name, value in values.items()
    ]


def _roll_out(template: ConfigurationTemplate, actor: Actor, chance: Chance) -> None:
    behind = template.drifts.filter(step="differs").order_by("station__name")
    keys = list(behind.values_list("station_id", flat=True)[:_ROLLED_OUT])
    if keys:
        start_rollout(template=template, station_ids=keys, actor=actor, now=chance.now)
