"""The dialog of one cell: what a group pays at a place, from when, until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from common.widgets import PlainSelect
from tariffs.models import Tariff, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.places import PlaceKey, Row
from tariffs.services.assignments import Assigned, assign_many
from tariffs.services.clearing import clear_cell
from tariffs.services.places import Places

TARIFF, DENIED, ABOVE = "tariff", "denied", "above"
_WHAT = [
    (TARIFF, _("A tariff")),
    (DENIED, _("No charging for this group")),
    (ABOVE, _("As above: nothing of its own")),
]
_BOTH = "both"
CURRENT_TYPES = {_BOTH: _("AC and DC"), "AC": _("AC only"), "DC": _("DC only")}


def instant_field(label: Any, help_text: Any) -> forms.DateTimeField:
    """An optional instant, typed on the clock of the page."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget, help_text=help_text)


def current_type_field() -> forms.TypedChoiceField:
    """For which plugs; "" is both."""
    return forms.TypedChoiceField(
        label=_("Plugs"),
        choices=list(CURRENT_TYPES.items()),
        coerce=lambda value: "" if value == _BOTH else value,
        empty_value="",
        initial=_BOTH,
        widget=PlainSelect,
    )


def checked(form: forms.Form) -> dict[str, Any]:
    """Cleaned values of a form that assigns: a tariff is needed only where one is meant."""
    values = form.cleaned_data
    if values.get("what") != TARIFF:
        form.errors.pop("tariff", None)
    start, end = values.get("valid_from"), values.get("valid_until")
    if start and end and end <= start:
        form.add_error("valid_until", _("The end must come after the beginning."))
    return values


class TariffChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A tariff of the operator in scope that is not archived."""

    widget = PlainSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=None, error_messages={"required": _("Choose a tariff.")}, **options
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> TariffChoice:
        own: TariffChoice = super().__deepcopy__(memo)
        own.queryset = Tariff.objects.filter(archived_at=None).order_by("name", "id")
        return own


class CellForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What counts here"),
        choices=_WHAT,
        widget=forms.RadioSelect,
        initial=TARIFF,
    )
    tariff = TariffChoice(label=_("Tariff"), empty_label=_("Choose a tariff"))
    current_type = current_type_field()
    valid_from = instant_field(_("From"), _("Empty: from now on."))
    valid_until = instant_field(_("Until"), _("Empty: for ever."))

    def __init__(
        self, data: Any = None, *, row: Row, group: TariffGroup, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        self._row = row
        self._group = group
        if row.key.level is Place.EVSE:  # it has one kind of current, so there is no choice
            del self.fields["current_type"]
        if row.key.level is Place.NETWORK:
            what = cast("forms.ChoiceField", self.fields["what"])
            nothing = (ABOVE, _("Nothing: the next group is asked"))
            what.choices = [*_WHAT[:2], nothing]

    def clean(self) -> dict[str, Any]:
        super().clean()
        return checked(self)

    def save(self, *, operator: Operator, actor: Actor, now: datetime) -> Assigned | int:
        """What was assigned, or how many assignments were ended. Raises UnableToAssignTariff."""
        values = self.cleaned_data
        current_type = values.get("current_type", "")
        if values["what"] == ABOVE:
            return clear_cell(
                group=self._group,
                place=self._row.key,
                current_type=current_type,
                actor=actor,
                now=now,
            )
        return assign_many(
            operator=operator,
            groups=[self._group],
            places=places_of(self._row.key),
            tariff=values["tariff"] if values["what"] == TARIFF else None,
            current_type=current_type,
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            replace=True,  # the dialog has shown what gives way
            actor=actor,
            now=now,
        )


def places_of(key: PlaceKey) -> Places:
    """One place as the service takes it."""
    if key.level is Place.NETWORK:
        return Places(network=True)
    return Places(**{f"{key.level.name.lower()}s": [key.id]})  # type: ignore[arg-type]
