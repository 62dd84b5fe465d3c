from __future__ import annotations

from typing import Any

import pytest

from accounts.exceptions import UnableToCreateOperator
from accounts.models import AuditEntry, Operator
from accounts.services.operators import create_operator
from common.tenancy import system_scope
from tests.accounts.factories import ACTOR, NOW, make_operator

pytestmark = pytest.mark.django_db


def _create(**values: Any) -> Operator:
    defaults: dict[str, Any] = {
        "name": " Lumo ",
        "slug": "lumo",
        "country": "dk",
        "time_zone": "Europe/Copenhagen",
        "currency": "dkk",
    }
    return create_operator(actor=ACTOR, now=NOW, **{**defaults, **values})


def test_an_operator_is_set_up() -> None:
    operator = _create()
    operator.refresh_from_db()
    assert (operator.name, operator.country, operator.currency) == ("Lumo", "DK", "DKK")
    with system_scope("tests"):
        assert AuditEntry.objects.get().action == "operator.created"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"slug": "not a slug"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"country": "DEN"}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"currency": "EURO"}, "currency"),
    ],
)
def test_bad_input_names_the_field(values: dict[str, str], field: str) -> None:
    make_operator(slug="taken")
    with pytest.raises(UnableToCreateOperator) as refused:
        _create(**values)
    assert set(refused.value.errors) == {field}
    assert Operator.objects.count() == 1
