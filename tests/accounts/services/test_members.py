from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.events import MemberInvited
from accounts.exceptions import UnableToManageMember
from accounts.models import AuditEntry, Membership, Operator, Role, User
from accounts.services.members import change_role, invite_member, remove_member
from common.tenancy import operator_scope
from events.models import OutboxEvent
from tests.accounts.factories import ACTOR, NOW, make_member, make_user


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


def _invite(operator: Operator, email: str = "Ida@Example.org", role: str = "viewer") -> Membership:
    return invite_member(
        operator=operator, email=email, full_name="Ida Krogh", role=role, actor=ACTOR, now=NOW
    )


def _member(operator: Operator, role: str) -> Membership:
    return Membership.objects.get(user=make_member(operator, role))


def test_an_invitation_makes_a_user_a_role_and_an_event(operator: Operator) -> None:
    membership = _invite(operator)
    user = User.objects.get()
    assert (user.username, user.email) == ("ida@example.org", "ida@example.org")
    assert (user.full_name, user.operator) == ("Ida Krogh", None)
    assert not user.has_usable_password()
    assert (membership.user, membership.role) == (user, "viewer")
    event = OutboxEvent.objects.get()
    assert (event.kind, event.subject_id) == (MemberInvited.kind, user.pk)
    assert event.payload == {"invited_by": "the tests"}
    assert AuditEntry.objects.get().action == "member.invited"


def test_inviting_again_sends_again_and_changes_nothing(operator: Operator) -> None:
    _invite(operator)
    _invite(operator, "IDA@example.org")
    assert Membership.objects.count() == User.objects.count() == 1
    assert OutboxEvent.objects.count() == 2


def test_a_known_person_keeps_name_and_password(operator: Operator) -> None:
    user = make_user("ida@example.org", full_name="Ida", password="a-long-enough-passphrase")
    _invite(operator)
    user.refresh_from_db()
    assert user.full_name == "Ida"
    assert user.has_usable_password()


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [("nonsense", "viewer", "email"), ("", "viewer", "email"), ("a@example.org", "king", "role")],
)
def test_bad_invitations(operator: Operator, email: str, role: str, field: str) -> None:
    with pytest.raises(UnableToManageMember) as refused:
        _invite(operator, email, role)
    assert set(refused.value.errors) == {field}
    assert User.objects.count() == Membership.objects.count() == OutboxEvent.objects.count() == 0


def test_an_invitation_does_not_change_a_role(operator: Operator) -> None:
    _invite(operator)
    with pytest.raises(UnableToManageMember):
        _invite(operator, role="admin")
    assert Membership.objects.get().role == "viewer"
    assert OutboxEvent.objects.count() == 1


def test_changing_a_role_is_audited(operator: Operator) -> None:
    _member(operator, Role.ADMIN)
    membership = _member(operator, Role.VIEWER)
    change_role(membership=membership, role=Role.FINANCE, actor=ACTOR, now=NOW)
    change_role(membership=membership, role=Role.FINANCE, actor=ACTOR, now=NOW)
    membership.refresh_from_db()
    assert membership.role == Role.FINANCE
    entry = AuditEntry.objects.get()
    assert entry.changes == {"role": ["viewer", "finance"]}


def test_the_last_administrator_stays(operator: Operator) -> None:
    admin = _member(operator, Role.ADMIN)
    gone = _member(operator, Role.ADMIN)
    gone.user.is_active = False
    gone.user.save()
    with pytest.raises(UnableToManageMember):
        change_role(membership=admin, role=Role.VIEWER, actor=ACTOR, now=NOW)
    with pytest.raises(UnableToManageMember):
        remove_member(membership=admin, actor=ACTOR, now=NOW)
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN
    assert AuditEntry.objects.count() == 0


def test_of_two_administrators_one_may_go(operator: Operator) -> None:
    first, second = _member(operator, Role.ADMIN), _member(operator, Role.ADMIN)
    remove_member(membership=first, actor=ACTOR, now=NOW)
    assert list(Membership.objects.all()) == [second]
    assert User.objects.count() == 2
    assert AuditEntry.objects.get().action == "member.removed"
    with pytest.raises(UnableToManageMember):
        remove_member(membership=first, actor=ACTOR, now=NOW)
