"""Public keys of meters, and the texts that a driver pastes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation
from chargers.ocmf.document import MAX_LENGTH
from chargers.ocmf.keys import MAX_KEY_LENGTH


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "autocomplete": "off"})


class MeterKeyForm(ServiceForm):
    """A key that is printed on a meter."""

    evse = forms.TypedChoiceField(label=_("Meter of"), coerce=int)
    key = forms.CharField(
        label=_("Public key"),
        max_length=MAX_KEY_LENGTH,
        widget=_area(3),
        help_text=_("As printed on the meter or told by its maker: hexadecimal or Base64."),
    )

    def __init__(self, data: Any, *, station: ChargingStation) -> None:
        super().__init__(data)
        numbers = [evse.number for evse in station.evses.all()]
        choices = [(number, f"EVSE {number}") for number in numbers]
        self.fields["evse"].choices = [*choices, (0, _("The whole station"))]  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """What a driver has at hand: the signed text, and the key when it does not travel with it."""

    text = forms.CharField(
        label=_("Signed meter value"),
        max_length=MAX_LENGTH,
        strip=False,
        widget=_area(8),
        help_text=_("The text that begins with OCMF, or the whole file for transparency software."),
    )
    key = forms.CharField(
        label=_("Public key"),
        required=False,
        max_length=MAX_KEY_LENGTH,
        widget=_area(3),
        help_text=_("It stands on the meter. Leave it empty when the file holds it."),
    )
