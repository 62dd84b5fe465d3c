from __future__ import annotations

import pytest
from django.test import Client

from common.tenancy import system_scope
from tariffs.models import Tariff
from tests.accounts.factories import make_user
from tests.factories import SpotPriceFactory, TariffAssignmentFactory, TariffVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(
    "model", ["tariff", "tariffversion", "tariffgroup", "tariffassignment", "spotprice"]
)
def test_staff_of_the_installation_look(staff: Client, model: str) -> None:
    TariffAssignmentFactory.create(
        tariff=TariffVersionFactory.create().tariff, group__name="Guests"
    )
    SpotPriceFactory.create()
    page = staff.get(f"/admin/tariffs/{model}/")
    assert page.status_code == 200
    assert staff.get(f"/admin/tariffs/{model}/add/").status_code == 403


def test_nobody_changes_a_tariff_here(staff: Client) -> None:
    tariff = TariffVersionFactory.create().tariff
    assert staff.get(f"/admin/tariffs/tariff/{tariff.pk}/change/").status_code == 200
    url = f"/admin/tariffs/tariff/{tariff.pk}/delete/"
    assert staff.post(url, {"post": "yes"}).status_code == 403
    with system_scope("tests"):
        assert Tariff.objects.get() == tariff
