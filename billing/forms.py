"""Filters of the list of records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.selectors.cdrs import CdrFilters
from chargers.models import Location
from common.widgets import PlainSelect

# Without a period the list shows the last 30 days, today included.
_DAYS = 30
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CdrFilterForm(forms.Form):
    """Everything optional; a date means that day in the operator's time zone."""

    since = forms.DateField(required=False, label=_("From"), widget=_DATE)
    until = forms.DateField(required=False, label=_("To"), widget=_DATE)
    location = forms.TypedChoiceField(
        required=False, label=_("Location"), widget=PlainSelect, empty_value=None
    )
    driver = forms.UUIDField(required=False, label=_("Driver"))
    review = forms.ChoiceField(
        choices=[("", ""), ("open", _("Needs review")), ("ready", _("Ready"))],
        required=False,
        label=_("Review"),
    )

    def __init__(self, *args: Any, time_zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(time_zone)
        self._today = now.astimezone(self._zone).date()
        field: Any = self.fields["location"]
        names = Location.objects.order_by("name", "id").values_list("pk", "name", "city")
        field.choices = [
            ("", _("Every location")),
            *((str(pk), f"{name}, {city}") for pk, name, city in names),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return values

    def filters(self) -> CdrFilters:
        """What is asked for; fields with errors do not filter."""
        self.is_valid()
        values = self.cleaned_data
        found = CdrFilters(
            location_id=values.get("location"),
            driver_id=values.get("driver"),
            needs_review={"open": True, "ready": False}.get(values.get("review", "")),
        )
        since, until = values.get("since"), values.get("until")
        if since is None and until is None and found.needs_review is not True:
            since = self._today - timedelta(days=_DAYS - 1)
        return replace(
            found,
            since=self._midnight(since) if since else None,
            until=self._midnight(until + timedelta(days=1)) if until else None,
        )

    def _midnight(self, day: Any) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)
