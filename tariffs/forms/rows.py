"""The fields of a card's rows: a price under conditions, and how they become a Rate and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from tariffs.forms.fields import Clock, Day, DayOfYear, Days, Exact, Period, Scaled, Vat
from tariffs.pricing.cards import Kind
from tariffs.pricing.terms import Restrictions

# The kinds of power that a row may ask for.
POWERS: Final = (
    ("peak_power_w", _("highest power of the session")),
    ("average_power_w", _("average power of the session")),
    ("power_w", _("power at the moment")),
)

MAKERS: Final[Mapping[str, Callable[[], forms.Field]]] = {
    "price": lambda: Exact(_("Price")),
    "days": lambda: Days(_("Days")),
    "start_time": lambda: Clock(_("From")),
    "end_time": lambda: Clock(_("Until")),
    "start_date": lambda: Day(_("First day")),
    "end_date": lambda: Day(_("Last day"), is_last=True),
    "season_start": lambda: DayOfYear(_("Each year from")),
    "season_end": lambda: DayOfYear(_("to, included"), is_last=True),
    "min_kwh": lambda: Scaled(_("From kWh"), factor=1000),
    "max_kwh": lambda: Scaled(_("Up to kWh"), factor=1000),
    "min_minutes": lambda: Scaled(_("From minute"), factor=60),
    "max_minutes": lambda: Scaled(_("Up to minute"), factor=60),
    "min_idle": lambda: Scaled(_("From idle minute"), factor=60),
    "max_idle": lambda: Scaled(_("Up to idle minute"), factor=60),
    "power": lambda: forms.ChoiceField(label=_("Power"), choices=POWERS, required=False),
    "min_power": lambda: Scaled(_("From kW"), factor=1000),
    "max_power": lambda: Scaled(_("Below kW"), factor=1000),
    "min_current": lambda: Scaled(_("From ampere"), factor=1000),
    "max_current": lambda: Scaled(_("Below ampere"), factor=1000),
    "vat": lambda: Vat(_("VAT, %")),
    "step": lambda: Exact(_("Rounded up to")),
    "per": lambda: Period(_("Price per"), inherits=True),
    "market": lambda: forms.ChoiceField(
        label=_("Price is"),
        choices=(("", _("fixed")), ("on", _("a mark-up on the spot price"))),
        required=False,
    ),
}
STEP_UNITS: Final[Mapping[Kind, tuple[Any, int]]] = {
    Kind.ENERGY: (_("kWh"), 1000),
    Kind.TIME: (_("minutes"), 60),
    Kind.IDLE: (_("minutes"), 60),
}

# field of a row -> attribute of Restrictions; power is told apart by its kind.
CONDITIONS: Final[Mapping[str, str]] = {
    "days": "days",
    "start_time": "start_minute",
    "end_time": "end_minute",
    "start_date": "start_date",
    "end_date": "end_date",
    "season_start": "season_start",
    "season_end": "season_end",
    "min_kwh": "min_energy_wh",
    "max_kwh": "max_energy_wh",
    "min_minutes": "min_duration_s",
    "max_minutes": "max_duration_s",
    "min_idle": "min_idle_s",
    "max_idle": "max_idle_s",
    "min_current": "min_current_ma",
    "max_current": "max_current_ma",
}
_TIMED: Final = {Kind.TIME, Kind.IDLE}


def row_fields(kind: Kind) -> dict[str, forms.Field]:
    """Fresh fields of one row of a card."""
    left_out = set()
    if kind is not Kind.ENERGY:
        left_out.add("market")
    if kind not in _TIMED:
        left_out.add("per")
    if kind is Kind.FEE:
        left_out.add("step")
    made = {name: make() for name, make in MAKERS.items() if name not in left_out}
    if kind in STEP_UNITS:
        unit, factor = STEP_UNITS[kind]
        made["step"] = Scaled(_("Rounded up to full %(unit)s") % {"unit": unit}, factor=factor)
    return made


def when_of(values: Mapping[str, Any]) -> Restrictions:
    """The conditions of a row's cleaned values; what is missing is no condition."""
    found = {
        attribute: values[name]
        for name, attribute in CONDITIONS.items()
        if values.get(name) not in (None, frozenset())
    }
    power = values.get("power") or POWERS[0][0]
    for end in ("min", "max"):
        if values.get(f"{end}_power") is not None:
            found[f"{end}_{power}"] = values[f"{end}_power"]
    return Restrictions(**found)


def conditions_of(when: Restrictions) -> dict[str, Any]:
    """The values of a row's fields for conditions. One kind of power has room, of several one."""
    found = {
        name: value
        for name, attribute in CONDITIONS.items()
        if (value := getattr(when, attribute)) not in (None, frozenset())
    }
    for power, _words in POWERS:
        ends = {end: getattr(when, f"{end}_{power}") for end in ("min", "max")}
        if any(value is not None for value in ends.values()):
            found["power"] = power
            found |= {f"{end}_power": value for end, value in ends.items() if value is not None}
            break
    return found


def condition_field(attribute: str) -> str:
    """The field of a row that holds an attribute of Restrictions."""
    for name, held in CONDITIONS.items():
        if held == attribute:
            return name
    end, _under, rest = attribute.partition("_")
    return f"{end}_power" if rest in dict(POWERS) else "price"


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the editor; `row.price` is its bound field."""

    form: forms.Form
    kind: Kind
    key: str

    def __getitem__(self, name: str) -> BoundField:
        try:
            return self.form[f"{self.kind}_{self.key}_{name}"]
        except KeyError:
            raise KeyError(name) from None

    @property
    def seen(self) -> list[BoundField]:
        """The conditions that this kind of price has most often, beside days and time of day."""
        usual = {Kind.ENERGY: "kwh", Kind.IDLE: "idle", Kind.TIME: "power", Kind.FEE: "minutes"}
        names = [f"min_{usual[self.kind]}", f"max_{usual[self.kind]}"]
        return [self[name] for name in (["power", *names] if self.kind is Kind.TIME else names)]

    @property
    def folded(self) -> list[BoundField]:
        """The other conditions and exceptions."""
        shown = {field.name for field in self.seen}
        open_ones = {"price", "days", "start_time", "end_time"}
        return [
            field
            for name, field in self._fields()
            if name not in open_ones and field.name not in shown
        ]

    @property
    def is_unusual(self) -> bool:
        """Something among the folded ones is filled in, or wrong."""
        return any(
            field.errors or field.value() not in (None, "", [])
            for field in self.folded
            if not field.name.endswith("_power")
            or field.name.endswith(("_min_power", "_max_power"))
        )

    def _fields(self) -> Iterator[tuple[str, BoundField]]:
        prefix = f"{self.kind}_{self.key}_"
        for name in self.form.fields:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), self.form[name]
