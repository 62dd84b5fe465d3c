"""Limits, profiles and wishes of vehicles as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
)
from chargers.models import ChargingNeeds, ExternalLimit, ProfileSource, ProfileStatus
from chargers.models import ChargingProfile as ProfileRow
from chargers.services.charging.effects import LOST
from common.formats import kw, kwh, with_unit

_SHOWN_PERIODS = 4


def purpose_words(purpose: str) -> str:
    """Whom a profile is for; the standard's own word for one that nobody foresaw."""
    known = {
        ProfilePurpose.STATION_MAX: _("Whole station together"),
        ProfilePurpose.TX_DEFAULT: _("Each session"),
        ProfilePurpose.TX: _("One session"),
        ProfilePurpose.EXTERNAL: _("Limit from outside"),
        ProfilePurpose.PRIORITY: _("Priority charging"),
        ProfilePurpose.LOCAL_GENERATION: _("Local generation"),
    }
    return {str(key): words for key, words in known.items()}.get(purpose, purpose)


def place_words(evse: int) -> str:
    return f"EVSE {evse}" if evse else _("Whole station")


def rate_words(limit: float | None, unit: str) -> str:
    """A limit with its unit: "16 A", "7.4 kW", "no limit"."""
    if limit is None:
        return _("no limit")
    if unit == RateUnit.WATTS:
        return kw(limit)
    return with_unit(limit, "A", 0 if float(limit).is_integer() else 1)


def period_words(periods: Iterable[Period], unit: str) -> str:
    """The limits of periods, shortly: "16 A, 10 A, +98"."""
    told = [_period_words(period, unit) for period in periods]
    more = [f"+{len(told) - _SHOWN_PERIODS}"] if len(told) > _SHOWN_PERIODS else []
    return ", ".join([*told[:_SHOWN_PERIODS], *more])


def _period_words(period: Period, unit: str) -> str:
    words = rate_words(period.limit, unit)
    if not period.discharge_limit:
        return words
    return _("%(limit)s (back %(fed)s)") % {
        "limit": words,
        "fed": rate_words(abs(period.discharge_limit), unit),
    }


def profile_words(content: Mapping[str, Any]) -> str:
    """A profile in the arguments of a command, shortly: "One session: 16 A, 10 A"."""
    profile = ChargingProfile.from_json(content)
    limits = period_words(profile.schedule.periods, profile.schedule.unit)
    return f"{purpose_words(profile.purpose)}: {limits}"


@dataclass(frozen=True)
class ProfileView:
    """A profile in the table."""

    row: ProfileRow
    now: datetime

    @cached_property
    def profile(self) -> ChargingProfile:
        return self.row.profile

    @property
    def title(self) -> str:
        return purpose_words(self.row.purpose)

    @property
    def place(self) -> str:
        return place_words(self.row.evse_number)

    @property
    def limits(self) -> str:
        return period_words(self.profile.schedule.periods, self.profile.schedule.unit)

    @property
    def kind(self) -> str:
        """When it returns, or what it counts from; "" for one with a date."""
        if self.profile.recurrence is not None:
            daily = self.profile.recurrence == Recurrence.DAILY
            return _("every day") if daily else _("every week")
        words = {
            ProfileKind.RELATIVE: _("from the start of the session"),
            ProfileKind.DYNAMIC: _("until it is changed"),
        }
        return words.get(self.profile.kind, "")

    @property
    def starts_at(self) -> datetime | None:
        return self.profile.valid_from or self.profile.schedule.start_at

    @property
    def ends_at(self) -> datetime | None:
        return self.profile.ends_at

    @property
    def is_over(self) -> bool:
        return self.row.is_live and self.profile.is_over(self.now)

    @property
    def who(self) -> str:
        """Whose will it is: a person, an API key, this system by rule, or another system."""
        row = self.row
        if row.source == ProfileSource.EXTERNAL:
            return _("by %s") % (row.limit_source or _("another system"))
        if row.source == ProfileSource.REPORTED:
            return _("found at the station")
        author = row.set_by or row.set_by_key
        return _("by %s") % author if author else _("by the system")

    @property
    def is_confirmed(self) -> bool:
        """The station named it by itself, after it had taken it."""
        row = self.row
        if row.status != ProfileStatus.INSTALLED or row.reported_at is None:
            return False
        return row.installed_at is None or row.reported_at >= row.installed_at

    @property
    def state(self) -> str:
        """How sure we are of it, in a word."""
        if self.is_over:
            return _("Over")
        if self.is_confirmed:
            return _("Confirmed")
        words = {
            ProfileStatus.REQUESTED: _("Sent"),
            ProfileStatus.INSTALLED: _("Accepted"),
            ProfileStatus.UNANSWERED: _("Assumed"),
            ProfileStatus.REJECTED: _("Rejected"),
        }
        return words.get(ProfileStatus(self.row.status), self.row.get_status_display())

    @property
    def because(self) -> str:
        """What the word rests on."""
        if self.is_confirmed:
            return _("the station reported it")
        if self.row.sent_epoch == LOST:
            return _("missing in its report, is sent again")
        words = {
            ProfileStatus.REQUESTED: _("no answer yet"),
            ProfileStatus.UNANSWERED: _("it never answered"),
        }
        return words.get(ProfileStatus(self.row.status), "")

    @property
    def state_at(self) -> datetime | None:
        if self.is_confirmed:
            return self.row.reported_at
        return self.row.installed_at or self.row.requested_at

    @property
    def look(self) -> str:
        if self.is_over:
            return "expired"
        looks = {"requested": "pending", "installed": "done", "unanswered": "warning"}
        return looks.get(self.row.status, self.row.status)

    @property
    def can_be_cleared(self) -> bool:
        return self.row.is_live and self.row.source != ProfileSource.EXTERNAL


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit from outside."""

    row: ExternalLimit

    @property
    def place(self) -> str:
        return place_words(self.row.evse_number)

    @property
    def limits(self) -> str:
        schedules = self.row.schedule_values()[:1]
        told = [period_words(schedule.periods, schedule.unit) for schedule in schedules]
        return ", ".join(told) or _("how much was not told")


def needs_facts(row: ChargingNeeds) -> list[dict[str, Any]]:
    """What a vehicle asked for, without what it did not say."""
    facts = [
        (_("Wants"), kwh(row.energy_wh) if row.energy_wh is not None else ""),
        (_("State of charge"), _percent(row.soc_percent)),
        (_("Battery"), kwh(row.capacity_wh) if row.capacity_wh is not None else ""),
        (_("Takes up to"), kw(row.max_power_w) if row.max_power_w is not None else ""),
        (_("Current"), _currents(row)),
        (_("Kind"), row.transfer.replace("_", " ")),
        (_("Control"), row.control_mode),
        (_("Priority"), _("granted") if row.has_priority else ""),
        (_("Means to draw"), _plan(row)),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _percent(value: int | None) -> str:
    return "" if value is None else with_unit(value, "%")


def _currents(row: ChargingNeeds) -> str:
    if row.max_current_a is None:
        return ""
    least = "" if row.min_current_a is None else f"{row.min_current_a}\u2013"
    return f"{least}{row.max_current_a}\u00a0A"


def _plan(row: ChargingNeeds) -> str:
    if not row.ev_schedule:
        return ""
    schedule = row.ev_schedule
    periods = [Period.from_json(period) for period in schedule["periods"]]
    return period_words(periods, schedule["unit"])
