"""Credentials of integrators."""

from __future__ import annotations

from django.db import models

from accounts.models.operator import Operator
from accounts.models.user import User
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class ApiKey(TenantModel):
    """A key of the REST API: shown once, stored as HMAC; `prefix` finds it again in a list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list, help_text="Permissions, as named in accounts.policy.")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
