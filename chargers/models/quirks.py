"""What an operator knows of its makes of stations, and what was forgiven to each station."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.domain.quirk_fields import read_sets
from chargers.domain.quirks import Rule
from chargers.models.station import ChargingStation
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class QuirkRule(TenantModel, MainObject):
    """An operator's own rule on a make; it comes before the shipped catalogue.

    Patterns and fields as in `chargers.domain.quirks`; `sets` holds them as JSON.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="quirk_rules")
    vendor = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    firmware = models.CharField(max_length=50, blank=True)
    sets = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "vendor", "model", "firmware"],
                name="chargers_quirk_rule_make_unique",
            ),
            models.CheckConstraint(
                condition=~models.Q(vendor="", model="", firmware=""),
                name="chargers_quirk_rule_names_a_make",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.vendor, self.model, self.firmware) if part)

    def as_rule(self) -> Rule:
        """The pure rule; a field that a later release dropped is left out."""
        values, _ = read_sets(self.sets)
        return Rule(
            vendor=self.vendor,
            model=self.model,
            firmware=self.firmware,
            sets=values,
            source=self.note,
            key=str(self.pk),
            is_own=True,
        )


class ForgivenFault(TenantModel):
    """How often a kind of fault was forgiven to a station in one kind of message.

    `kind` is a `chargers.domain.forgiven.Kind`, `detail` where it was last seen, `message_id`
    names the last frame of the log that showed it.
    """

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="forgiven_faults"
    )
    kind = models.CharField(max_length=30)
    action = models.CharField(max_length=50, blank=True)
    occurrences = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    message_id = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind", "action"], name="chargers_forgiven_fault_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} ({self.occurrences})"
