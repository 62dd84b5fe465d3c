"""Forms of the portal; they parse, the services decide."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Driver, DriverGroup, IdTokenType, Role
from accounts.policy import API_SCOPES, ROLES, Permission
from accounts.services.drivers import DriverDetails
from accounts.services.tokens import TokenDetails

if TYPE_CHECKING:
    _DriverModelForm = forms.ModelForm[Driver]
else:
    _DriverModelForm = forms.ModelForm

PERMISSION_LABELS = {
    Permission.NETWORK_VIEW: "See the network's figures",
    Permission.LOCATIONS_VIEW: "See locations",
    Permission.LOCATIONS_MANAGE: "Add and change locations",
    Permission.STATIONS_VIEW: "See stations and connectors",
    Permission.STATIONS_MANAGE: "Add and change stations",
    Permission.STATIONS_COMMAND: "Send commands to stations",
    Permission.LOGS_VIEW: "Read message logs",
    Permission.TRANSACTIONS_VIEW: "See transactions",
    Permission.TRANSACTIONS_MANAGE: "Correct transactions",
    Permission.TARIFFS_VIEW: "See tariffs and who pays them",
    Permission.TARIFFS_MANAGE: "Add, change and assign tariffs",
    Permission.BILLING_VIEW: "See what sessions cost",
    Permission.BILLING_MANAGE: "Correct what sessions cost",
    Permission.DRIVERS_VIEW: "See drivers and tokens",
    Permission.DRIVERS_MANAGE: "Add and change drivers and tokens",
    Permission.USERS_MANAGE: "Invite users and set roles",
    Permission.AUDIT_VIEW: "Read the audit log",
    Permission.API_KEYS_MANAGE: "Make and revoke API keys",
    Permission.SETTINGS_MANAGE: "Change brand and settings",
}

ROLE_NOTES = {
    Role.ADMIN: "Everything, with users, API keys and settings.",
    Role.OPERATIONS: "Runs the network: stations, locations, transactions.",
    Role.SUPPORT: "Helps drivers: drivers, tokens, remote commands.",
    Role.FINANCE: "Transactions, drivers and the audit log.",
    Role.TECHNICIAN: "Sets stations up and repairs them.",
    Role.VIEWER: "Sees the network and changes nothing.",
}


class DriverForm(_DriverModelForm):
    groups: forms.ModelMultipleChoiceField[DriverGroup] = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Groups decide where a driver may charge and at which price.",
    )

    class Meta:
        model = Driver
        fields = ["full_name", "email", "phone", "groups", "notes", "external_id"]
        labels = {"email": "E-mail", "external_id": "External ID"}
        help_texts = {
            "notes": "Seen by staff only.",
            "external_id": "The driver's number in another system, found by the API.",
        }
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 3}),
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = DriverGroup.objects.order_by("name")
        self.fields["groups"].queryset = groups  # type: ignore[attr-defined]
        if not groups:
            del self.fields["groups"]

    def details(self) -> DriverDetails:
        names = ("full_name", "email", "phone", "notes", "external_id")
        return DriverDetails(**{name: self.cleaned_data[name] for name in names})

    def chosen_groups(self) -> list[DriverGroup]:
        return list(self.cleaned_data.get("groups") or ())

    def _post_clean(self) -> None:
        """Model checks are the service's, so that API and portal say the same."""


class GroupForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name of the group")


class TokenForm(forms.Form):
    uid = forms.CharField(
        max_length=60,
        label="Number",
        help_text="As printed on the card or shown by a station, such as 04:A2:B9:C2.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    type = forms.ChoiceField(choices=IdTokenType.choices, initial=IdTokenType.ISO14443)
    driver: forms.ModelChoiceField[Driver] = forms.ModelChoiceField(
        queryset=None,
        required=False,
        to_field_name="email",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        label="Driver's e-mail",
        help_text="Leave empty for a card that belongs to nobody in particular.",
        error_messages={"invalid_choice": "No driver has this e-mail."},
    )
    label = forms.CharField(max_length=80, required=False, help_text='Such as "white card".')
    expires_on = forms.DateField(
        required=False,
        label="Valid until",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["driver"].queryset = Driver.objects.all()  # type: ignore[attr-defined]

    def details(self) -> TokenDetails:
        data = self.cleaned_data
        return TokenDetails(
            uid=data["uid"],
            type=data["type"],
            label=data["label"],
            expires_at=end_of_day(data["expires_on"]),
        )


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    full_name = forms.CharField(max_length=120, label="Name", required=False)
    role = forms.ChoiceField(
        choices=Role.choices, widget=forms.RadioSelect, initial=Role.OPERATIONS
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{role.label}: {ROLE_NOTES[role]}") for role in Role
        ]


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class ApiKeyForm(forms.Form):
    name = forms.CharField(max_length=80, help_text='What uses it, such as "Billing export".')
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="What it may do")
    expires_on = forms.DateField(
        required=False, label="Valid until", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, grantable: frozenset[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (permission.value, PERMISSION_LABELS[permission])
            for permission in Permission
            if permission in API_SCOPES & grantable
        ]

    def expires_at(self) -> datetime | None:
        return end_of_day(self.cleaned_data["expires_on"])


def end_of_day(date: Any) -> datetime | None:
    """The last second of a day, UTC; None for no day."""
    return datetime.combine(date, time(23, 59, 59), tzinfo=UTC) if date else None


def role_table() -> list[dict[str, Any]]:
    """Every role with what it may do, for the page of users."""
    return [
        {
            "role": role,
            "note": ROLE_NOTES[role],
            "permissions": [PERMISSION_LABELS[p] for p in Permission if p in ROLES[role]],
        }
        for role in Role
    ]
