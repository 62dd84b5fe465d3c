"""Where stations stand."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Operator
from common.fields import MainObject
from common.tenancy import ScopedManager, TenantModel


class Location(TenantModel, MainObject):
    """A site with one address and one time zone (OCPI Location)."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=120)
    postal_code = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, such as DK.")
    latitude = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    time_zone = models.CharField(max_length=64, help_text="IANA name, such as Europe/Copenhagen.")
    is_public = models.BooleanField(default=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "name"], name="chargers_location_name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__gte=-90, latitude__lte=90),
                name="chargers_location_latitude",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__gte=-180, longitude__lte=180),
                name="chargers_location_longitude",
            ),
        ]

    def __str__(self) -> str:
        return self.name
