"""Forms of the page Certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.domain.certificates import RootUse
from chargers.forms.errors import ServiceForm
from chargers.models import CertificatePolicy, ChargingStation
from chargers.models.certificates import ROOT_USES
from chargers.services.certificates import roots, staff
from chargers.services.certificates.policy import MAX_RENEW_DAYS, change_policy

PEM_AREA = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"})
_MAX_PEM = 20_000


class RootForm(ServiceForm):
    use = forms.ChoiceField(label=_("Purpose"), choices=ROOT_USES)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    certificate = forms.CharField(
        label=_("Certificate (PEM)"), max_length=_MAX_PEM, widget=PEM_AREA
    )

    def save(self, *, operator: Operator, actor: Actor, now: datetime) -> None:
        """Raises UnableToChangeCertificate."""
        data = self.cleaned_data
        roots.add_root(
            operator=operator,
            use=RootUse(data["use"]),
            name=data["name"],
            pem=data["certificate"],
            actor=actor,
            now=now,
        )


class PolicyForm(ServiceForm):
    sign_automatically = forms.BooleanField(
        label=_("Sign good requests at once"),
        required=False,
        help_text=_("Otherwise they wait here for a person, or for a CA elsewhere."),
    )
    organization = forms.CharField(
        label=_("Organisation"),
        max_length=64,
        required=False,
        help_text=_("What a request must say as O. Empty: anything."),
    )
    renew_days = forms.IntegerField(
        label=_("Renew before expiry, days"),
        min_value=0,
        max_value=MAX_RENEW_DAYS,
        help_text=_("Stations are asked for a new request by then. 0: never."),
    )

    @classmethod
    def of(cls, policy: CertificatePolicy) -> PolicyForm:
        names = ("sign_automatically", "organization", "renew_days")
        return cls(initial={name: getattr(policy, name) for name in names})

    def save(self, *, operator: Operator, actor: Actor, now: datetime) -> None:
        """Raises UnableToChangeCertificate."""
        change_policy(operator=operator, actor=actor, now=now, **self.cleaned_data)


class RegisterForm(ServiceForm):
    certificate = forms.CharField(
        label=_("Certificate (PEM)"),
        max_length=_MAX_PEM,
        widget=PEM_AREA,
        help_text=_("Whoever holds its key is this station from now on. No private key here."),
    )

    def save(self, station: ChargingStation, *, actor: Actor, now: datetime) -> Any:
        """Raises UnableToChangeCertificate."""
        pem = self.cleaned_data["certificate"]
        return staff.register_certificate(station=station, pem=pem, actor=actor, now=now)
