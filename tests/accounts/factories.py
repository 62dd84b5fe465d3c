"""Plain makers of account rows; each enters the system scope, so tests need none to arrange."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.models import Driver, DriverGroup, IdToken, Membership, Operator, Role, User
from accounts.services.audit import Actor
from common.tenancy import system_scope

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "a-long-enough-passphrase"
ACTOR = Actor(label="the tests")
_numbers = count(1)


def make_operator(**values: Any) -> Operator:
    number = next(_numbers)
    defaults = {
        "name": f"Operator {number}",
        "slug": f"operator-{number}",
        "country": "DK",
        "created_at": NOW,
    }
    return Operator.objects.create(**{**defaults, **values})


def make_user(email: str = "", *, password: str = "", **values: Any) -> User:
    email = email or f"staff{next(_numbers)}@example.org"
    user = User(email=email, username=email.lower(), created_at=NOW)
    for name, value in values.items():
        setattr(user, name, value)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def make_member(operator: Operator, role: str = Role.ADMIN, **values: Any) -> User:
    user = make_user(**values)
    with system_scope("tests"):
        Membership.objects.create(operator=operator, user=user, role=role, created_at=NOW)
    return user


def make_driver(operator: Operator, **values: Any) -> Driver:
    number = next(_numbers)
    defaults = {
        "full_name": f"Driver {number}",
        "email": f"driver{number}@example.org",
        "created_at": NOW,
    }
    with system_scope("tests"):
        return Driver.objects.create(operator=operator, **{**defaults, **values})


def make_group(operator: Operator, **values: Any) -> DriverGroup:
    defaults = {"name": f"Group {next(_numbers)}", "created_at": NOW}
    with system_scope("tests"):
        return DriverGroup.objects.create(operator=operator, **{**defaults, **values})


def make_token(operator: Operator, **values: Any) -> IdToken:
    defaults = {"uid": f"04A2B9C2{next(_numbers):06X}", "created_at": NOW}
    with system_scope("tests"):
        return IdToken.objects.create(operator=operator, **{**defaults, **values})
