"""Put it all together: operators, people, network, thirty days of history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import IdToken, Operator, Role
from common.tenancy import operator_scope
from csms.seed.figures import create_figures
from csms.seed.hardware import create_hardware_history
from csms.seed.limits import create_limits
from csms.seed.network import Installed, create_network
from csms.seed.people import (
    LogIn,
    create_brand,
    create_drivers,
    create_installation_admin,
    create_operator,
    create_staff,
    join,
    make_password_text,
)
from csms.seed.plan import Chance, OperatorPlan, SeedPlan
from csms.seed.prices import create_prices
from csms.seed.progress import Progress, Silent
from csms.seed.readings import create_readings
from csms.seed.sessions import create_sessions, draw_visits
from csms.seed.templates import create_templates
from csms.seed.trails import create_commands, create_connections, create_timeline
from csms.seed.troubles import draw_troubles

_TOKENS_PER_STATION = 12
# Makes sold with a meter that signs (German calibration law).
_SIGNING = {"alpitronic-hyc300", "mennekes-amtron", "alfen-eve-double"}


class AlreadySeeded(Exception):
    """The operators of the plan exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetEntry:
    """A station for the simulator; `chargers.simulator.fleet.Spec` reads the same names."""

    identity: str
    password: str
    model: str
    protocol: str
    id_tokens: tuple[str, ...]
    signs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What is known now and stored nowhere else.

    Attributes:
        password: of every log-in.
        fleet: the stations that a simulator shall play; those out of service are not among them.
    """

    password: str
    log_ins: tuple[LogIn, ...]
    fleet: tuple[FleetEntry, ...]
    sessions: int
    readings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    log_ins: list[LogIn]
    fleet: list[FleetEntry]
    sessions: int
    readings: int


@dataclass(frozen=True, slots=True)
class _Making:
    plan: SeedPlan
    chance: Chance
    progress: Progress


def is_seeded(plan: SeedPlan) -> bool:
    """Whether any operator of the plan exists."""
    return Operator.objects.filter(slug__in=[part.slug for part in plan.operators]).exists()


@transaction.atomic
def seed(*, plan: SeedPlan, chance: Chance, progress: Progress | None = None) -> Seeded:
    """Make up the operators of the plan, all or nothing.

    Raises:
        AlreadySeeded: one of them exists; nothing is changed.
    """
    if is_seeded(plan):
        raise AlreadySeeded("the operators of the plan exist already")
    shown = progress or Silent()
    password = make_password_text(chance)
    encoded = make_password(password)
    shown.step("Operators and people")
    admin = create_installation_admin(plan.operators[0].domain, encoded, chance)
    parts = []
    for part in plan.operators:
        operator = create_operator(part, chance)
        with operator_scope(operator.pk):
            join(operator, admin, Role.ADMIN)
            parts.append(_seed_operator(operator, part, encoded, _Making(plan, chance, shown)))
    shown.finish()
    everywhere = LogIn(admin.email, "Installation", "all operators, and /admin/")
    return Seeded(
        password=password,
        log_ins=(*(log_in for part in parts for log_in in part.log_ins), everywhere),
        fleet=tuple(entry for part in parts for entry in part.fleet),
        sessions=sum(part.sessions for part in parts),
        readings=sum(part.readings for part in parts),
    )


def _seed_operator(operator: Operator, part: OperatorPlan, encoded: str, making: _Making) -> _Part:
    plan, chance, progress = making.plan, making.chance, making.progress
    progress.step(part.name)
    create_brand(operator, part, chance)
    log_ins = create_staff(operator, part, encoded, chance)
    tokens = create_drivers(operator, part, chance)
    installed = create_network(operator, part, chance)
    create_prices(operator, installed, chance)
    troubles = draw_troubles(
        installed, days=plan.days, out_of_service=part.out_of_service, chance=chance
    )
    create_connections(installed, troubles, days=plan.days, chance=chance)
    progress.step(f"  {plan.days} days of traffic")
    visits = draw_visits(installed, troubles, days=plan.days, chance=chance, progress=progress)
    progress.step("  charging sessions")
    sessions = create_sessions(visits, tokens, chance=chance, progress=progress)
    progress.step("  meter values")
    readings = create_readings(
        sessions, detail_days=plan.detail_days, chance=chance, progress=progress
    )
    progress.step("  figures and timeline")
    create_figures(operator, installed, troubles, sessions, days=plan.days, chance=chance)
    create_timeline(installed, troubles, sessions, days=plan.timeline_days, chance=chance)
    create_commands(installed, chance)
    create_hardware_history(operator, installed, sessions, tokens, chance)
    create_templates(operator, installed, chance)
    create_limits(operator, installed, chance)
    return _Part(
        log_ins=log_ins,
        fleet=_fleet(installed, part, tokens, chance),
        sessions=len(sessions),
        readings=readings,
    )


def _fleet(
    installed: Sequence[Installed], part: OperatorPlan, tokens: Sequence[IdToken], chance: Chance
) -> list[FleetEntry]:
    valid = [
        token.uid
        for token in tokens
        if not token.is_blocked
        and not token.is_expired(chance.now)
        and not (token.driver and token.driver.is_blocked)
    ]
    return [
        FleetEntry(
            identity=item.station.identity,
            password=item.key,
            model=item.hardware.key,
            protocol=item.hardware.protocol,
            id_tokens=tuple(chance.rng.sample(valid, min(len(valid), _TOKENS_PER_STATION))),
            signs=item.hardware.key in _SIGNING,
        )
        for item in installed[: len(installed) - part.out_of_service]
    ]
