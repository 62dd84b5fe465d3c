"""The page Certificates, and what is done there and on a station's Security tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of, operator_of
from accounts.policy import Permission, require
from chargers.exceptions import UnableTo, UnableToChangeCertificate
from chargers.forms.certificates import PolicyForm, RegisterForm, RootForm
from chargers.models import (
    AuthorityPurpose,
    ChargingStation,
    OperatorAuthority,
    SigningRequest,
    StationCertificate,
    TrustedRoot,
)
from chargers.selectors import certificates as selectors
from chargers.services.certificates import installed, roots, staff
from chargers.services.certificates.policy import policy_of
from chargers.views.parts import station_or_404
from common.clock import utc_now

_MAY_VIEW, _MAY_MANAGE = Permission.STATIONS_VIEW, Permission.STATIONS_MANAGE
_Row = TypeVar("_Row", bound=Model)


@require(_MAY_VIEW)
def certificate_list(request: HttpRequest) -> HttpResponse:
    policy = policy_of(operator_id=operator_of(request).pk)
    return _page(request, root_form=RootForm(), policy_form=PolicyForm.of(policy))


def _page(request: HttpRequest, *, root_form: RootForm, policy_form: PolicyForm) -> HttpResponse:
    now = utc_now()
    found = list(selectors.expiring_certificates(now=now)[: selectors.SHOWN])
    context = {
        "expiring": [selectors.certificate_view(row, now) for row in found],
        "waiting": list(selectors.waiting_requests()[: selectors.SHOWN]),
        "roots": list(TrustedRoot.objects.order_by("use", "name")),
        "authorities": list(OperatorAuthority.objects.order_by("purpose")),
        "root_form": root_form,
        "policy_form": policy_form,
    }
    return render(request, "chargers/certificates.html", context)


@require(_MAY_VIEW)
def authority_root(request: HttpRequest, purpose: str) -> HttpResponse:  # noqa: ARG001
    """The root certificate of one of the operator's CAs, as a file."""
    row = OperatorAuthority.objects.filter(purpose=purpose).first()
    if row is None or purpose not in AuthorityPurpose.values:
        raise Http404
    response = HttpResponse(row.root_pem, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="{purpose}-root.pem"'
    return response


@require_POST
@require(_MAY_MANAGE)
def add_root(request: HttpRequest) -> HttpResponse:
    form = RootForm(request.POST)
    if _saved(form, operator=operator_of(request), actor=actor_of(request), now=utc_now()):
        messages.success(request, _("The root is trusted."))
        return redirect("chargers:certificates")
    policy = policy_of(operator_id=operator_of(request).pk)
    return _page(request, root_form=form, policy_form=PolicyForm.of(policy))


@require_POST
@require(_MAY_MANAGE)
def change_policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST)
    if _saved(form, operator=operator_of(request), actor=actor_of(request), now=utc_now()):
        messages.success(request, _("Saved."))
        return redirect("chargers:certificates")
    return _page(request, root_form=RootForm(), policy_form=form)


def _saved(form: Any, **values: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save(**values)
    except UnableToChangeCertificate as error:
        form.take(error)
        return False
    return True


@require_POST
@require(_MAY_MANAGE)
def delete_root(request: HttpRequest) -> HttpResponse:
    root = _named(request, TrustedRoot.objects.select_related("operator"))
    roots.delete_root(root=root, actor=actor_of(request), now=utc_now())
    messages.success(request, _("The root is trusted no longer."))
    return redirect("chargers:certificates")


@require_POST
@require(Permission.STATIONS_COMMAND)
def install_root(request: HttpRequest) -> HttpResponse:
    """At every station that can be reached."""
    root = _named(request, TrustedRoot.objects.all())
    stations = ChargingStation.objects.select_related("operator").order_by("pk")
    asked, missed = installed.install_root_everywhere(
        stations=stations, root=root, actor=actor_of(request), now=utc_now()
    )
    text = _("Sent to %(asked)d stations; %(missed)d cannot be reached.")
    messages.success(request, text % {"asked": asked, "missed": missed})
    return redirect("chargers:certificates")


@require_POST
@require(_MAY_MANAGE)
def sign_request(request: HttpRequest) -> HttpResponse:
    row = _named(request, SigningRequest.objects.select_related("operator"))
    return _done(
        request,
        lambda: staff.sign_by_hand(request=row, actor=actor_of(request), now=utc_now()),
        _("Signed. The certificate is on its way to the station."),
    )


@require_POST
@require(_MAY_MANAGE)
def refuse_request(request: HttpRequest) -> HttpResponse:
    row = _named(request, SigningRequest.objects.select_related("operator"))
    return _done(
        request,
        lambda: staff.refuse_by_hand(
            request=row, reason="", actor=actor_of(request), now=utc_now()
        ),
        _("Refused."),
    )


@require_POST
@require(_MAY_MANAGE)
def revoke_certificate(request: HttpRequest) -> HttpResponse:
    row = _named(request, StationCertificate.objects.select_related("operator"))
    _done(
        request,
        lambda: staff.revoke_certificate(
            certificate=row, reason="", actor=actor_of(request), now=utc_now()
        ),
        _("Revoked. The station's connection is closed."),
    )
    return redirect("chargers:station_security", row.station_id)


@require_POST
@require(_MAY_MANAGE)
def register_certificate(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = RegisterForm(request.POST)
    if form.is_valid():
        try:
            form.save(station, actor=actor_of(request), now=utc_now())
        except UnableToChangeCertificate as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The certificate belongs to this station now."))
    else:
        messages.error(request, _("Paste the certificate in PEM form."))
    return redirect("chargers:station_security", station.pk)


def _done(request: HttpRequest, call: Callable[[], Any], sentence: str) -> HttpResponse:
    try:
        call()
    except UnableTo as error:
        messages.error(request, error.message)
    else:
        messages.success(request, sentence)
    return redirect("chargers:certificates")


def _named(request: HttpRequest, rows: QuerySet[_Row]) -> _Row:
    """The row that the form names; another operator's is as good as none."""
    try:
        row = rows.filter(pk=UUID(request.POST.get("id", ""))).first()
    except ValueError:
        row = None
    if row is None:
        raise Http404
    return row


def certificates_panel(station: ChargingStation) -> dict[str, Any]:
    """Context of `chargers/station/_certificates.html`."""
    now = utc_now()
    return {
        "certificates": selectors.certificates_of(station_id=station.pk, now=now),
        "requests": selectors.requests_of(station_id=station.pk),
        "installed": selectors.installed_at(station_id=station.pk),
        "register_form": RegisterForm(),
    }
