"""People who log in: staff of operators (global) and drivers (of one operator)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.models.operator import Operator
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A log-in. Staff are global (`operator` empty) and act through memberships;
    a driver's user belongs to one operator, so one e-mail may exist once per operator.

    `username` is the unique log-in name behind the scenes (see `accounts.services.users`);
    people type their e-mail, and the host says which operator's drivers are meant.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=320, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=120, blank=True)
    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.CASCADE, related_name="driver_users"
    )
    is_staff = models.BooleanField(
        default=False, help_text="May enter the installation's own admin."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(operator__isnull=True),
                name="accounts_user_staff_email_unique",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "operator",
                condition=models.Q(operator__isnull=False),
                name="accounts_user_driver_email_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.partition(" ")[0] or self.email


class Role(models.TextChoices):
    """What a member may do; the permissions of each role stand in `accounts.policy`."""

    ADMIN = "admin", "Administrator"
    OPERATIONS = "operations", "Network operator"
    SUPPORT = "support", "Support agent"
    FINANCE = "finance", "Finance"
    TECHNICIAN = "technician", "Technician"
    VIEWER = "viewer", "Viewer"


class Membership(TenantModel):
    """A staff user's role at one operator."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "user"], name="accounts_membership_once_per_operator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
