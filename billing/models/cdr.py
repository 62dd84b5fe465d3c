"""Charge detail records: what a session cost, and everything that it takes to say it again."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.models import Transaction
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel
from tariffs.models import TariffVersion


class Cdr(TenantModel, MainObject):
    """The priced record of an ended session (OCPI CDR). Never changed: what comes later is a new version.

    Attributes:
        version: from 1; the highest one counts.
        tariff_version: None: no tariff was found; the session waits for a person and is not free.
        terms: the stored tariff as it was priced, `tariffs.pricing.document`.
        charging: the periods that were priced, `tariffs.pricing.document`.
        spot_prices: the prices of the slots that were used.
        lines: exact and rounded lines, `tariffs.pricing.document`.
        net_exact, gross_exact: rational numbers as text, such as 61/60.
        digest: SHA-256 of all that decides the price and of the price; the same again when priced again.
        needs_review: flags hold what a person must look at before it may be billed.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="cdrs")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="cdrs")
    version = models.PositiveIntegerField(default=1)
    is_latest = models.BooleanField(default=True)
    tariff_version = models.ForeignKey(
        TariffVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="cdrs"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    energy_wh = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    terms = models.JSONField(null=True, blank=True)
    charging = models.JSONField(default=list)
    spot_prices = models.JSONField(default=dict, blank=True)
    lines = models.JSONField(default=list)
    net_minor = models.BigIntegerField(null=True, blank=True)
    tax_minor = models.BigIntegerField(null=True, blank=True)
    gross_minor = models.BigIntegerField(null=True, blank=True)
    net_exact = models.CharField(max_length=200, blank=True, default="")
    gross_exact = models.CharField(max_length=200, blank=True, default="")
    flags = models.JSONField(default=list, blank=True)
    needs_review = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "version"], name="billing_cdr_version_unique"
            ),
            models.UniqueConstraint(
                fields=["transaction"],
                condition=models.Q(is_latest=True),
                name="billing_cdr_one_latest",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-ended_at", "-id"], name="billing_cdr_recent"),
            models.Index(
                fields=["operator", "-ended_at"],
                condition=models.Q(needs_review=True, is_latest=True),
                name="billing_cdr_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} v{self.version}"
