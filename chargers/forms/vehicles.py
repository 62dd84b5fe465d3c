"""Who drives the vehicle that charged here as a stranger."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import UnableToManageToken
from accounts.models import Driver, IdToken, IdTokenType, Operator
from accounts.services.audit import Actor
from accounts.services.tokens import TokenDetails, add_id_token


class VehicleForm(forms.Form):
    """The driver by e-mail, as on the page of a new token."""

    driver: forms.ModelChoiceField[Driver] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="email",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        label=_("Driver's e-mail"),
        error_messages={"invalid_choice": _("No driver has this e-mail.")},
    )
    label = forms.CharField(
        label=_("Name of the vehicle"), max_length=80, required=False, help_text='Such as "ID.4".'
    )

    def __init__(self, *args: object, mac: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.mac = mac
        self.fields["driver"].queryset = Driver.objects.all()  # type: ignore[attr-defined]

    def save(self, *, operator: Operator, actor: Actor, now: datetime) -> IdToken:
        """Bind the vehicle to the driver. Raises UnableToManageToken."""
        details = TokenDetails(
            uid=self.mac, type=IdTokenType.MAC_ADDRESS, label=self.cleaned_data["label"]
        )
        return add_id_token(
            operator=operator,
            driver=self.cleaned_data["driver"],
            details=details,
            actor=actor,
            now=now,
        )

    def take(self, error: UnableToManageToken) -> None:
        """Show a refusal; the address itself is no field here."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, message)
