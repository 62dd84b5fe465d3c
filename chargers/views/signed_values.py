"""Signed meter values on the session's page, keys of meters on the station's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers import ocmf
from chargers.exceptions import UnableToSaveMeterKey
from chargers.forms.signed_values import MeterKeyForm
from chargers.models import (
    ChargingStation,
    MeterPublicKey,
    SessionMeterCheck,
    SignedMeterValue,
    Transaction,
)
from chargers.selectors.signed_values import (
    meter_check,
    meter_keys,
    signed_values,
    transparency_file,
)
from chargers.services.signed.keys import add_meter_key, remove_meter_key
from chargers.views.parts import station_or_404
from common.clock import utc_now

_STATES = {
    "valid": "available",
    "invalid": "faulted",
    "unchecked": "unknown",
    "no_key": "warning",
    "unsupported": "warning",
    "incomplete": "warning",
    "unverified": "warning",
}
_VERDICTS: dict[str, tuple[Any, Any]] = {
    "valid": (
        lazy("The signature is valid"),
        lazy("These readings are as the meter signed them. Nothing was changed since."),
    ),
    "invalid": (
        lazy("Not valid"),
        lazy("The signed values do not prove this charging session."),
    ),
    "incomplete": (
        lazy("Incomplete"),
        lazy("The signatures are valid, but the begin or the end reading is missing."),
    ),
    "unverified": (
        lazy("Not verified"),
        lazy("The signatures could not be checked here."),
    ),
}
_CONTEXTS: dict[str, Any] = {
    "Transaction.Begin": lazy("Begin"),
    "Transaction.End": lazy("End"),
    "Sample.Periodic": lazy("While charging"),
}
_REASONS: dict[str, Any] = {
    "B": lazy("Begin"),
    "C": lazy("While charging"),
    "S": lazy("Suspended"),
    "T": lazy("Tariff change"),
    "X": lazy("Fault"),
}


def verdict_view(verdict: str) -> dict[str, str]:
    """A verdict as a state of `common.states`, a title and a sentence."""
    title, text = _VERDICTS[verdict]
    note = {"valid": "success", "invalid": "error"}.get(verdict, "warning")
    return {"state": _STATES[verdict], "note": note, "title": str(title), "text": str(text)}


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A signed value in a list."""

    value: SignedMeterValue

    @property
    def state(self) -> str:
        return _STATES.get(self.value.status, "unknown")

    @property
    def moment(self) -> str:
        reason = self.value.reading_reason
        if reason and reason in "ELRAP":
            return _("End")
        context = self.value.context
        return str(_REASONS.get(reason) or _CONTEXTS.get(context) or context or _("Reading"))


def shown_values(values: Iterable[SignedMeterValue]) -> list[ShownValue]:
    return [ShownValue(value) for value in values]


def pair_rows(judgement: ocmf.Judgement) -> list[dict[str, Any]]:
    """Begin and end of a judgement as a page shows them."""
    found = [
        (_("Begin"), judgement.begin),
        (_("End"), judgement.end),
    ]
    return [_pair_row(label, one) for label, one in found if one is not None]


def _pair_row(label: str, one: ocmf.SessionReading) -> dict[str, Any]:
    payload = one.value.document.payload
    return {
        "label": label,
        "energy_wh": one.reading.energy_wh,
        "at": one.reading.at,
        "meter": payload.meter,
        "pagination": str(payload.pagination or ""),
    }


def stored_pair(check: SessionMeterCheck) -> list[dict[str, Any]]:
    """Begin and end of a stored check as a page shows them."""
    found = [(_("Begin"), check.begin), (_("End"), check.end)]
    return [
        {
            "label": label,
            "energy_wh": Decimal(told["energy_wh"]),
            "at": datetime.fromisoformat(told["at"]) if told["at"] else None,
            "meter": told["meter"],
            "pagination": told["pagination"],
        }
        for label, told in found
        if told
    ]


def signed_panel(request: HttpRequest, transaction: Transaction) -> dict[str, Any]:
    """Context of the panel on the session's page; empty without signed values."""
    values = signed_values(transaction.pk)
    if not values:
        return {}
    check = meter_check(transaction.pk)
    return {
        "signed": shown_values(values),
        "meter_check": check,
        "meter_verdict": verdict_view(check.verdict) if check else None,
        "meter_pair": stored_pair(check) if check else [],
        "check_url": request.build_absolute_uri(
            reverse("chargers:check_session", args=[check.token])
        )
        if check
        else "",
    }


@require_GET
@require(Permission.TRANSACTIONS_VIEW)
def signed_values_file(request: HttpRequest, transaction_id: UUID) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    transaction = get_object_or_404(Transaction.objects.all(), pk=transaction_id)
    values = signed_values(transaction.pk)
    if not values:
        raise Http404
    response = HttpResponse(
        transparency_file(transaction.station_ref, values), content_type="application/xml"
    )
    response["Content-Disposition"] = 'attachment; filename="signed-meter-values.xml"'
    return response


def key_panel(station: ChargingStation) -> dict[str, Any]:
    """Context of the keys on the station's settings."""
    return {
        "meter_keys": meter_keys(station.pk),
        "meter_key_form": MeterKeyForm(None, station=station),
    }


@require_POST
@require(Permission.STATIONS_MANAGE)
def add_key(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = MeterKeyForm(request.POST, station=station)
    if form.is_valid():
        try:
            add_meter_key(
                station=station,
                evse_number=form.cleaned_data["evse"],
                key=form.cleaned_data["key"],
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToSaveMeterKey as error:
            form.take(error)
        else:
            messages.success(request, _("The key is kept. Stored values are checked with it now."))
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return redirect("chargers:station_settings", station.pk)


@require_POST
@require(Permission.STATIONS_MANAGE)
def remove_key(request: HttpRequest, station_id: UUID, key_id: int) -> HttpResponse:
    station = station_or_404(station_id)
    key = get_object_or_404(MeterPublicKey.objects.select_related("station__operator"), pk=key_id,
                            station=station)  # fmt: skip
    remove_meter_key(key=key, actor=actor_of(request), now=utc_now())
    messages.success(request, _("The key was removed."))
    return redirect("chargers:station_settings", station.pk)
