"""What a tariff is called."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tariffs.services.tariffs import TariffChanges


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("What drivers read about it. Empty: words made from the prices."),
    )

    def changes(self) -> TariffChanges:
        return TariffChanges(
            name=self.cleaned_data["name"], description=self.cleaned_data["description"]
        )
