from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Membership, Operator, Role, User
from branding.models import Brand, BrandHost
from common.tenancy import system_scope

pytestmark = pytest.mark.django_db

WANTED = {
    "name": "Example Charging",
    "country": "dk",
    "time_zone": "Europe/Copenhagen",
    "host": "Charge.Example.com",
    "email": "Ada@example.com",
    "full_name": "Ada",
    "password": "three blue bolts",
}


def create(**changes: str | bool) -> str:
    out = StringIO()
    call_command("createoperator", stdout=out, **{**WANTED, **changes})
    return out.getvalue()


def test_an_operator_with_brand_and_administrator() -> None:
    assert create() == "Example Charging is ready; log in as Ada@example.com.\n"

    operator = Operator.objects.get()
    assert (operator.slug, operator.country, operator.currency) == (
        "example-charging",
        "DK",
        "EUR",
    )
    with system_scope("test"):
        membership = Membership.objects.select_related("user").get()
        assert (membership.operator_id, membership.role) == (operator.pk, Role.ADMIN)
        assert membership.user.check_password("three blue bolts")
        assert (membership.user.email, membership.user.is_staff) == ("ada@example.com", False)
        assert Brand.objects.get().name == "Example Charging"
        assert BrandHost.objects.get().host == "charge.example.com"
        assert AuditEntry.objects.get().actor_label == "createoperator"


def test_installation_staff_may_enter_the_admin() -> None:
    create(installation_staff=True)

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, True)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("password", "short", "password"),
        ("email", "no-address", "email"),
    ],
)
def test_nothing_is_half_created(field: str, value: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        create(**{field: value})

    assert Operator.objects.count() == 0
    assert User.objects.count() == 0


def test_a_second_operator_of_the_same_name_is_refused() -> None:
    create()

    with pytest.raises(CommandError, match="slug"):
        create(host="other.example.com")

    assert Operator.objects.count() == 1
