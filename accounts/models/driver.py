"""Drivers, their groups and the tokens they charge with."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Lower, Upper

from accounts.models.operator import Operator
from accounts.models.user import User
from common.fields import MainObject
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class DriverGroup(TenantModel, MainObject):
    """A set of drivers. Higher apps mirror plans and roaming parties as groups of their own kind."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="driver_groups")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30, default="manual")

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "name"], name="accounts_group_name_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Driver(TenantModel, MainObject):
    """A customer of one operator. `user` is empty until the driver has a log-in."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="drivers")
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="driver"
    )
    full_name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=30, blank=True)
    groups = models.ManyToManyField(DriverGroup, blank=True, related_name="drivers")
    is_blocked = models.BooleanField(default=False)
    notes = models.TextField(blank=True)

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "operator", name="accounts_driver_email_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class IdTokenType(models.TextChoices):
    """OCPP 2.0.1 IdTokenEnumType; an OCPP 1.6 idTag is stored as ISO14443."""

    CENTRAL = "Central", "Central (app or back office)"
    EMAID = "eMAID", "eMAID (contract)"
    ISO14443 = "ISO14443", "RFID card (ISO 14443)"
    ISO15693 = "ISO15693", "RFID card (ISO 15693)"
    KEY_CODE = "KeyCode", "PIN code"
    LOCAL = "Local", "Local"
    MAC_ADDRESS = "MacAddress", "Vehicle (MAC address)"
    NO_AUTHORIZATION = "NoAuthorization", "No authorisation"


class IdToken(TenantModel):
    """Something that identifies who charges (OCPP IdToken): RFID card, app token, contract, vehicle.

    OCPP compares 1.6 idTags without regard to case, so uniqueness ignores case, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="id_tokens")
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.CASCADE, related_name="id_tokens"
    )
    uid = models.CharField(max_length=255, help_text="What the station reads, such as 04A2B9C2.")
    type = models.CharField(
        max_length=20, choices=IdTokenType.choices, default=IdTokenType.ISO14443
    )
    label = models.CharField(max_length=80, blank=True)
    is_blocked = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(Upper("uid"), "operator", name="accounts_idtoken_uid_unique"),
        ]

    def __str__(self) -> str:
        return self.label or self.uid

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
