"""Operators, their brands, staff, drivers, groups and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.identity import username_of
from accounts.models import (
    Driver,
    DriverGroup,
    IdToken,
    IdTokenType,
    Membership,
    Operator,
    Role,
    User,
)
from branding.models import Brand, BrandHost
from common.ids import random_code
from csms.seed.names import COMPANIES, FIRST, GROUPS, LAST, mail_name
from csms.seed.plan import Chance, OperatorPlan

_OLD = timedelta(days=420)
_STAFF: tuple[tuple[str, str], ...] = (
    (Role.ADMIN, "Ida Krogh"),
    (Role.OPERATIONS, "Jonas Lindberg"),
    (Role.SUPPORT, "Fatima Hassan"),
    (Role.FINANCE, "Karla Poulsen"),
    (Role.TECHNICIAN, "Emil Bergström"),
    (Role.VIEWER, "Nora Holm"),
)


@dataclass(frozen=True, slots=True)
class LogIn:
    """A staff log-in for the person who tries the product."""

    email: str
    role: str
    operator: str


def make_password_text(chance: Chance) -> str:
    """A password that can be typed: three groups of four, 60 bits."""
    return "-".join(random_code(4, randbits=chance.secret_bits) for _ in range(3))


def create_operator(plan: OperatorPlan, chance: Chance) -> Operator:
    """The operator's own row."""
    created = chance.now - _OLD
    return Operator.objects.create(
        id=chance.key_at(created),
        name=plan.name,
        slug=plan.slug,
        country=plan.country,
        time_zone=plan.time_zone,
        created_at=created,
    )


def create_brand(operator: Operator, plan: OperatorPlan, chance: Chance) -> Brand:
    """The brand and the host names that show it."""
    brand = Brand.objects.create(
        id=chance.key_at(operator.created_at),
        operator=operator,
        name=plan.name,
        primary_color=plan.color,
        font=plan.font,
        mail_from_name=plan.name,
        mail_from_address=f"no-reply@{plan.domain}",
        support_email=f"support@{plan.domain}",
        support_phone="+45 70 00 00 00" if plan.country == "DK" else "",
    )
    BrandHost.objects.bulk_create(
        BrandHost(operator=operator, brand=brand, host=host) for host in plan.hosts
    )
    return brand


def create_staff(
    operator: Operator, plan: OperatorPlan, encoded: str, chance: Chance
) -> list[LogIn]:
    """One person for each role, all with the same password (`encoded` for storage)."""
    users = [
        _staff_user(f"{role}@{plan.domain}", name, encoded, operator.created_at, chance)
        for role, name in _STAFF
    ]
    User.objects.bulk_create(users)
    Membership.objects.bulk_create(
        _membership(operator, user, role) for user, (role, _) in zip(users, _STAFF, strict=True)
    )
    return [LogIn(user.email, Role(role).label, plan.name)
            for user, (role, _) in zip(users, _STAFF, strict=True)]  # fmt: skip


def create_installation_admin(domain: str, encoded: str, chance: Chance) -> User:
    """Who may enter the installation's own admin, too."""
    user = _staff_user(f"installation@{domain}", "Aksel Dahl", encoded, chance.now - _OLD, chance)
    user.is_staff = user.is_superuser = True
    user.save(force_insert=True)
    return user


def join(operator: Operator, user: User, role: str) -> None:
    """Make `user` a member of `operator`."""
    _membership(operator, user, role).save(force_insert=True)


def _staff_user(email: str, name: str, encoded: str, created: datetime, chance: Chance) -> User:
    return User(
        id=chance.key_at(created),
        username=username_of(email, None),
        email=email,
        full_name=name,
        password=encoded,
        created_at=created,
    )


def _membership(operator: Operator, user: User, role: str) -> Membership:
    return Membership(operator=operator, user=user, role=role, created_at=operator.created_at)


def create_drivers(operator: Operator, plan: OperatorPlan, chance: Chance) -> list[IdToken]:
    """Groups, drivers and every token: cards and app tokens of drivers, pool cards of companies."""
    groups = _groups(operator, chance)
    drivers = [_driver(operator, plan, number, chance) for number in range(plan.drivers)]
    Driver.objects.bulk_create(drivers)
    Driver.groups.through.objects.bulk_create(
        Driver.groups.through(driver_id=driver.pk, drivergroup_id=group.pk)
        for driver in drivers
        for group in groups
        if chance.rng.random() < 0.3
    )
    tokens = [token for driver in drivers for token in _tokens_of(driver, chance)]
    tokens += [_pool_card(operator, number, chance) for number in range(plan.cards)]
    return IdToken.objects.bulk_create(tokens)


def _groups(operator: Operator, chance: Chance) -> list[DriverGroup]:
    created = operator.created_at
    return DriverGroup.objects.bulk_create(
        DriverGroup(id=chance.key_at(created), operator=operator, name=name, created_at=created)
        for name in GROUPS
    )


def _driver(operator: Operator, plan: OperatorPlan, number: int, chance: Chance) -> Driver:
    rng = chance.rng
    first, last = rng.choice(FIRST), rng.choice(LAST)
    created = chance.now - timedelta(days=rng.uniform(1, 400))
    return Driver(
        id=chance.key_at(created),
        operator=operator,
        full_name=f"{first} {last}",
        email=f"{mail_name(first, last)}.{number + 1}@mail.example",
        phone=f"+45 {rng.randrange(20_000_000, 61_000_000)}" if plan.country == "DK" else "",
        is_blocked=number % 50 == 49,
        created_at=created,
    )


def _tokens_of(driver: Driver, chance: Chance) -> list[IdToken]:
    rng = chance.rng
    tokens = [_token(driver.operator, driver, _card_uid(chance), "RFID card", chance)]
    if rng.random() < 0.33:
        app = _token(driver.operator, driver, f"APP-{rng.getrandbits(60):015X}", "App", chance)
        app.type = IdTokenType.CENTRAL
        tokens.append(app)
    if rng.random() < 0.03:
        tokens[0].is_blocked, tokens[0].label = True, "RFID card (lost)"
    return tokens


def _pool_card(operator: Operator, number: int, chance: Chance) -> IdToken:
    label = f"{COMPANIES[number % len(COMPANIES)]} {number // len(COMPANIES) + 1}"
    token = _token(operator, None, _card_uid(chance), label, chance)
    if number % 12 == 11:
        token.expires_at = chance.now - timedelta(days=20)
    return token


def _card_uid(chance: Chance) -> str:
    """Seven bytes that begin with NXP's manufacturer code, as most cards do (ISO 14443-3)."""
    return f"04{chance.rng.getrandbits(48):012X}"


def _token(
    operator: Operator, driver: Driver | None, uid: str, label: str, chance: Chance
) -> IdToken:
    created = driver.created_at if driver else operator.created_at
    return IdToken(
        id=chance.key_at(created),
        operator=operator,
        driver=driver,
        uid=uid,
        label=label,
        created_at=created,
    )
