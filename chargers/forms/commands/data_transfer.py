"""Forms of vendor data and raw calls."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chargers.domain import commands
from chargers.forms.commands.base import CommandForm


class DataTransferForm(CommandForm):
    command = commands.DataTransfer
    title = _("Data transfer")
    text = _("Data that only this vendor's stations understand.")
    icon = "package"

    vendor_id = forms.CharField(label=_("Vendor id"), max_length=255)
    message_id = forms.CharField(label=_("Message id"), max_length=50, required=False)
    # Django takes fields out of the class, so this hides no attribute.
    data = forms.CharField(  # type: ignore[assignment]
        label=_("Data"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class CustomForm(CommandForm):
    command = commands.Custom
    title = _("Custom call")
    text = _("For experts: any action with any payload, sent as it stands.")
    icon = "code"
    danger = True

    action = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9]{0,49}$",
        label=_("Action"),
        help_text=_("Such as GetLocalListVersion."),
        error_messages={"invalid": _("Letters and digits only, at most 50.")},
    )
    payload = forms.CharField(
        label=_("Payload"),
        initial="{}",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )

    def clean_payload(self) -> dict[str, Any]:
        try:
            payload = json.loads(self.cleaned_data["payload"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON: %s") % error) from None
        if not isinstance(payload, dict):
            raise forms.ValidationError(_('The payload is a JSON object: {"key": "value"}.'))
        return payload
