"""What the versions of OCPI know of tariffs (2.1.1 §11, 2.2.1 §11, 2.3.0 §11)."""

from __future__ import annotations

from enum import StrEnum


class Version(StrEnum):
    V211 = "2.1.1"
    V221 = "2.2.1"
    V230 = "2.3.0"


class TariffType(StrEnum):
    AD_HOC_PAYMENT = "AD_HOC_PAYMENT"
    PROFILE_CHEAP = "PROFILE_CHEAP"
    PROFILE_FAST = "PROFILE_FAST"
    PROFILE_GREEN = "PROFILE_GREEN"
    REGULAR = "REGULAR"


_OLD_RESTRICTIONS = frozenset(
    [
        "start_time",
        "end_time",
        "start_date",
        "end_date",
        "min_kwh",
        "max_kwh",
        "min_power",
        "max_power",
        "min_duration",
        "max_duration",
        "day_of_week",
    ]
)
_RESTRICTIONS = _OLD_RESTRICTIONS | {"min_current", "max_current", "reservation"}
RESTRICTIONS = {
    Version.V211: _OLD_RESTRICTIONS,
    Version.V221: _RESTRICTIONS,
    Version.V230: _RESTRICTIONS,
}

_OLD_COMPONENT = frozenset({"type", "price", "step_size"})
COMPONENT = {
    Version.V211: _OLD_COMPONENT,
    Version.V221: _OLD_COMPONENT | {"vat"},
    Version.V230: _OLD_COMPONENT | {"vat"},
}

# the keys of a limit of the total: without VAT, with VAT; None: the version has none
LIMIT = {
    Version.V211: None,
    Version.V221: ("excl_vat", "incl_vat"),
    Version.V230: ("before_taxes", "after_taxes"),
}

# what a tariff says beyond its price, and what is needed of it
_OLD_IDENTITY = ("id", "tariff_alt_text", "tariff_alt_url", "energy_mix", "last_updated")
_IDENTITY = (
    "country_code", "party_id", "id", "type", "tariff_alt_text", "tariff_alt_url",
    "start_date_time", "end_date_time", "energy_mix", "last_updated",
)  # fmt: skip
IDENTITY = {Version.V211: _OLD_IDENTITY, Version.V221: _IDENTITY, Version.V230: _IDENTITY}

# numbers of OCPI have four decimals
DECIMALS = 4
