"""Abstract field groups shared by main objects."""

from __future__ import annotations

from django.db import models

from common.ids import uuid7


class MainObject(models.Model):
    """UUIDv7 key, integrator's id and free fields: what every main object has from birth."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(max_length=120, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True
