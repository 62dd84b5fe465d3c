"""What lists show of a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Cdr
from billing.selectors.cdrs import Totals
from common.formats import kwh, money, number
from common.money import major_units


@dataclass(frozen=True, slots=True)
class CdrRow:
    cdr: Cdr

    @property
    def state(self) -> str:
        """Key of `common.states` for the look."""
        if not self.cdr.is_latest:
            return "inactive"
        return "warning" if self.cdr.is_open else "ok"

    @property
    def state_words(self) -> str:
        if not self.cdr.is_latest:
            return _("Replaced")
        if self.cdr.is_open:
            return _("No price") if self.cdr.gross_minor is None else _("Needs review")
        return _("Accepted") if self.cdr.needs_review else _("Ready")

    @property
    def seconds(self) -> float:
        return (self.cdr.ended_at - self.cdr.started_at).total_seconds()


def cdr_rows(cdrs: Iterable[Cdr]) -> list[CdrRow]:
    return [CdrRow(cdr) for cdr in cdrs]


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalView:
    """A key figure: what one currency adds up to."""

    label: str
    value: str
    note: str


def total_views(totals: Totals) -> list[TotalView]:
    views = []
    for row in totals.rows:
        sessions = ngettext("%s session", "%s sessions", row.sessions) % number(row.sessions)
        if not row.currency:
            label, value, note = _("Without a price"), sessions, kwh(row.energy_wh)
        else:
            net, gross = (
                money(major_units(amount or 0, row.currency), row.currency)
                for amount in (row.net_minor, row.gross_minor)
            )
            label, value = _("%s with VAT") % row.currency, gross
            note = _("%(net)s without VAT · %(sessions)s · %(energy)s") % {
                "net": net,
                "sessions": sessions,
                "energy": kwh(row.energy_wh),
            }
        views.append(TotalView(label=label, value=value, note=note))
    return views
