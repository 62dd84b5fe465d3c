"""Tariff groups: the chain, the form, moving, deleting."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator, Role
from common.tenancy import system_scope
from tariffs.models import Audience, TariffAssignment, TariffGroup
from tests.factories import DriverGroupFactory, LocationFactory
from tests.tariffs.support import give, make_group, make_tariff
from tests.tariffs.views.conftest import LogIn

pytestmark = pytest.mark.django_db
UGLY = '<b>"Ж\u202eЩ & Co'


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def order() -> list[str]:
    with system_scope("tests"):
        return list(TariffGroup.objects.order_by("position", "id").values_list("name", flat=True))


def three(operator: Operator) -> list[TariffGroup]:
    names = ("Staff", "Drivers", "Guests")
    return [make_group(operator, name, position=n) for n, name in enumerate(names)]


def test_without_groups_there_is_a_way_to_begin(admin: Client, viewer: Client) -> None:
    assert "Without one nobody has a price. Add group" in words(admin.get("/tariffs/groups/"))
    assert "/tariffs/groups/add/" not in viewer.get("/tariffs/groups/").content.decode()


def test_the_chain_tells_who_pays_what(admin: Client, operator: Operator) -> None:
    staff, drivers, _guests = three(operator)
    with system_scope("tests"):
        staff.audience = Audience.GROUPS
        staff.save()
        staff.driver_groups.set([DriverGroupFactory.create(operator=operator, name="Employees")])
    give(staff, make_tariff(operator, "Free"))
    give(drivers, make_tariff(operator, "Day"), location=LocationFactory.create(operator=operator))
    text = words(admin.get("/tariffs/groups/"))
    assert "1 Staff Members of Employees Free · 1 place" in text
    assert "2 Drivers Everyone, whoever charges Day · 1 place" in text
    assert "3 Guests Everyone, whoever charges No prices yet, so it decides nothing." in text
    assert "Nobody fits No price. The session is not free" in text


def test_a_group_that_is_never_asked_is_told(admin: Client, operator: Operator) -> None:
    staff, drivers, _guests = three(operator)
    give(staff, make_tariff(operator, "Free"))
    give(drivers, make_tariff(operator, "Day"))
    text = words(admin.get("/tariffs/groups/"))
    assert text.count("Never asked: “Staff” comes first") == 2


def test_a_group_is_added_and_changed(admin: Client, operator: Operator) -> None:
    members = DriverGroupFactory.create(operator=operator)
    body = {"name": "Fleet", "audience": "groups", "driver_groups": [str(members.pk)]}
    response = admin.post("/tariffs/groups/add/", body)
    assert response["Location"] == "/tariffs/groups/"
    with system_scope("tests"):
        group = TariffGroup.objects.get()
        assert (group.name, list(group.driver_groups.all())) == ("Fleet", [members])
    path = f"/tariffs/groups/{group.pk}/"
    page = admin.get(path).content.decode()
    assert re.search(f'value="{members.pk}"[^>]* checked', page)
    admin.post(path, {"name": "Fleet", "audience": "registered", "driver_groups": [members.pk]})
    with system_scope("tests"):
        group.refresh_from_db()
        assert (group.audience, group.driver_groups.count()) == ("registered", 0)
        assert AuditEntry.objects.latest("id").action == "tariff_group.changed"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"name": "", "audience": "everyone"}, "Name : This field is required."),
        ({"name": "Staff", "audience": "everyone"}, "A tariff group of this name exists already."),
        ({"name": "New", "audience": "groups"}, "Choose at least one group of drivers."),
        ({"name": "New", "audience": "nobody"}, "Select a valid choice."),
    ],
)
def test_faults_stand_at_their_fields(
    admin: Client, operator: Operator, body: dict[str, str], text: str
) -> None:
    three(operator)
    assert text in words(admin.post("/tariffs/groups/add/", body))
    assert order() == ["Staff", "Drivers", "Guests"]


def test_a_foreign_driver_group_is_no_choice(admin: Client, other_operator: Operator) -> None:
    theirs = DriverGroupFactory.create(operator=other_operator, name="Theirs")
    body = {"name": "New", "audience": "groups", "driver_groups": [str(theirs.pk)]}
    text = words(admin.post("/tariffs/groups/add/", body))
    assert "is not one of the available choices" in text
    assert "Theirs" not in text
    assert order() == []


def test_groups_are_moved_by_buttons(admin: Client, operator: Operator) -> None:
    _staff, drivers, guests = three(operator)
    path = f"/tariffs/groups/{guests.pk}/move/"
    text = words(admin.post(path, {"direction": "up"}, headers={"HX-Request": "true"}))
    assert "Guests is now asked as number 2 of 3." in text
    assert order() == ["Staff", "Guests", "Drivers"]
    path = f"/tariffs/groups/{drivers.pk}/move/"
    assert admin.post(path, {"direction": "down"})["Location"] == "/tariffs/groups/"
    assert order() == ["Staff", "Guests", "Drivers"]
    assert admin.post(path, {"direction": "sideways"}).status_code == 302
    assert order() == ["Staff", "Guests", "Drivers"]


def test_deleting_takes_the_prices_along_and_says_so(admin: Client, operator: Operator) -> None:
    staff, drivers, _guests = three(operator)
    give(staff, make_tariff(operator))
    give(drivers, make_tariff(operator, "Other"))
    assert "Its price at 1 place goes with it." in words(admin.get("/tariffs/groups/"))
    response = admin.post(f"/tariffs/groups/{staff.pk}/delete/", follow=True)
    assert "Staff was deleted, with its prices." in words(response)
    assert order() == ["Drivers", "Guests"]
    with system_scope("tests"):
        assert TariffAssignment.objects.count() == 1


def test_a_viewer_sees_and_changes_nothing(viewer: Client, operator: Operator) -> None:
    staff, drivers, _guests = three(operator)
    page = viewer.get("/tariffs/groups/").content.decode()
    assert ("Staff" in page, "Ask Staff earlier" in page) == (True, False)
    for path in ("add/", f"{staff.pk}/"):
        assert viewer.get(f"/tariffs/groups/{path}").status_code == 403
    assert (
        viewer.post(f"/tariffs/groups/{drivers.pk}/move/", {"direction": "up"}).status_code == 403
    )
    assert viewer.post(f"/tariffs/groups/{staff.pk}/delete/").status_code == 403
    assert order() == ["Staff", "Drivers", "Guests"]


def test_finance_may_change_prices(as_role: LogIn, operator: Operator) -> None:
    staff, *_others = three(operator)
    path = f"/tariffs/groups/{staff.pk}/"
    assert as_role(Role.FINANCE).get(path).status_code == 200
    assert as_role(Role.TECHNICIAN).get(path).status_code == 403


def test_another_operators_group_is_not_found(admin: Client, other_operator: Operator) -> None:
    theirs = make_group(other_operator, "Theirs")
    assert admin.get(f"/tariffs/groups/{theirs.pk}/").status_code == 404
    for action, body in (("", {"name": "X"}), ("move/", {"direction": "up"}), ("delete/", {})):
        assert admin.post(f"/tariffs/groups/{theirs.pk}/{action}", body).status_code == 404
    assert order() == ["Theirs"]
    assert "Theirs" not in words(admin.get("/tariffs/groups/"))


def test_ugly_names_are_text(admin: Client, operator: Operator) -> None:
    make_group(operator, UGLY)
    page = admin.get("/tariffs/groups/").content.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;&quot;Ж" in page


def test_more_groups_ask_no_more(
    admin: Client, operator: Operator, django_assert_num_queries: Any
) -> None:
    three(operator)
    admin.get("/tariffs/groups/")
    with django_assert_num_queries(9):
        admin.get("/tariffs/groups/")
    for number in range(12):
        give(make_group(operator, f"Group {number}"), make_tariff(operator, f"Tariff {number}"))
    with django_assert_num_queries(9):
        admin.get("/tariffs/groups/")
