from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.exceptions import UnableToManageDriver, UnableToManageGroup
from accounts.models import AuditEntry, Driver, DriverGroup, Operator
from accounts.services.drivers import (
    DriverDetails,
    add_driver,
    add_group,
    block_driver,
    update_driver,
)
from common.tenancy import operator_scope, system_scope
from tests.accounts.factories import ACTOR, NOW, make_driver, make_group


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


def _details(**values: str) -> DriverDetails:
    given: dict[str, Any] = {"full_name": "Ida Krogh", "email": "Ida@Example.org", **values}
    return DriverDetails(**given)


def _add(operator: Operator, groups: Any = (), **values: str) -> Driver:
    details = _details(**values)
    return add_driver(operator=operator, details=details, groups=groups, actor=ACTOR, now=NOW)


def test_a_driver_is_added_with_groups(operator: Operator) -> None:
    group = make_group(operator, name="Fleet")
    driver = _add(operator, [group], phone=" 123 ")
    driver.refresh_from_db()
    assert (driver.email, driver.phone, driver.created_at) == ("ida@example.org", "123", NOW)
    assert list(driver.groups.all()) == [group]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("driver.added", {"groups": [[], ["Fleet"]]})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"full_name": " "}, "full_name"),
        ({"full_name": "x" * 121}, "full_name"),
        ({"email": "nonsense"}, "email"),
        ({"email": "TAKEN@example.org"}, "email"),
        ({"phone": "1" * 31}, "phone"),
    ],
)
def test_bad_input_names_the_field_and_saves_nothing(
    operator: Operator, values: dict[str, str], field: str
) -> None:
    make_driver(operator, email="taken@example.org")
    with pytest.raises(UnableToManageDriver) as refused:
        _add(operator, **values)
    assert set(refused.value.errors) == {field}
    assert Driver.objects.count() == 1
    assert AuditEntry.objects.count() == 0


def test_the_same_person_may_be_a_driver_of_two_operators(
    operator: Operator, other_operator: Operator
) -> None:
    make_driver(other_operator, email="ida@example.org")
    assert _add(operator).email == "ida@example.org"


def test_a_foreign_group_is_refused(operator: Operator, other_operator: Operator) -> None:
    foreign = make_group(other_operator)
    with pytest.raises(UnableToManageDriver) as refused:
        _add(operator, [foreign])
    assert set(refused.value.errors) == {"groups"}
    assert Driver.objects.count() == 0
    with system_scope("tests"):
        assert foreign.drivers.count() == 0


def test_an_update_audits_what_changed(operator: Operator) -> None:
    fleet, staff = make_group(operator, name="Fleet"), make_group(operator, name="Staff")
    driver = _add(operator, [fleet])
    update_driver(driver=driver, details=_details(phone="42"), groups=[staff], actor=ACTOR, now=NOW)
    assert list(driver.groups.all()) == [staff]
    entry = AuditEntry.objects.latest("id")
    assert entry.action == "driver.updated"
    assert entry.changes == {"phone": ["", "42"], "groups": [["Fleet"], ["Staff"]]}


def test_an_update_without_changes_writes_nothing(operator: Operator) -> None:
    driver = _add(operator)
    update_driver(driver=driver, details=_details(), groups=[], actor=ACTOR, now=NOW)
    assert AuditEntry.objects.count() == 1


def test_a_bad_update_changes_nothing(operator: Operator) -> None:
    make_driver(operator, email="taken@example.org")
    driver = _add(operator)
    with pytest.raises(UnableToManageDriver):
        update_driver(
            driver=driver,
            details=_details(email="taken@example.org", phone="42"),
            groups=[],
            actor=ACTOR,
            now=NOW,
        )
    driver.refresh_from_db()
    assert (driver.email, driver.phone) == ("ida@example.org", "")


def test_blocking_twice_is_blocking_once(operator: Operator) -> None:
    driver = _add(operator)
    for _ in range(2):
        block_driver(driver=driver, blocked=True, actor=ACTOR, now=NOW)
    driver.refresh_from_db()
    assert driver.is_blocked
    assert AuditEntry.objects.filter(action="driver.blocked").count() == 1
    block_driver(driver=driver, blocked=False, actor=ACTOR, now=NOW)
    driver.refresh_from_db()
    assert not driver.is_blocked


@pytest.mark.parametrize("name", ["", "x" * 121, "Fleet"])
def test_bad_groups(operator: Operator, name: str) -> None:
    make_group(operator, name="Fleet")
    with pytest.raises(UnableToManageGroup) as refused:
        add_group(operator=operator, name=name, actor=ACTOR, now=NOW)
    assert set(refused.value.errors) == {"name"}
    assert DriverGroup.objects.count() == 1
