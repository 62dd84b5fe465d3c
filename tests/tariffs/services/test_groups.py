from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from common.tenancy import operator_scope
from tariffs.exceptions import UnableToDeleteTariffGroup, UnableToSaveTariffGroup
from tariffs.models import TariffAssignment, TariffGroup
from tariffs.services.groups import create_group, delete_group, order_groups, update_group
from tests.factories import ACTOR, NOW, DriverGroupFactory
from tests.tariffs.support import give, make_group, make_tariff


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


def _create(operator: Operator, **values: Any) -> TariffGroup:
    given: dict[str, Any] = {"name": "Guests", "audience": "ad_hoc", **values}
    return create_group(operator=operator, actor=ACTOR, now=NOW, **given)


def _rows() -> list[tuple[str, int]]:
    return list(TariffGroup.objects.values_list("name", "position"))


def test_groups_are_added_behind_each_other(operator: Operator) -> None:
    fleet = DriverGroupFactory.create(operator=operator, name="Fleet")
    _create(operator, name=" Guests ")
    members = _create(operator, name="Fleet", audience="groups", driver_groups=[fleet])
    assert _rows() == [("Guests", 0), ("Fleet", 1)]
    assert list(members.driver_groups.all()) == [fleet]
    assert [(entry.action, entry.changes) for entry in AuditEntry.objects.order_by("pk")] == [
        ("tariff_group.added", {"audience": "ad_hoc", "driver_groups": []}),
        ("tariff_group.added", {"audience": "groups", "driver_groups": ["Fleet"]}),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "taken"}, "name"),
        ({"audience": "friends"}, "audience"),
        ({"audience": "groups"}, "driver_groups"),
        ({"external_id": "x" * 121}, "external_id"),
    ],
)
def test_bad_input_names_the_field_and_saves_nothing(
    operator: Operator, values: dict[str, str], field: str
) -> None:
    group = make_group(operator, "Taken", position=0)
    with pytest.raises(UnableToSaveTariffGroup) as refused:
        _create(operator, **values)
    assert set(refused.value.errors) == {field}
    other = make_group(operator, "Other", position=1)
    with pytest.raises(UnableToSaveTariffGroup) as refused:
        update_group(group=other, changes=values, actor=ACTOR, now=NOW)  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}
    assert _rows() == [("Taken", group.position), ("Other", 1)]
    assert AuditEntry.objects.count() == 0


def test_driver_groups_belong_to_their_audience_and_operator(
    operator: Operator, other_operator: Operator
) -> None:
    own, foreign = (DriverGroupFactory.create(operator=one) for one in (operator, other_operator))
    for audience, chosen in (("groups", foreign), ("everyone", own)):
        with pytest.raises(UnableToSaveTariffGroup) as refused:
            _create(operator, audience=audience, driver_groups=[chosen])
        assert set(refused.value.errors) == {"driver_groups"}
    assert _rows() == []


def test_a_group_is_changed_and_unchanged_input_writes_nothing(operator: Operator) -> None:
    fleet, guests = (DriverGroupFactory.create(operator=operator, name=n) for n in "FG")
    group = _create(operator, name="A", audience="groups", driver_groups=[fleet])
    changed = update_group(
        group=group,
        changes={"name": "a", "driver_groups": [fleet, guests]},
        actor=ACTOR,
        now=NOW,
    )
    assert (changed.name, changed.audience) == ("a", "groups")
    assert set(changed.driver_groups.all()) == {fleet, guests}
    last = AuditEntry.objects.order_by("pk").last()
    assert last is not None
    assert last.changes == {"name": ["A", "a"], "driver_groups": [["F"], ["F", "G"]]}
    update_group(group=group, changes={"name": "a"}, actor=ACTOR, now=NOW)
    assert AuditEntry.objects.count() == 2
    update_group(
        group=group, changes={"audience": "everyone", "driver_groups": []}, actor=ACTOR, now=NOW
    )
    assert not changed.driver_groups.exists()


def test_groups_are_put_in_order(operator: Operator, other_operator: Operator) -> None:
    first, second, third = (_create(operator, name=name) for name in "ABC")
    order_groups(operator=operator, order=[third.pk, first.pk, second.pk], actor=ACTOR, now=NOW)
    assert _rows() == [("C", 0), ("A", 1), ("B", 2)]
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    assert entry.changes == {"order": [["A", "B", "C"], ["C", "A", "B"]]}
    foreign = make_group(other_operator, "D")
    for order in ([third.pk], [third.pk, first.pk, first.pk], [*_keys(), foreign.pk]):
        with pytest.raises(UnableToSaveTariffGroup) as refused:
            order_groups(operator=operator, order=order, actor=ACTOR, now=NOW)
        assert set(refused.value.errors) == {"groups"}
    assert _rows() == [("C", 0), ("A", 1), ("B", 2)]
    order_groups(operator=operator, order=_keys(), actor=ACTOR, now=NOW)
    assert AuditEntry.objects.count() == 4


def _keys() -> list[Any]:
    return list(TariffGroup.objects.values_list("pk", flat=True))


def test_a_group_with_assignments_is_deleted_only_when_that_is_said(operator: Operator) -> None:
    group, tariff = make_group(operator), make_tariff(operator)
    give(group, tariff)
    give(group, tariff, valid_until=NOW)
    with pytest.raises(UnableToDeleteTariffGroup) as refused:
        delete_group(group=group, actor=ACTOR, now=NOW)
    assert refused.value.assignments == 1
    assert "1 assignment" in refused.value.message
    assert TariffAssignment.objects.count() == 2
    delete_group(group=group, with_assignments=True, actor=ACTOR, now=NOW)
    assert not TariffGroup.objects.exists()
    assert not TariffAssignment.objects.exists()
    assert AuditEntry.objects.get().changes == {"assignments": 1}


def test_a_group_whose_assignments_are_over_is_deleted(operator: Operator) -> None:
    group = make_group(operator)
    give(group, make_tariff(operator), valid_until=NOW - timedelta(days=1))
    delete_group(group=group, actor=ACTOR, now=NOW)
    assert not TariffGroup.objects.exists()
