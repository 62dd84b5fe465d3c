"""Tariffs and their versions: what charging costs, and from when."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator, User
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class Tariff(TenantModel, MainObject):
    """A price list with a name. Its prices stand in its versions, the newest valid one counts.

    Attributes:
        description: what drivers read of it; "" for words made from the terms.
        currency: ISO 4217; every version has it.
        ocpi: what an imported OCPI tariff says beyond its price, kept for the way back.
        archived_at: it is offered and assigned no more; sessions that pinned it are not touched.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="tariffs")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True, default="")
    currency = models.CharField(max_length=3)
    ocpi = models.JSONField(default=dict, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "name"],
                condition=models.Q(archived_at=None),
                name="tariffs_tariff_name_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TariffVersion(TenantModel, MainObject):
    """The terms of a tariff from an instant on, until the next version begins. Never changed.

    Attributes:
        number: from 1, in order of writing.
        terms: `tariffs.pricing.document` of it.
        valid_from: UTC; a version of the future may be withdrawn, one that has begun may not.
        max_energy_wh, max_duration_s, max_amount_minor: a session is stopped there; None: no limit.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    valid_from = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    max_energy_wh = models.PositiveIntegerField(null=True, blank=True)
    max_duration_s = models.PositiveIntegerField(null=True, blank=True)
    max_amount_minor = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "number"], name="tariffs_version_number_unique"
            ),
            models.UniqueConstraint(
                fields=["tariff", "valid_from"],
                condition=models.Q(withdrawn_at=None),
                name="tariffs_version_begin_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tariff_id} v{self.number}"


class SpotPrice(TenantModel):
    """What a kWh costs on the market in one slot, net. A price once stored is not changed."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    area = models.CharField(max_length=20, help_text="Bidding zone, such as DK1.")
    currency = models.CharField(max_length=3)
    slot_minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    price = models.DecimalField(max_digits=12, decimal_places=6)
    received_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "area", "currency", "slot_minutes", "starts_at"],
                name="tariffs_spot_price_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(slot_minutes__in=[15, 30, 60]), name="tariffs_spot_price_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.starts_at:%Y-%m-%d %H:%M} {self.price}"
