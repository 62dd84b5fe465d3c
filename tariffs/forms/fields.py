"""Fields of the tariff editor: typed in the units of people, cleaned to the units of Terms."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tariffs.pricing.fields import plain

Label = Any  # a text, perhaps a lazy one
NO_VAT: Final = "-"
_DASHES: Final = {NO_VAT, "\u2013", "\u2014"}
DAYS: Final = ((0, _("Mon")), (1, _("Tue")), (2, _("Wed")), (3, _("Thu")), (4, _("Fri")), (5, _("Sat")), (6, _("Sun")))  # fmt: skip
PERIODS: Final = {60: _("minute"), 900: _("quarter of an hour"), 1800: _("half hour"), 3600: _("hour")}  # fmt: skip
_LEAP_YEAR: Final = 2000
_DAY: Final = timedelta(days=1)


class Exact(forms.DecimalField):
    """A decimal, with a point or a comma."""

    widget = forms.TextInput

    def __init__(self, label: Label, *, decimals: int = 6, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(label=label, max_digits=18, decimal_places=decimals, **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


class Scaled(Exact):
    """An amount that is whole in a smaller unit: kWh as Wh, minutes as seconds, kW as W."""

    def __init__(self, label: Label, *, factor: int, **options: Any) -> None:
        super().__init__(label, min_value=0, **options)
        self._factor = factor

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        if amount is None:
            return None
        small = amount * self._factor
        if small != int(small) or small > 2**31 - 1:
            raise ValidationError(gettext("Too large, or too fine."))
        return int(small)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return plain(round(Decimal(value) / self._factor, 6))
        return value


class Vat(Exact):
    """Per cent; a dash for "not applicable", which is not 0 %."""

    def __init__(self, label: Label, **options: Any) -> None:
        super().__init__(label, decimals=4, min_value=0, max_value=100, **options)

    def clean(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() in _DASHES:
            return NO_VAT
        return super().clean(value)


class Clock(forms.TimeField):
    """A wall clock's time, as the minute of the day."""

    def __init__(self, label: Label) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(label=label, required=False, widget=widget)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.hour * 60 + found.minute if isinstance(found, time) else None

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) else value


class Day(forms.DateField):
    """A date. With `is_last` people name the last day, Terms the one after it."""

    def __init__(self, label: Label, *, is_last: bool = False) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, required=False, widget=widget)
        self._after = _DAY if is_last else timedelta(0)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        try:
            return found + self._after if found else None
        except OverflowError:
            raise ValidationError(gettext("Too late a date.")) from None

    def prepare_value(self, value: Any) -> Any:
        return (value - self._after).isoformat() if isinstance(value, date) else value


class DayOfYear(forms.CharField):
    """A day and a month: "1 Nov", "1.11." or "11-01". With `is_last` as Day."""

    _NUMBERS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?|(\d{2})-(\d{2})", re.ASCII)
    _NAMED = re.compile(r"(\d{1,2})\.?\s*([^\W\d]{3,})\.?")

    def __init__(self, label: Label, *, is_last: bool = False) -> None:
        super().__init__(label=label, required=False, max_length=20)
        self._after = _DAY if is_last else timedelta(0)
        self.widget.attrs |= {"placeholder": gettext("1 Nov"), "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        day, month = self._parts(text)
        try:
            found = date(_LEAP_YEAR, month, day) + self._after
        except ValueError:
            raise ValidationError(gettext("A day and a month, such as 1 Nov.")) from None
        return found.month, found.day

    def _parts(self, text: str) -> tuple[int, int]:
        if found := self._NUMBERS.fullmatch(text):
            return int(found[1] or found[4]), int(found[2] or found[3])
        if found := self._NAMED.fullmatch(text):
            return int(found[1]), _month(found[2])
        return 0, 0

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        try:
            day = date(_LEAP_YEAR, *value) - self._after
        except ValueError:
            return ""
        return f"{day.day} {date_format(day, 'b').capitalize()}"


def _month(name: str) -> int:
    """Its number by a name or the beginning of one; 0 for none."""
    word = name.casefold()
    for names in (MONTHS_3, MONTHS):
        for number, known in names.items():
            if str(known).casefold().startswith(word) or word == str(known).casefold():
                return number
    return 0


class Days(forms.TypedMultipleChoiceField):
    """Weekdays; none chosen means every day."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: Label) -> None:
        super().__init__(label=label, required=False, choices=DAYS, coerce=int)

    def clean(self, value: Any) -> Any:
        return frozenset(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return sorted(value) if isinstance(value, frozenset) else value


class Period(forms.TypedChoiceField):
    """What a price of time buys, in seconds."""

    def __init__(self, label: Label, *, seconds: int | None = None, inherits: bool = False) -> None:
        choices: list[tuple[Any, Any]] = [("", _("as above"))] if inherits else []
        choices += PERIODS.items()
        if seconds and seconds not in PERIODS:
            choices.append((seconds, _("%(number)s seconds") % {"number": seconds}))
        super().__init__(label=label, required=False, choices=choices, coerce=int, empty_value=None)


def instant(label: Label, help_text: Label) -> forms.DateTimeField:
    """An instant, typed in the time zone of the page."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget, help_text=help_text)
