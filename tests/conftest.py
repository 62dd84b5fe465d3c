"""Scopes: most tests act for one operator; the other one must never notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import Operator
from common.tenancy import Scope, operator_scope
from tests.factories import OperatorFactory


@pytest.fixture
def operator(db: None) -> Operator:
    return OperatorFactory.create()


@pytest.fixture
def other_operator(db: None) -> Operator:
    return OperatorFactory.create()


@pytest.fixture
def in_scope(operator: Operator) -> Iterator[Scope]:
    """The test runs in the scope of `operator`."""
    with operator_scope(operator.pk) as scope:
        yield scope
