"""A brand: how one operator looks and sounds to its people."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from accounts.models import Operator
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel


class Font(models.TextChoices):
    """Fonts that ship with the product (`branding.theme.FONTS` names the same)."""

    INTER = "Inter", "Inter"
    MANROPE = "Manrope", "Manrope"
    FIGTREE = "Figtree", "Figtree"
    PLUS_JAKARTA = "Plus Jakarta Sans", "Plus Jakarta Sans"
    SOURCE_SANS = "Source Sans 3", "Source Sans 3"
    LORA = "Lora", "Lora"
    SYSTEM = "system-ui", "System"


class Scheme(models.TextChoices):
    AUTO = "auto", "Follow the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Brand(TenantModel):
    """Theme tokens and contacts; `BrandHost` says on which host names it appears."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.OneToOneField(Operator, on_delete=models.CASCADE, related_name="brand")
    name = models.CharField(max_length=80)
    primary_color = models.CharField(
        max_length=7,
        default="#0b6e4f",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Enter a colour as #rrggbb.")],
    )
    font = models.CharField(max_length=30, choices=Font.choices, default=Font.INTER)
    radius_px = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(24)])
    logo = models.FileField(upload_to="brands/", blank=True)
    scheme = models.CharField(max_length=5, choices=Scheme.choices, default=Scheme.AUTO)
    mail_from_name = models.CharField(max_length=80, blank=True)
    mail_from_address = models.EmailField(blank=True)
    support_email = models.EmailField(blank=True)
    support_phone = models.CharField(max_length=30, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name


class BrandHost(TenantModel):
    """A host name that shows a brand."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(
        max_length=253, unique=True, help_text="Lower case, without scheme and port."
    )

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.host
