"""People who look at pages of the portal; the `conftest.py` of each app's views takes these in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Operator, Role
from tests.factories import MembershipFactory

LogIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def no_scan_of_static_files(settings: Settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    settings.EVENTS_WAKE_WORKERS = False
    cache.clear()


@pytest.fixture
def as_role(operator: Operator) -> LogIn:
    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(MembershipFactory.create(operator=operator, role=role).user)
        return client

    return log_in


@pytest.fixture
def admin(as_role: LogIn) -> Client:
    return as_role(Role.ADMIN)
