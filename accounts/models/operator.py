"""The tenant: a charge point operator (CPO)."""

from __future__ import annotations

from django.db import models

from common.ids import uuid7


class Operator(models.Model):
    """A charge point operator. Everything else belongs to one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name")
    currency = models.CharField(max_length=3, default="EUR", help_text="ISO 4217")
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
