from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role
from tests.support.portal import LogIn, admin, as_role, no_scan_of_static_files

__all__ = ["LogIn", "admin", "as_role", "no_scan_of_static_files"]


@pytest.fixture
def viewer(as_role: LogIn) -> Client:
    return as_role(Role.VIEWER)
