"""Filters of the list of sessions."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from chargers.forms.stations import LocationChoice
from chargers.models import Location, TransactionState
from chargers.selectors import TransactionFilters

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SessionFilterForm(forms.Form):
    """Everything optional; a date means that day in the operator's time zone."""

    state = forms.ChoiceField(
        choices=[("", ""), *TransactionState.choices], required=False, label=_("State")
    )
    review = forms.BooleanField(required=False, label=_("Needs review"))
    location = LocationChoice(label=_("Location"), required=False, empty_label=_("Every location"))
    station = forms.UUIDField(required=False, label=_("Station"))
    driver = forms.UUIDField(required=False, label=_("Driver"))
    token = forms.CharField(required=False, max_length=255, label=_("Token"))
    since = forms.DateField(required=False, label=_("From"), widget=_DATE)
    until = forms.DateField(required=False, label=_("To"), widget=_DATE)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return values

    def filters(self, time_zone: str) -> TransactionFilters:
        """What is asked for; fields with errors do not filter."""
        self.is_valid()
        values = self.cleaned_data
        zone = ZoneInfo(time_zone)
        since, until = values.get("since"), values.get("until")
        return TransactionFilters(
            state=values.get("state") or "",
            needs_review=bool(values.get("review")),
            location_id=_key(values.get("location")),
            station_id=values.get("station"),
            driver_id=values.get("driver"),
            token_uid=(values.get("token") or "").strip(),
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        )


def _key(location: Location | None) -> UUID | None:
    return location.pk if location else None
