from __future__ import annotations

import pytest
from django.db import InternalError, connection, transaction

from accounts.models import AuditEntry, Operator
from accounts.models.audit import AppendOnlyError
from accounts.services.audit import Actor, differences, record
from common.tenancy import ForeignTenantError, operator_scope, system_scope
from tests.accounts.factories import ACTOR, NOW, make_driver, make_operator, make_user

pytestmark = pytest.mark.django_db


def _entry(operator: Operator) -> AuditEntry:
    driver = make_driver(operator, full_name="Ida Krogh")
    with operator_scope(operator.pk):
        return record(
            operator=operator,
            actor=ACTOR,
            action="driver.blocked",
            obj=driver,
            changes={"is_blocked": [False, True]},
            now=NOW,
        )


def test_keeps_who_did_what_to_what() -> None:
    operator = make_operator()
    user = make_user("ida@example.org", full_name="Ida Krogh")
    driver = make_driver(operator, full_name="Jens Holm")
    actor = Actor(user=user, label="Ida Krogh", remote_address="192.0.2.7", request_id="r-1")
    with operator_scope(operator.pk):
        record(operator=operator, actor=actor, action="driver.added", obj=driver, now=NOW)
        entry = AuditEntry.objects.get()
    assert entry.user == user
    assert entry.at == NOW
    assert entry.actor_label == "Ida Krogh"
    assert entry.action == "driver.added"
    assert (entry.object_type, entry.object_id) == ("driver", str(driver.pk))
    assert entry.object_label == "Jens Holm"
    assert entry.changes == {}
    assert entry.remote_address == "192.0.2.7"
    assert entry.request_id == "r-1"


def test_refuses_another_operators_trail() -> None:
    mine, other = make_operator(), make_operator()
    with operator_scope(mine.pk), pytest.raises(ForeignTenantError):
        record(operator=other, actor=ACTOR, action="x.y", obj=other, now=NOW)
    with system_scope("tests"):
        assert AuditEntry.objects.count() == 0


def test_an_entry_is_never_changed_or_deleted() -> None:
    entry = _entry(make_operator())
    entry.action = "driver.unblocked"
    with system_scope("tests"):
        with pytest.raises(AppendOnlyError):
            entry.save()
        with pytest.raises(AppendOnlyError):
            entry.delete()
        with pytest.raises(AppendOnlyError):
            AuditEntry.objects.update(action="driver.unblocked")
        with pytest.raises(AppendOnlyError):
            AuditEntry.objects.bulk_update([entry], ["action"])
        with pytest.raises(AppendOnlyError):
            AuditEntry.objects.all().delete()
        assert [row.action for row in AuditEntry.objects.all()] == ["driver.blocked"]


@pytest.mark.services
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET action = 'driver.unblocked'",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_postgresql_refuses_plain_sql(sql: str) -> None:
    _entry(make_operator())
    assert connection.vendor == "postgresql", "the services suite runs on PostgreSQL"
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    with system_scope("tests"):
        assert [row.action for row in AuditEntry.objects.all()] == ["driver.blocked"]


def test_differences_name_only_what_changes() -> None:
    operator = make_operator(name="Old")
    assert differences(operator, {"name": "New", "country": "DK"}) == {"name": ["Old", "New"]}
