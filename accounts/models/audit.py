"""The append-only record of what staff changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models.credentials import ApiKey
from accounts.models.operator import Operator
from accounts.models.user import User
from common.tenancy import ScopedManager, ScopedQuerySet, TenantModel


class AppendOnlyError(RuntimeError):
    """Something tried to change or delete history."""


class AuditQuerySet(ScopedQuerySet["AuditEntry"]):
    """Reads and appends; a trigger says the same to plain SQL on PostgreSQL."""

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnlyError("audit entries are never changed")

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError("audit entries are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("audit entries are never deleted")


class AuditManager(ScopedManager["AuditEntry"]):
    queryset_class = AuditQuerySet


class AuditEntry(TenantModel):
    """One mutating action of a staff user or an API key. Never changed, never deleted."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="audit_entries")
    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    api_key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    object_label = models.CharField(max_length=200)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    remote_address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = AuditManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["operator", "-id"], name="accounts_audit_recent"),
            models.Index(fields=["object_id", "-id"], name="accounts_audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label}: {self.action}"

    @property
    def change_list(self) -> list[dict[str, str]]:
        """The changes for people: field, old and new value as text, "" for none."""
        return [_readable(field, change) for field, change in self.changes.items()]

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("audit entries are never changed")
        super().save_base(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError("audit entries are never deleted")


def _readable(field: str, change: Any) -> dict[str, str]:
    pair = change if isinstance(change, list) and len(change) == 2 else [None, change]
    old, new = (_text(value) for value in pair)
    return {"field": field.replace("_", " "), "old": old, "new": new}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
