"""A record as a receipt: lines, taxes, the course of the session, and what changed when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from billing.domain.lines import stored_lines
from billing.models import Cdr
from billing.views.rows import CdrRow
from common.formats import duration, kwh, money
from common.money import major_units
from tariffs.pricing import Period, RoundedLine, State, Terms
from tariffs.pricing.document import load_terms
from tariffs.pricing.records import load_charging
from tariffs.words import quantity, reason, title

_STATES: dict[State, tuple[str, str]] = {
    State.CHARGING: ("charging", "Charging"),
    State.IDLE: ("idle", "Idle"),
    State.PAUSED: ("offline", "Paused"),
    State.RESERVED: ("reserved", "Reserved"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of the receipt; `amount` is with VAT where the tariff is."""

    title: str
    quantity: str
    reason: str
    vat: str
    net: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxView:
    """What the lines of one rate of VAT add up to."""

    label: str
    net: str
    tax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Everything that is paid; `tax_included`: the prices of the lines are with VAT."""

    lines: list[LineView]
    taxes: list[TaxView]
    net: str
    tax: str
    gross: str
    tax_included: bool


def receipt(cdr: Cdr) -> Receipt | None:
    """None: there is no price."""
    if cdr.gross_minor is None or cdr.terms is None:
        return None
    terms = load_terms(cdr.terms)
    return Receipt(
        lines=[_line(line, terms) for line in stored_lines(cdr.lines)],
        taxes=[
            TaxView(
                label=_vat(tax["vat"]),
                net=_minor(tax["net_minor"], cdr.currency),
                tax=_minor(tax["tax_minor"], cdr.currency),
            )
            for tax in cdr.taxes
        ],
        net=_minor(cdr.net_minor, cdr.currency),
        tax=_minor(cdr.tax_minor, cdr.currency),
        gross=_minor(cdr.gross_minor, cdr.currency),
        tax_included=terms.tax_included,
    )


def _line(rounded: RoundedLine, terms: Terms) -> LineView:
    line = rounded.line
    return LineView(
        title=title(line, terms),
        quantity=quantity(line, terms.currency),
        reason=reason(line, terms),
        vat=_vat(line.vat),
        net=_minor(rounded.net_minor, terms.currency),
        amount=_minor(rounded.amount_minor, terms.currency),
    )


def _vat(rate: Any) -> str:
    return _("no VAT") if rate is None else f"{_plain(rate)}\u00a0%"


def _plain(rate: Any) -> str:
    text = str(rate)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minor(amount: int | None, currency: str) -> str:
    return money(None if amount is None else major_units(amount, currency), currency)


@dataclass(frozen=True, slots=True)
class Course:
    """The periods of a session as one bar, and how long each state lasted."""

    segments: list[dict[str, Any]]
    legend: list[dict[str, str]]


def course(cdr: Cdr) -> Course:
    """Neighbours of one state are drawn as one; a gap stays empty."""
    periods = load_charging(cdr.charging).periods
    segments: list[dict[str, Any]] = []
    before: Period | None = None
    for state, group in groupby(periods, key=lambda period: period.state):
        run = list(group)
        if before is not None and run[0].start > before.end:
            segments.append(_segment("unknown", _("No readings"), run[0].start - before.end))
        look, label = _STATES[state]
        segments.append(_segment(look, _(label), run[-1].end - run[0].start))
        before = run[-1]
    return Course(segments, _legend(periods))


def _segment(look: str, label: str, seconds: int) -> dict[str, Any]:
    return {"state": look, "label": label, "value": seconds}


def _legend(periods: Sequence[Period]) -> list[dict[str, str]]:
    lasted: dict[State, int] = {}
    for period in periods:
        lasted[period.state] = lasted.get(period.state, 0) + period.end - period.start
    return [
        {"state": _STATES[state][0], "label": f"{_(_STATES[state][1])} {duration(seconds)}"}
        for state, seconds in lasted.items()
    ]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One of the records of a session, and what was different in the one before it."""

    row: CdrRow
    gross: str
    differences: list[str]


def version_views(versions: Sequence[Cdr]) -> list[VersionView]:
    """Newest first, as they come."""
    older: list[Cdr | None] = [*versions[1:], None]
    return [
        VersionView(CdrRow(cdr), _minor(cdr.gross_minor, cdr.currency), _differences(before, cdr))
        for cdr, before in zip(versions, older, strict=True)
    ]


def _differences(before: Cdr | None, after: Cdr) -> list[str]:
    if before is None:
        return []
    told = [
        (_("Price"), _amount(before), _amount(after)),
        (_("Energy"), kwh(before.energy_wh, 3), kwh(after.energy_wh, 3)),
        (_("Start"), _moment(before.started_at), _moment(after.started_at)),
        (_("End"), _moment(before.ended_at), _moment(after.ended_at)),
        (_("Tariff"), _tariff(before), _tariff(after)),
        (_("Remarks"), _flags(before.flags), _flags(after.flags)),
    ]
    changed = [f"{label}: {old} → {new}" for label, old, new in told if old != new]
    return changed or [_("The course of the session")]


def _amount(cdr: Cdr) -> str:
    return _minor(cdr.gross_minor, cdr.currency) if cdr.gross_minor is not None else _("none")


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _tariff(cdr: Cdr) -> str:
    version = cdr.tariff_version
    return _("none") if version is None else f"{version.tariff.name} v{version.number}"


def _flags(flags: Iterable[str]) -> str:
    return ", ".join(flags) or _("none")
