"""The editor of a configuration template, and the form that sends one out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.domain.templates import Comparison
from chargers.exceptions import UnableTo
from chargers.forms.errors import ServiceForm
from chargers.forms.stations import LocationNames
from chargers.models import (
    ConfigurationRollout,
    ConfigurationTemplate,
    Location,
    Protocol,
)
from chargers.ocpp.well_known import BY_ID, Setting
from chargers.services.device_model.settings import ATTRIBUTES
from chargers.services.templates.rollouts import DEFAULT_DAYS, start_rollout
from chargers.services.templates.saving import MOST_ITEMS, save_template
from common.widgets import PlainSelectMultiple

COMPARISONS = {
    Comparison.AUTO: _("as its type says"),
    Comparison.EXACT: _("letter by letter"),
    Comparison.NUMBER: _("as a number"),
    Comparison.LIST: _("as a list in any order"),
    Comparison.TRUTH: _("as true or false"),
    Comparison.NEVER: _("not at all: it can only be written"),
}
_ITEM_FIELDS = ("name", "value", "attribute", "comparison")
# Beyond what a template may hold, so that the service tells and nothing is dropped in silence.
_MOST_ROWS = MOST_ITEMS + 20


@dataclass(slots=True)
class ItemRow:
    """One wanted value in the editor."""

    name: str = ""
    value: str = ""
    attribute: str = "Actual"
    comparison: str = Comparison.AUTO.value
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def setting(self) -> Setting | None:
        return BY_ID.get(self.name)

    @property
    def hint(self) -> str:
        """What may be put in, where that is known."""
        setting = self.setting
        if setting is None:
            return ""
        traits = setting.characteristics
        return traits.range_text or ("true, false" if traits.data_type == "boolean" else "")

    @property
    def is_special(self) -> bool:
        """Compared in another way, or of another attribute than usual."""
        return (self.attribute, self.comparison) != ("Actual", Comparison.AUTO.value)

    @property
    def is_blank(self) -> bool:
        return not self.name.strip() and not self.value.strip()

    @property
    def comparisons(self) -> list[tuple[str, Any, bool]]:
        return [
            (key.value, text, key.value == self.comparison) for key, text in COMPARISONS.items()
        ]

    @property
    def attributes(self) -> list[tuple[str, bool]]:
        return [(name, name == self.attribute) for name in ATTRIBUTES]

    def as_item(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in _ITEM_FIELDS}


class _Places(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Locations of the operator in scope, by "Name, City"."""

    widget = PlainSelectMultiple
    iterator = LocationNames

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, **options)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Places:
        own: _Places = super().__deepcopy__(memo)
        own.queryset = Location.objects.order_by("name", "id")
        return own


class TemplateForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("What it is for.")
    )
    vendor = forms.CharField(
        label=_("Vendor"),
        max_length=50,
        required=False,
        help_text=_("As the station says it; * stands for any text. Empty fits every vendor."),
    )
    model = forms.CharField(label=_("Model"), max_length=50, required=False)
    firmware = forms.CharField(label=_("Firmware"), max_length=50, required=False)
    protocol = forms.ChoiceField(
        label=_("Protocol"),
        required=False,
        choices=[("", _("Every protocol")), *(c for c in Protocol.choices if c[0])],
    )
    locations = _Places(
        label=_("Locations"),
        required=False,
        help_text=_("None chosen: every location."),
        widget=PlainSelectMultiple(attrs={"size": 5}),
    )
    is_enforced = forms.BooleanField(
        label=_("Tell when a station differs"),
        required=False,
        help_text=_("It then stands among the things that need attention."),
    )
    applies_to_new = forms.BooleanField(
        label=_("Apply to new stations"),
        required=False,
        help_text=_("A station that is added from now on gets it when it first connects."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        operator: Operator,
        template: ConfigurationTemplate | None,
        items: Iterable[dict[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self._operator = operator
        self._template = template
        self._items = list(items)

    @cached_property
    def rows(self) -> list[ItemRow]:
        """What was typed, else what there is; blank rows are left out."""
        if self.is_bound:
            return _typed(self.data)
        return [
            ItemRow(each["name"], each["value"], each["attribute"], each["comparison"])
            for each in self._items
        ]

    @property
    def shown_rows(self) -> list[ItemRow]:
        """With room for another one."""
        return [*self.rows, ItemRow()]

    def save(self, *, actor: Actor, now: datetime) -> ConfigurationTemplate:
        """Raises UnableToSaveTemplate."""
        return save_template(
            operator=self._operator,
            template=self._template,
            items=[row.as_item() for row in self.rows],
            actor=actor,
            now=now,
            **self.cleaned_data,
        )

    def take(self, error: UnableTo) -> None:
        """Faults of items stand in their rows."""
        others: dict[str, str] = {}
        for name, message in error.errors.items():
            kind, _dot, rest = name.partition(".")
            if kind == "items" and rest:
                number, _dot, column = rest.partition(".")
                self.rows[int(number)].errors[column] = message
            else:
                others[name] = message
        if others:
            super().take(UnableTo(error.message, errors=others))
        else:
            self.add_error(None, _("Some values cannot be saved like this."))


def _typed(data: Any) -> list[ItemRow]:
    columns: Sequence[list[str]] = [data.getlist(f"item_{name}") for name in _ITEM_FIELDS]
    rows = []
    for number, name in enumerate(columns[0][:_MOST_ROWS]):
        told = [column[number] if number < len(column) else "" for column in columns]
        row = ItemRow(name, told[1], told[2] or "Actual", told[3] or Comparison.AUTO.value)
        if not row.is_blank:
            rows.append(row)
    return rows


class ApplyForm(ServiceForm):
    include_in_step = forms.BooleanField(
        label=_("Also to stations that are in step"),
        required=False,
        help_text=_("For values that can only be written: whether they hold cannot be seen."),
    )
    reset_when_idle = forms.BooleanField(
        label=_("Restart stations that need it, once nobody charges there"),
        required=False,
        help_text=_("Without this you are told which stations must be restarted."),
    )
    days = forms.IntegerField(
        label=_("Wait for stations that are offline, days"),
        min_value=1,
        max_value=90,
        initial=DEFAULT_DAYS,
        help_text=_("A station that has not returned by then is left as it is."),
    )

    def save(
        self,
        *,
        template: ConfigurationTemplate,
        station_ids: Sequence[UUID] | None,
        actor: Actor,
        now: datetime,
    ) -> ConfigurationRollout:
        """Raises UnableToRollOut."""
        return start_rollout(
            template=template,
            station_ids=station_ids,
            actor=actor,
            now=now,
            **self.cleaned_data,
        )
