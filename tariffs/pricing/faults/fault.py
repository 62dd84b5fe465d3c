"""What a fault is, and the sentences of all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """ERROR: such a tariff is not accepted. WARNING: it is, and its author should have another look."""

    ERROR = "error"
    WARNING = "warning"


# English, one sentence each; an interface may translate them by code. Keys in braces are `params`.
ERRORS = {
    "currency_unknown": "{currency} is not a currency of ISO 4217.",
    "no_elements": "A tariff needs at least one element; a free one has a session fee of 0.",
    "too_many_elements": "A tariff has at most {most} elements.",
    "element_empty": "Element {element} prices nothing.",
    "component_twice": "Element {element} prices {dimension} twice.",
    "price_negative": "A price cannot be negative.",
    "amount_negative": "An amount cannot be negative.",
    "factor_negative": "The factor of a spot price cannot be negative.",
    "fallback_below_floor": "The fallback price is below the floor.",
    "vat_range": "VAT is from 0 to 100 per cent.",
    "step_negative": "A step cannot be negative.",
    "flat_step": "A fee per session has no step.",
    "spot_not_energy": "Only energy can follow a spot price.",
    "slot_minutes": "Slots of spot prices have 15, 30 or 60 minutes.",
    "per_seconds": "A price of time is for at least one second.",
    "per_seconds_not_time": "Only a price of time is for a number of seconds.",
    "limit_negative": "A limit cannot be negative.",
    "range_empty": "Nothing is from {low} to below {high}: the maximum must be above the minimum.",
    "dates_empty": "There is no day from {low} to before {high}: the end must be after the start.",
    "season_empty": "A season that ends where it begins has no day; leave both out for the whole year.",
    "season_date": "{date} is not a day of any year.",
    "total_empty": "A limit of the total needs a figure without VAT, with VAT, or both.",
    "total_gross_below_net": "The figure with VAT is below the one without.",
    "totals_cross": "The minimum is above the maximum.",
    "cap_dimension": "Only time and parking time can be capped.",
    "cap_nothing": "No element of a session prices {dimension}, so there is nothing to cap.",
    "cap_vat_differs": "{dimension} is priced with different VAT, so one cap cannot hold for it.",
    "cap_twice": "{dimension} is capped twice per {per}.",
    "reserved_dimension": "While reserved there is no {dimension}; price time or a fee.",
    "reserved_restriction": "While reserved nothing charges, so this can never hold.",
    "element_unreachable": "Element {element} is never used: {others} comes first and always applies when it does.",
}
WARNINGS = {
    "all_day": "Start and end are the same time of day, so it holds all day.",
    "component_unreachable": "{dimension} of element {element} is never charged: element {other} comes first and always applies when it does.",
    "overlap": "Elements {other} and {element} both price {dimension} {when}; element {other}, the earlier one, decides.",
    "overlaps_left_off": "There are more overlaps than are listed here.",
    "gap": "{dimension} is free {when}.",
    "gaps_left_off": "{dimension} is free in more cases than are listed here.",
    "gaps_not_analysed": "{dimension} has too many combinations of conditions to look for gaps.",
    "nothing_priced": "Neither energy nor time costs anything.",
    "no_grace": "The parking fee begins at once when charging ends; a grace period is usual.",
    "vat_missing": "Other prices of this tariff have VAT, this one has none.",
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong, or may be.

    Attributes:
        field: as in the document: `elements[0].restrictions.end_time`; "elements" for all of them.
        code: key of ERRORS or WARNINGS.
        params: what the sentence names, as texts and numbers.
    """

    field: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.code in ERRORS else Severity.WARNING

    @property
    def template(self) -> str:
        return ERRORS.get(self.code) or WARNINGS[self.code]

    @property
    def message(self) -> str:
        """The sentence for a person."""
        return self.template.format_map(self.params)


def fault(field: str, code: str, **params: str | int) -> Fault:
    return Fault(field=field, code=code, params=params)
