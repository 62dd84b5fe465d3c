"""Assigning to many places: what would change, then doing it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator
from tariffs.models import TariffGroup
from tests.factories import LocationFactory, StationFactory
from tests.tariffs.support import give, make_group, make_tariff, stored

pytestmark = pytest.mark.django_db
PATH = "/tariffs/matrix/assign/"


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def guests(operator: Operator) -> TariffGroup:
    return make_group(operator, "Guests")


def body(group: TariffGroup, **changes: Any) -> dict[str, Any]:
    return {
        "level": "locations",
        "groups": [str(group.pk)],
        "what": "denied",
        "current_type": "both",
        **changes,
    }


def test_nothing_is_chosen_at_first(admin: Client) -> None:
    text = words(admin.get(PATH))
    assert "Nothing chosen yet" in text
    assert "Nothing was saved" not in text


def test_what_would_change_is_told_and_nothing_is_saved(
    admin: Client, operator: Operator, guests: TariffGroup
) -> None:
    tariff = make_tariff(operator, "Night")
    first, second, _other = (
        LocationFactory.create(operator=operator, name=name, city="Aarhus")
        for name in ("Torvet 1", "Torvet 2", "Havnen")
    )
    give(guests, make_tariff(operator, "Day"), location=first)
    give(guests, tariff, location=second)
    query = body(guests, q="torvet", what="tariff", tariff=str(tariff.pk))
    text = words(admin.get(PATH, query))
    assert "Places 2 Prices set 1 Give way 1 So already 1" in text
    assert "Torvet 1, Aarhus Guests Day Night" in text
    assert "Set 1 price" in text
    assert "There is no undo" in text
    assert len(stored()) == 2
    response = admin.post(PATH, query, follow=True)
    assert "1 price was set. 1 gave way. 1 was so already." in words(response)
    assert len(stored()) == 3


def test_stations_are_found_by_their_make(
    admin: Client, operator: Operator, guests: TariffGroup
) -> None:
    StationFactory.create(operator=operator, vendor="Alfen", model="Eve")
    StationFactory.create(operator=operator, vendor="ABB", model="Terra")
    text = words(admin.get(PATH, body(guests, level="stations", make="Alfen|Eve")))
    assert "Places 1 Prices set 1 Give way 0 So already 0" in text
    assert "as above No charging" in text


def test_the_whole_network_is_one_place(admin: Client, guests: TariffGroup) -> None:
    admin.post(PATH, body(guests, level="network", q="ignored"))
    (row,) = stored()
    assert (row.group_id, row.tariff_id, row.location_id) == (guests.pk, None, None)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"groups": []}, "Tariff groups : This field is required."),
        ({"what": "tariff"}, "Tariff : Choose a tariff."),
        ({"level": "moon"}, "Select a valid choice."),
        ({"q": "nowhere"}, "Choose at least one place."),
        ({"valid_until": "2020-01-01T00:00"}, "Until : The end must lie in the future."),
    ],
)
def test_faults_are_told(
    admin: Client, operator: Operator, guests: TariffGroup, changes: dict[str, Any], text: str
) -> None:
    LocationFactory.create(operator=operator)
    assert text in words(admin.get(PATH, body(guests, **changes)))
    assert text in words(admin.post(PATH, body(guests, **changes)))
    assert stored() == []


def test_only_managers_assign(viewer: Client, operator: Operator, guests: TariffGroup) -> None:
    LocationFactory.create(operator=operator)
    assert viewer.get(PATH).status_code == 403
    assert viewer.post(PATH, body(guests)).status_code == 403
    assert stored() == []


def test_another_operators_group_and_tariff_are_no_choice(
    admin: Client, operator: Operator, other_operator: Operator, guests: TariffGroup
) -> None:
    LocationFactory.create(operator=operator)
    theirs = make_group(other_operator, "Theirs")
    tariff = make_tariff(other_operator, "Foreign")
    text = words(admin.post(PATH, body(theirs)))
    assert "is not one of the available choices" in text
    assert "Theirs" not in text
    text = words(admin.post(PATH, body(guests, what="tariff", tariff=str(tariff.pk))))
    assert "Select a valid choice." in text
    assert "Foreign" not in text
    assert stored() == []
