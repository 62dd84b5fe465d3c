"""Web processes that hold station sockets."""

from __future__ import annotations

from django.db import models


class GatewayProcess(models.Model):
    """A live web process; one that stops beating has lost its sockets."""

    name = models.CharField(primary_key=True, max_length=80)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
