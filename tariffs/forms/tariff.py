"""The editor of a tariff: cards with prices, and rows for what is different at certain times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tariffs.forms.cards import Filled, cards_from, filled_of
from tariffs.forms.fields import Clock, Exact, Period, Scaled, Vat
from tariffs.forms.rows import CONDITIONS, RowView, row_fields
from tariffs.pricing.cards import Cards, Kind, cards_of, say_the_same, terms_of
from tariffs.pricing.terms import Terms

_KEY: Final = re.compile(r"[a-z0-9_]{1,16}", re.ASCII)
MOST_ROWS: Final = 60
_OWN_VAT: Final = _("Other than above; a dash where VAT does not apply.")
_SLOTS: Final = ((60, _("hour")), (30, _("half hour")), (15, _("quarter of an hour")))


class TariffForm(forms.Form):
    """Prices by cards. The fields of rows are named by card and key: `energy_r0_price`.

    A form in half-filled state gives the cards of what is filled in (`cards`).
    """

    tax_included = forms.BooleanField(label=_("Prices include VAT"), required=False)
    vat = Vat(_("VAT, %"), help_text=_("Empty where VAT does not apply."))

    energy_price = Exact(_("Price per kWh"))
    energy_free = Scaled(_("First kWh free"), factor=1000)
    energy_vat = Vat(_("VAT of energy, %"), help_text=_OWN_VAT)
    energy_step = Scaled(_("Rounded up to full kWh of"), factor=1000)
    energy_market = forms.BooleanField(
        label=_("Follows the spot price"),
        required=False,
        help_text=_("The price above is then the mark-up on what a kWh costs on the market."),
    )
    spot_area = forms.CharField(
        label=_("Bidding zone"), max_length=20, required=False, help_text=_("Such as DK1 or DE-LU.")
    )
    spot_slot = forms.TypedChoiceField(
        label=_("A price for each"), choices=_SLOTS, required=False, coerce=int, empty_value=None
    )
    spot_factor = Exact(_("Factor"), help_text=_("1.2 passes the spot price on with 20 % more."))
    spot_fallback = Exact(
        _("Price when the spot price is unknown"), help_text=_("Per kWh, mark-up included.")
    )
    spot_floor = Exact(_("A kWh costs at least"))
    spot_open = forms.BooleanField(
        label=_("Pass negative prices on: a kWh may cost less than nothing"), required=False
    )

    fee_price = Exact(_("Fee per session"))
    fee_after_minutes = Scaled(_("Only after minutes"), factor=60)
    fee_after_kwh = Scaled(_("Only after kWh"), factor=1000)
    fee_vat = Vat(_("VAT of the session fee, %"), help_text=_OWN_VAT)

    time_price = Exact(_("Price while charging"))
    time_free = Scaled(_("First minutes free"), factor=60)
    time_cap_session = Exact(_("At most per session"), min_value=0)
    time_cap_day = Exact(_("At most per day"), min_value=0)
    time_vat = Vat(_("VAT of charging time, %"), help_text=_OWN_VAT)
    time_step = Scaled(_("Rounded up to full minutes of"), factor=60)

    idle_price = Exact(_("Price while not charging"))
    idle_grace = Scaled(_("Free minutes after charging ends"), factor=60)
    idle_start = Clock(_("Only from"))
    idle_end = Clock(_("until"))
    idle_cap_session = Exact(_("At most per session"), min_value=0)
    idle_cap_day = Exact(_("At most per day"), min_value=0)
    idle_vat = Vat(_("VAT of idle time, %"), help_text=_OWN_VAT)
    idle_step = Scaled(_("Rounded up to full minutes of"), factor=60)

    reserve_fee = Exact(_("Fee for a reservation"))
    reserve_price = Exact(_("Price while reserved"))
    reserve_lapsed = Exact(_("Fee when nobody comes"), help_text=_("In place of the fee."))
    reserve_step = Scaled(_("Rounded up to full minutes of"), factor=60)
    reserve_vat = Vat(_("VAT of reservations, %"), help_text=_OWN_VAT)

    min_net = Exact(_("At least, without VAT"), min_value=0)
    min_gross = Exact(_("At least, with VAT"), min_value=0)
    max_net = Exact(_("At most, without VAT"), min_value=0)
    max_gross = Exact(_("At most, with VAT"), min_value=0)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        currency: str,
        filled: Filled | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        start = {"time_per": 60, "idle_per": 60, "reserve_per": 60, "spot_slot": 60}
        shown = (filled or Filled()).values
        super().__init__(data, initial={**start, **shown, **(initial or {})})
        self.money = currency
        self.filled = filled or Filled(values=dict(initial or {}))
        for name in ("time", "idle", "reserve"):
            seconds = shown.get(f"{name}_per") or _whole(data and data.get(f"{name}_per"))
            self.fields[f"{name}_per"] = Period(_("for each"), seconds=seconds)
        self.row_keys = _typed_keys(data) if data is not None else (filled or Filled()).rows
        self._left_out = data is not None and any(
            len(data.getlist(f"{kind}_rows")) > MOST_ROWS for kind in Kind
        )
        for kind, key in self._keys():
            self._add_row(kind, key)

    def _keys(self) -> Iterator[tuple[Kind, str]]:
        for kind in Kind:
            for key in self.row_keys.get(kind, []):
                yield kind, key

    def _add_row(self, kind: Kind, key: str) -> None:
        for name, field in row_fields(kind).items():
            self.fields[f"{kind}_{key}_{name}"] = field

    def add_row(self, kind: Kind) -> None:
        """Room for one more row, for browsers without scripts."""
        taken = self.row_keys.setdefault(kind, [])
        key = next(name for n in range(MOST_ROWS + 1) if (name := f"n{n}") not in taken)
        taken.append(key)
        self._add_row(kind, key)

    def rows(self, kind: Kind) -> list[RowView]:
        return [RowView(self, kind, key) for key in self.row_keys.get(kind, [])]

    @cached_property
    def cards(self) -> Cards:
        """What is filled in and makes sense by itself; after `is_valid()`, whatever it said."""
        return cards_from(self.cleaned_data, self.row_keys, currency=self.money)

    @property
    def priced_rows(self) -> dict[Kind, list[str]]:
        """The rows that stand in `cards`."""
        return {
            kind: [k for k in keys if self.cleaned_data.get(f"{kind}_{k}_price") is not None]
            for kind, keys in self.row_keys.items()
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._check_rows(values)
        if self._left_out:
            words = _("A card holds at most %(most)s rows; the others were left out.")
            self.add_error(None, words % {"most": MOST_ROWS})
        follows = any(name.endswith("_market") and value for name, value in values.items())
        if follows and not values.get("spot_area") and "spot_area" not in self.errors:
            self.add_error("spot_area", _("Which market? Its bidding zone is missing."))
        return values

    def _check_rows(self, values: Mapping[str, Any]) -> None:
        """A row that says when must say how much."""
        for kind, key in self._keys():
            prefix = f"{kind}_{key}_"
            name = f"{prefix}price"
            if values.get(name) is None and name not in self.errors and self._says_when(prefix):
                error = forms.ValidationError(_("Name the price, or remove this."), code="required")
                self.add_error(name, error)

    def _says_when(self, prefix: str) -> bool:
        names = (*CONDITIONS, "min_power", "max_power")
        return any(self.cleaned_data.get(f"{prefix}{name}") for name in names)


def _whole(text: Any) -> int | None:
    known = isinstance(text, str) and re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII)
    return int(text) if known else None


def _typed_keys(data: QueryDict) -> dict[Kind, list[str]]:
    """The rows in the order of the page; those that were taken away are left out."""
    removed = set(data.getlist("remove_row"))
    return {
        kind: [
            key
            for key in dict.fromkeys(data.getlist(f"{kind}_rows")[:MOST_ROWS])
            if _KEY.fullmatch(key) and f"{kind}:{key}" not in removed
        ]
        for kind in Kind
    }


def filled_for(terms: Terms) -> Filled | None:
    """The editor's values for a tariff; None when the cards would not say exactly the same.

    What the form would read back decides, so that nothing is lost in silence.
    """
    cards = cards_of(terms)
    if cards is None:
        return None
    filled = filled_of(cards)
    form = TariffForm(as_typed(filled, currency=terms.currency), currency=terms.currency)
    if form.is_valid() and say_the_same(terms_of(form.cards), terms):
        return filled
    return None


def as_typed(filled: Filled, *, currency: str) -> QueryDict:
    """What a browser sends for these values."""
    form = TariffForm(currency=currency, filled=filled)
    data = QueryDict(mutable=True)
    for kind, keys in filled.rows.items():
        data.setlist(f"{kind}_rows", keys)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list):
            data.setlist(name, [str(one) for one in value])
        elif value not in (None, "", False):
            data[name] = "on" if value is True else str(value)
    return data
