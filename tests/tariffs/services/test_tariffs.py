from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from events.models import OutboxEvent
from tariffs.exceptions import UnableToArchiveTariff, UnableToSaveTariff
from tariffs.models import PinnedTariff, Tariff, TariffAssignment, TariffVersion
from tariffs.services.tariffs import (
    archive_tariff,
    create_tariff,
    duplicate_tariff,
    restore_tariff,
    update_tariff,
)
from tests.factories import (
    ACTOR,
    NOW,
    PinnedTariffFactory,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
    TransactionFactory,
    UserFactory,
    terms_document,
)
from tests.support.api import everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

DAY = timedelta(days=1)
DONE: dict[str, Any] = {"actor": ACTOR, "now": NOW}


def _told() -> list[tuple[str, dict[str, Any]]]:
    return [(entry.action, entry.changes) for entry in AuditEntry.objects.order_by("id")]


def _events() -> list[dict[str, Any]]:
    return [event.payload for event in OutboxEvent.objects.order_by("id")]


def test_a_tariff_is_added(operator: Operator) -> None:
    tariff = create_tariff(
        operator=operator,
        name="  Night \x00",
        currency=" dkk",
        description="Cheap after dark",
        external_id="t-1",
        metadata={"erp": 7},
        **DONE,
    )
    tariff.refresh_from_db()
    assert (tariff.operator, tariff.name, tariff.currency) == (operator, "Night", "DKK")
    assert (tariff.description, tariff.external_id) == ("Cheap after dark", "t-1")
    assert (tariff.metadata, tariff.created_at, tariff.archived_at) == ({"erp": 7}, NOW, None)
    assert _told() == [("tariff.added", {"name": "Night", "currency": "DKK"})]
    assert _events() == [{"change": "added", "version": 0}]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": " "}, {"name": "Give it a name."}),
        ({"name": "x" * 121}, {"name": "At most 120 characters."}),
        ({"name": "Taken"}, {"name": "Another tariff has this name."}),
        ({"description": "x" * 501}, {"description": "At most 500 characters."}),
        ({"external_id": "x" * 121}, {"external_id": "At most 120 characters."}),
        ({"currency": "XXX"}, {"currency": "A currency's three-letter code, such as EUR."}),
        (
            {"currency": "", "name": ""},
            {
                "name": "Give it a name.",
                "currency": "A currency's three-letter code, such as EUR.",
            },
        ),
    ],
)
def test_what_is_wrong_is_named(
    operator: Operator, values: dict[str, Any], errors: dict[str, str]
) -> None:
    TariffFactory.create(operator=operator, name="Taken")
    before = everything()
    with pytest.raises(UnableToSaveTariff) as refused:
        create_tariff(operator=operator, **{"name": "A", "currency": "EUR", **values}, **DONE)
    assert refused.value.errors == errors
    assert everything() == before


def test_names_of_archived_tariffs_and_of_other_operators_are_free(operator: Operator) -> None:
    TariffFactory.create(operator=operator, name="Night", archived_at=NOW)
    TariffFactory.create(name="Night")
    create_tariff(operator=operator, name="Night", currency="EUR", **DONE)
    assert Tariff.objects.filter(name="Night").count() == 2


def test_a_tariff_is_renamed_and_described(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Old")
    changed = update_tariff(
        tariff=tariff, changes={"name": "New ", "description": "Better"}, **DONE
    )
    assert (changed.name, changed.description) == ("New", "Better")
    assert _told() == [("tariff.changed", {"name": ["Old", "New"], "description": ["", "Better"]})]
    update_tariff(tariff=tariff, changes={"name": "New"}, **DONE)
    assert len(_told()) == len(_events()) == 1


def test_a_name_that_is_taken_changes_nothing(operator: Operator) -> None:
    TariffFactory.create(operator=operator, name="Taken")
    tariff = TariffFactory.create(operator=operator)
    before = everything()
    with pytest.raises(UnableToSaveTariff) as refused:
        update_tariff(tariff=tariff, changes={"name": "Taken"}, **DONE)
    assert refused.value.errors == {"name": "Another tariff has this name."}
    assert everything() == before


def test_an_unused_tariff_is_archived_and_comes_back(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Night")
    assert archive_tariff(tariff=tariff, **DONE) == 0
    tariff.refresh_from_db()
    assert tariff.archived_at == NOW
    with pytest.raises(UnableToArchiveTariff, match="Night is archived already"):
        archive_tariff(tariff=tariff, **DONE)
    assert restore_tariff(tariff=tariff, **DONE).archived_at is None
    with pytest.raises(UnableToArchiveTariff, match="Night is not archived"):
        restore_tariff(tariff=tariff, **DONE)
    assert _told() == [("tariff.archived", {"assignments_ended": 0}), ("tariff.restored", {})]
    assert [event["change"] for event in _events()] == ["archived", "restored"]


def test_it_does_not_come_back_beside_its_namesake(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Night", archived_at=NOW)
    TariffFactory.create(operator=operator, name="Night")
    before = everything()
    with pytest.raises(UnableToArchiveTariff, match="Another tariff is called Night by now"):
        restore_tariff(tariff=tariff, **DONE)
    assert everything() == before


def _assigned(operator: Operator) -> tuple[Tariff, dict[str, TariffAssignment]]:
    """One that has ended, one that holds, one that ends later, one that has yet to begin."""
    tariff = TariffFactory.create(operator=operator, name="Night")
    group = TariffGroupFactory.create(operator=operator)
    spans: dict[str, dict[str, Any]] = {
        "past": {"valid_until": NOW - DAY},
        "open": {},
        "ending": {"valid_from": NOW - DAY, "valid_until": NOW + DAY},
        "coming": {"valid_from": NOW + DAY},
    }
    return tariff, {
        name: TariffAssignmentFactory.create(group=group, tariff=tariff, **span)
        for name, span in spans.items()
    }


def test_an_assigned_tariff_is_not_archived_by_accident(operator: Operator) -> None:
    tariff, _cells = _assigned(operator)
    before = everything()
    with pytest.raises(UnableToArchiveTariff) as refused:
        archive_tariff(tariff=tariff, **DONE)
    assert refused.value.assignments == 3
    assert refused.value.message == (
        "Night is assigned in 3 places. Archive it with its assignments to end them."
    )
    assert everything() == before


def test_archiving_with_its_assignments_ends_them(operator: Operator) -> None:
    tariff, cells = _assigned(operator)
    other = TariffAssignmentFactory.create(group=cells["open"].group)
    assert archive_tariff(tariff=tariff, unassign=True, **DONE) == 3
    assert dict(TariffAssignment.objects.values_list("pk", "valid_until")) == {
        cells["past"].pk: NOW - DAY,
        cells["open"].pk: NOW,
        cells["ending"].pk: NOW,
        other.pk: None,
    }
    assert _told() == [("tariff.archived", {"assignments_ended": 3})]


def test_running_sessions_keep_their_price(operator: Operator) -> None:
    version = TariffVersionFactory.create(tariff__operator=operator)
    pinned = PinnedTariffFactory.create(
        transaction=TransactionFactory.create(station__operator=operator), version=version
    )
    archive_tariff(tariff=version.tariff, **DONE)
    assert PinnedTariff.objects.get(pk=pinned.pk).version == version


def test_a_copy_says_the_same_from_now_on(operator: Operator) -> None:
    user = UserFactory.create()
    tariff = TariffFactory.create(
        operator=operator, name="Night", description="Dark", currency="DKK", ocpi={"id": "7"}
    )
    old = {"tariff": tariff, "operator": operator}
    TariffVersionFactory.create(**old, number=1, valid_from=NOW - 2 * DAY)
    TariffVersionFactory.create(
        **old, number=2, valid_from=NOW - DAY, terms=terms_document("2.50", "DKK"),
        max_energy_wh=60_000, max_duration_s=3600, max_amount_minor=5000, note="Spring",
    )  # fmt: skip
    TariffVersionFactory.create(**old, number=3, valid_from=NOW + DAY)
    TariffAssignmentFactory.create(
        tariff=tariff, group=TariffGroupFactory.create(operator=operator)
    )
    actor = type(ACTOR).person(user)
    copy = duplicate_tariff(tariff=tariff, actor=actor, now=NOW)
    assert (copy.name, copy.description, copy.currency) == ("Night (copy)", "Dark", "DKK")
    assert (copy.ocpi, copy.assignments.count()) == ({}, 0)
    version = TariffVersion.objects.get(tariff=copy)
    assert (version.number, version.valid_from, version.note) == (1, NOW, "Spring")
    assert version.terms == terms_document("2.50", "DKK")
    limits = version.max_energy_wh, version.max_duration_s, version.max_amount_minor
    assert limits == (60_000, 3600, 5000)
    assert version.created_by == user
    second = duplicate_tariff(tariff=tariff, **DONE)
    named = duplicate_tariff(tariff=tariff, name=" Mine", **DONE)
    assert (second.name, named.name) == ("Night (copy 2)", "Mine")


def test_a_copy_of_what_has_yet_to_begin(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator)
    old = {"tariff": tariff, "operator": operator}
    TariffVersionFactory.create(**old, number=1, valid_from=NOW + DAY, withdrawn_at=NOW)
    TariffVersionFactory.create(
        **old, number=2, valid_from=NOW + 2 * DAY, terms=terms_document("0.77")
    )
    copy = duplicate_tariff(tariff=tariff, **DONE)
    assert TariffVersion.objects.get(tariff=copy).terms == terms_document("0.77")
    empty = TariffFactory.create(operator=operator, name="x" * 120)
    copied = duplicate_tariff(tariff=empty, **DONE)
    assert copied.name == f"{'x' * 108} (copy)"
    assert not copied.versions.exists()


def test_a_copy_under_a_name_that_is_taken(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Night")
    before = everything()
    with pytest.raises(UnableToSaveTariff) as refused:
        duplicate_tariff(tariff=tariff, name="Night", **DONE)
    assert refused.value.errors == {"name": "Another tariff has this name."}
    assert everything() == before


def test_another_operators_tariff_is_out_of_reach() -> None:
    theirs = TariffFactory.create(name="Theirs")
    before = everything()
    with pytest.raises(Tariff.DoesNotExist):
        archive_tariff(tariff=theirs, **DONE)
    with pytest.raises(Tariff.DoesNotExist):
        update_tariff(tariff=theirs, changes={"name": "Mine"}, **DONE)
    assert everything() == before
