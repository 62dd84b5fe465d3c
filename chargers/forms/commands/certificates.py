"""Forms about certificates that a station holds."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.exceptions import UnableToChangeCertificate, UnableToCommand
from chargers.forms.commands.base import CommandForm
from chargers.models import (
    InstalledCertificate,
    SigningRequest,
    SigningState,
    StationCommand,
    TrustedRoot,
)
from chargers.services.certificates import installed, staff
from chargers.views.rows import ConnectorView

PEM_AREA = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"})


class InstalledIdsForm(CommandForm):
    command = commands.GetInstalledCertificateIds
    title = _("Read installed certificates")
    text = _("The station names the certificates that it holds and trusts.")
    icon = "shield-check"
    submit = _("Read")

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return installed.read_installed(station=self.station, actor=actor, now=now)


class InstallRootForm(CommandForm):
    command = commands.InstallCertificate
    title = _("Install a root certificate")
    text = _("The station will trust what this CA signs.")
    icon = "shield-check"
    submit = _("Install")

    root = forms.ChoiceField(
        label=_("Root"), help_text=_("Roots are kept on the page Certificates.")
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        roots = TrustedRoot.objects.order_by("use", "name")
        self.roots = {str(root.pk): root for root in roots}
        self.choose(
            "root",
            [(key, f"{root.get_use_display()} · {root.name}") for key, root in self.roots.items()],
        )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        root = self.roots[self.cleaned_data["root"]]
        return installed.install_root(station=self.station, root=root, actor=actor, now=now)


class DeleteCertificateForm(CommandForm):
    command = commands.DeleteCertificate
    title = _("Delete a certificate")
    text = _("Without the right root a station cannot connect again over TLS.")
    icon = "trash"
    submit = _("Delete")
    danger = True

    certificate = forms.ChoiceField(
        label=_("Certificate"), help_text=_("As the station listed them when last read.")
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        rows = InstalledCertificate.objects.filter(station=self.station).order_by("use", "pk")
        self.held = {str(row.pk): row for row in rows}
        self.choose("certificate", [(key, str(row)) for key, row in self.held.items()])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return installed.delete_installed(
            station=self.station,
            certificate=self.held[self.cleaned_data["certificate"]],
            actor=actor,
            now=now,
        )


class CertificateSignedForm(CommandForm):
    command = commands.CertificateSigned
    title = _("Hand over a certificate")
    text = _("For a request of the station that a CA elsewhere has signed.")
    icon = "shield-check"
    submit = _("Hand over")

    request = forms.ChoiceField(label=_("Request"))
    chain = forms.CharField(
        label=_("Certificate and its CAs (PEM)"),
        strip=True,
        max_length=20_000,
        widget=PEM_AREA,
        help_text=_("The station's certificate first, then the CAs above it."),
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        rows = SigningRequest.objects.filter(station=self.station, state=SigningState.PENDING)
        self.requests = {str(row.pk): row for row in rows.select_related("operator")}
        self.choose(
            "request",
            [
                (key, f"{row.get_use_display()} · {row.received_at:%Y-%m-%d %H:%M}")
                for key, row in self.requests.items()
            ],
        )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        request = self.requests[self.cleaned_data["request"]]
        try:
            return staff.hand_over(
                request=request, chain_pem=self.cleaned_data["chain"], actor=actor, now=now
            )
        except UnableToChangeCertificate as error:
            raise UnableToCommand(error.message, errors=error.errors) from error
