"""Assigning a tariff to many places at once: found by search, by make, or everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from common.widgets import PlainSelect
from tariffs.forms.cells import (
    DENIED,
    TARIFF,
    TariffChoice,
    checked,
    current_type_field,
    instant_field,
)
from tariffs.models import TariffGroup
from tariffs.selectors.place_search import Make, found_places, makes
from tariffs.services.assignments import Assigned, assign_many

NETWORK, LOCATIONS, STATIONS = "network", "locations", "stations"


class BulkForm(forms.Form):
    level = forms.ChoiceField(
        label=_("These places get it"),
        choices=[
            (NETWORK, _("The whole network, as its base price")),
            (LOCATIONS, _("Locations")),
            (STATIONS, _("Stations")),
        ],
        widget=forms.RadioSelect,
        initial=LOCATIONS,
    )
    q = forms.CharField(
        label=_("With these words"),
        required=False,
        max_length=200,
        help_text=_("In the name, address, city or code. Empty: all of them."),
    )
    make = forms.ChoiceField(label=_("Make"), required=False, widget=PlainSelect)
    groups: forms.ModelMultipleChoiceField[TariffGroup] = forms.ModelMultipleChoiceField(
        label=_("Tariff groups"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    what = forms.ChoiceField(
        label=_("What they pay"),
        choices=[(TARIFF, _("A tariff")), (DENIED, _("They may not charge there"))],
        widget=forms.RadioSelect,
        initial=TARIFF,
    )
    tariff = TariffChoice(label=_("Tariff"), empty_label=_("Choose a tariff"))
    current_type = current_type_field()
    valid_from = instant_field(_("From"), _("Empty: from now on."))
    valid_until = instant_field(_("Until"), _("Empty: for ever."))

    def __init__(
        self, data: QueryDict | None = None, *, operator: Operator, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self._operator = operator
        groups = cast("forms.ModelMultipleChoiceField[TariffGroup]", self.fields["groups"])
        groups.queryset = TariffGroup.objects.all()
        self._makes: dict[str, Make] = {make.key: make for make in makes()}
        make = cast("forms.ChoiceField", self.fields["make"])
        named = [(make.key, f"{make.name} ({make.stations})") for make in self._makes.values()]
        make.choices = [("", _("Every make")), *named]

    def clean(self) -> dict[str, Any]:
        super().clean()
        return checked(self)

    def assign(self, *, dry_run: bool, actor: Actor, now: datetime) -> Assigned:
        """Say what would change, or do it. Raises UnableToAssignTariff."""
        values = self.cleaned_data
        return assign_many(
            operator=self._operator,
            groups=list(values["groups"]),
            places=found_places(
                level=values["level"],
                search=values["q"] if values["level"] != NETWORK else "",
                make=self._makes.get(values["make"]) if values["level"] == STATIONS else None,
            ),
            tariff=values["tariff"] if values["what"] == TARIFF else None,
            current_type=values["current_type"],
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            replace=True,  # the preview has shown what gives way
            dry_run=dry_run,
            actor=actor,
            now=now,
        )

    def chosen(self) -> Sequence[tuple[str, str]]:
        """What was put in, for the form that confirms it."""
        return [
            (name, value)
            for name in self.fields
            for value in cast("QueryDict", self.data).getlist(name)
            if value != ""
        ]
