"""What the pages show of a cell of the price list, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from common.formats import number
from tariffs.models import TariffAssignment, TariffVersion
from tariffs.resolution import Place
from tariffs.selectors.matrix import Cell, Entry
from tariffs.selectors.places import PlaceKey, Row
from tariffs.selectors.terms import terms_of
from tariffs.words import headline

# What an inherited price comes from: short in the table, whole for those who hear it.
SOURCES = {
    Place.NETWORK: (lazy("network"), lazy("from the network")),
    Place.LOCATION: (lazy("location"), lazy("from the location")),
    Place.STATION: (lazy("station"), lazy("from the station")),
}
_HERE = ("", "")
_MIDNIGHT = (0, 0)


@dataclass(frozen=True, slots=True)
class LineView:
    """What counts for plugs of one kind.

    Attributes:
        kind: own, inherited, denied or none; `is_own` tells where a denial comes from.
        source, origin: where an inherited one comes from, short and whole.
    """

    current_type: str
    kind: str
    name: str
    price: str
    source: str
    origin: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as the table shows it.

    Attributes:
        notes: (icon, words) of what else is known: later prices, ends, exceptions.
        is_wanted: it pays the tariff that the page looks for.
    """

    cell: Cell
    lines: Sequence[LineView]
    notes: Sequence[tuple[str, str]]
    url: str
    is_wanted: bool

    @property
    def is_special(self) -> bool:
        """Something is set here or further down, so a phone shows it at once."""
        return bool(self.notes) or any(line.is_own for line in self.lines) or self.is_wanted

    @property
    def title(self) -> str:
        """What a screen reader says of the button."""
        said = "; ".join(
            " ".join(
                part for part in (line.current_type, line.name, line.price, line.origin) if part
            )
            for line in self.lines
        )
        where = place_name(self.cell.row)
        return _("%(group)s, %(place)s: %(price)s. Change") % {
            "group": self.cell.group.name,
            "place": where,
            "price": said,
        }


def place_name(row: Row) -> str:
    """Name of a row; the network has none of its own."""
    return row.name or _("The whole network")


def place_param(key: PlaceKey) -> str:
    """A place as an address says it: "network", "location:<id>"."""
    kind = key.level.name.lower()
    return kind if key.id is None else f"{kind}:{key.id}"


def price_of(version: TariffVersion) -> str:
    """The price in a few words."""
    return headline(terms_of(version))


def cell_view(cell: Cell, *, wanted: Any = None) -> CellView:
    """A cell in words.

    Args:
        wanted: key of a tariff that is looked for.
    """
    lines = [_line(entry) for entry in cell.entries]
    tariffs = {entry.assignment.tariff_id for entry in cell.entries if entry.assignment}
    query = urlencode({"group": cell.group.pk, "place": place_param(cell.row.key)})
    return CellView(
        cell=cell,
        lines=lines,
        notes=_notes(cell),
        url=f"{reverse('tariffs:cell')}?{query}",
        is_wanted=wanted is not None and wanted in tariffs,
    )


def _line(entry: Entry) -> LineView:
    assignment = entry.assignment
    inherited = entry.source is not None and not entry.is_own
    source, origin = SOURCES[entry.source.level] if inherited and entry.source else _HERE
    kind, name, price = _said(entry)
    return LineView(
        current_type=entry.current_type,
        kind=kind,
        name=name,
        price=price,
        source=str(source),
        origin=str(origin),
        is_own=entry.is_own and assignment is not None,
    )


def _said(entry: Entry) -> tuple[str, str, str]:
    """Kind, name and price."""
    assignment = entry.assignment
    if assignment is None:
        return "none", _("No price"), ""
    if assignment.tariff is None:
        return "denied", _("No charging"), ""
    price = price_of(entry.version) if entry.version else ""
    return "own" if entry.is_own else "inherited", assignment.tariff.name, price


def _notes(cell: Cell) -> list[tuple[str, str]]:
    notes = [("calendar", _later(each)) for each in cell.scheduled]
    ends = [
        entry.assignment.valid_until
        for entry in cell.entries
        if entry.is_own and entry.assignment and entry.assignment.valid_until
    ]
    notes += [("clock", _("until %s") % instant(end)) for end in ends[:1]]
    notes += [
        ("alert-triangle", _("%s has no price now") % tariff_name(each)) for each in cell.priceless
    ]
    if cell.exceptions:
        text = ngettext("%s exception below", "%s exceptions below", cell.exceptions)
        notes.append(("sitemap", text % number(cell.exceptions)))
    return notes


def _later(assignment: TariffAssignment) -> str:
    begin = assignment.valid_from
    name = tariff_name(assignment)
    kind = f"{assignment.current_type} " if assignment.current_type else ""
    return _("from %(when)s: %(tariff)s") % {
        "when": instant(begin) if begin else "",
        "tariff": f"{kind}{name}",
    }


def tariff_name(assignment: TariffAssignment) -> str:
    """Name of what is assigned."""
    return assignment.tariff.name if assignment.tariff else _("No charging")


def instant(at: datetime) -> str:
    """A day, with the time unless it is midnight, on the clock of the page."""
    local = timezone.localtime(at)
    midnight = (local.hour, local.minute) == _MIDNIGHT
    return date_format(local, "j M Y" if midnight else "j M Y, H:i")
