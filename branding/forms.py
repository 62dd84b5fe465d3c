from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from branding.logo import MAX_BYTES
from branding.models import Brand
from branding.services import BrandDetails

if TYPE_CHECKING:
    _BrandModelForm = forms.ModelForm[Brand]
else:
    _BrandModelForm = forms.ModelForm


class BrandForm(_BrandModelForm):
    logo_file = forms.FileField(
        label="Logo",
        required=False,
        help_text=f"PNG, JPEG or WebP, at most {MAX_BYTES // 1024} kB. Shown 32 pixels high.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label="Show the name instead of the logo", required=False)

    class Meta:
        model = Brand
        fields = [
            "name",
            "primary_color",
            "font",
            "radius_px",
            "scheme",
            "mail_from_name",
            "mail_from_address",
            "support_email",
            "support_phone",
        ]
        labels = {
            "primary_color": "Colour",
            "radius_px": "Corner radius in pixels",
            "scheme": "Light or dark",
            "mail_from_name": "Sender name of mails",
            "mail_from_address": "Sender address of mails",
            "support_email": "Support e-mail",
            "support_phone": "Support phone",
        }
        widgets = {"primary_color": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["remove_logo"]
        self.order_fields(["name", "logo_file", "remove_logo"])

    def details(self) -> BrandDetails:
        return BrandDetails(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})

    def logo_content(self) -> bytes | None:
        """The uploaded bytes, one more than allowed at most."""
        upload = self.cleaned_data.get("logo_file")
        return upload.read(MAX_BYTES + 1) if upload else None

    def _post_clean(self) -> None:
        """Model checks are the service's: one place decides, and the instance stays as it was."""
