"""allauth's forms, in our words: people type an e-mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from django import forms

from accounts.identity import possible_usernames
from accounts.middleware import host_operator_id
from accounts.models import User


def _email_field() -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    return forms.EmailField(label="E-mail", max_length=254, widget=widget)


class LogInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _email_field()
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def user_credentials(self) -> dict[str, str]:
        return {
            "username": self.cleaned_data["login"].strip().lower(),
            "password": self.cleaned_data["password"],
        }


class RequestResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Says the same whether the account exists; only accounts of this host are looked at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = _email_field()

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        names = possible_usernames(email, host_operator_id(context.request))
        self.users = list(User.objects.filter(username__in=names, is_active=True))
        return email
