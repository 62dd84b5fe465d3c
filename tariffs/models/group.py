"""Who pays which tariff where: tariff groups and their assignments."""

from __future__ import annotations

from django.db import models

from accounts.models import DriverGroup, Operator
from chargers.models import ChargingStation, CurrentType, Evse, Location
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel
from tariffs.models.tariff import Tariff


class Audience(models.TextChoices):
    """Whom a tariff group is for."""

    EVERYONE = "everyone", "Everyone"
    REGISTERED = "registered", "Registered drivers"
    AD_HOC = "ad_hoc", "Guests who pay ad hoc"
    GROUPS = "groups", "Members of driver groups"


class TariffGroup(TenantModel, MainObject):
    """A column of the price list. Groups are asked in their order, the first that fits decides.

    Attributes:
        driver_groups: for the audience `groups`: manual groups, and plans, partners and roaming
            parties that higher apps mirror as driver groups.
        position: order in which groups are asked, smallest first; then by age.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="tariff_groups")
    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    driver_groups = models.ManyToManyField(DriverGroup, blank=True, related_name="tariff_groups")
    position = models.PositiveIntegerField(default=0)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "name"], name="tariffs_group_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class TariffAssignment(TenantModel, MainObject):
    """A cell of the price list: this group pays this tariff here; without a tariff: no charging here.

    The place is an EVSE, a station, a location, or, when all three are empty, the whole network.
    `current_type` narrows it to AC or DC plugs. Valid in [valid_from, valid_until).
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(TariffGroup, on_delete=models.CASCADE, related_name="assignments")
    tariff = models.ForeignKey(
        Tariff, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    station = models.ForeignKey(
        ChargingStation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    evse = models.ForeignKey(
        Evse, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    current_type = models.CharField(
        max_length=2, choices=CurrentType.choices, blank=True, default=""
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(location=None, station=None)
                    | models.Q(location=None, evse=None)
                    | models.Q(station=None, evse=None)
                ),
                name="tariffs_assignment_one_place",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(valid_from=None)
                    | models.Q(valid_until=None)
                    | models.Q(valid_until__gt=models.F("valid_from"))
                ),
                name="tariffs_assignment_validity",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "group"], name="tariffs_assignment_group"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} → {self.tariff_id or 'no charging'}"
