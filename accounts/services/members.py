"""Staff: who works for an operator, in which role."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.events import MemberInvited
from accounts.exceptions import UnableToManageMember
from accounts.identity import username_of
from accounts.models import Membership, Operator, Role, User
from accounts.services.audit import Actor, record
from events.outbox import publish

_NAME_LENGTH = 120


@transaction.atomic
def create_staff_user(*, email: str, full_name: str, now: datetime) -> User:
    """The global staff user of an e-mail address, made without a password when there is none.

    Raises:
        UnableToManageMember: the address or the name is not acceptable.
    """
    address = email.strip().lower()
    errors = _person_errors(address, full_name)
    if errors:
        raise UnableToManageMember(errors=errors)
    user, created = User.objects.get_or_create(
        username=username_of(address, None),
        defaults={"email": address, "full_name": full_name.strip(), "created_at": now},
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _person_errors(email: str, full_name: str) -> dict[str, str]:
    errors = {}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = "Enter a valid e-mail address."
    if len(full_name.strip()) > _NAME_LENGTH:
        errors["full_name"] = f"At most {_NAME_LENGTH} characters."
    return errors


@transaction.atomic
def invite_member(
    *, operator: Operator, email: str, full_name: str, role: str, actor: Actor, now: datetime
) -> Membership:
    """Give somebody a role and send them an invitation.

    Inviting a member again sends the mail again and changes nothing (see `change_role`).

    Raises:
        UnableToManageMember: a field is not acceptable, or the member has another role.
    """
    _check_role(role)
    user = create_staff_user(email=email, full_name=full_name, now=now)
    membership, created = Membership.objects.get_or_create(
        operator=operator, user=user, defaults={"role": role, "created_at": now}
    )
    if not created and membership.role != role:
        message = f"Already a member, as {membership.get_role_display()}. Change the role instead."
        raise UnableToManageMember(errors={"email": message})
    action = "member.invited" if created else "member.invited_again"
    record(
        operator=operator,
        actor=actor,
        action=action,
        obj=membership,
        changes={"role": role, "email": user.email},
        now=now,
    )
    publish(
        MemberInvited(operator_id=operator.pk, subject_id=user.pk, invited_by=actor.label), now=now
    )
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, actor: Actor, now: datetime) -> Membership:
    """Give a member another role.

    Raises:
        UnableToManageMember: unknown role, or nobody would be left to administer.
    """
    _check_role(role)
    membership = _locked(membership)
    if membership.role == role:
        return membership
    _keep_an_admin(membership)
    changes = {"role": [membership.role, role]}
    membership.role = role
    membership.save(update_fields=["role"])
    record(
        operator=membership.operator,
        actor=actor,
        action="member.role_changed",
        obj=membership,
        changes=changes,
        now=now,
    )
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """Take somebody's role away; effective with their next request.

    Raises:
        UnableToManageMember: nobody would be left to administer.
    """
    membership = _locked(membership)
    _keep_an_admin(membership)
    record(
        operator=membership.operator,
        actor=actor,
        action="member.removed",
        obj=membership,
        changes={"role": [membership.role, None], "email": membership.user.email},
        now=now,
    )
    membership.delete()


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise UnableToManageMember(errors={"role": "Choose one of the roles."})


def _locked(membership: Membership) -> Membership:
    """Locks every administrator of the operator, too, so that two cannot leave at once."""
    rows = Membership.objects.select_for_update().filter(operator_id=membership.operator_id)
    members = {row.pk: row for row in rows.order_by("pk")}
    if membership.pk not in members:
        raise UnableToManageMember("This person is no longer a member.")
    return members[membership.pk]


def _keep_an_admin(membership: Membership) -> None:
    if membership.role != Role.ADMIN:
        return
    others = Membership.objects.filter(
        operator_id=membership.operator_id, role=Role.ADMIN, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        message = "The last administrator stays. Make somebody else an administrator first."
        raise UnableToManageMember(errors={"role": message})
