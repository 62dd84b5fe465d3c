"""The form of a tariff group: whom it is for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import DriverGroup, Operator
from accounts.services.audit import Actor
from tariffs.models import Audience, TariffGroup
from tariffs.services.groups import create_group, update_group

AUDIENCES = {
    Audience.EVERYONE: _("Everyone, whoever charges"),
    Audience.REGISTERED: _("Registered drivers, with a card or the app"),
    Audience.AD_HOC: _("Guests, who pay on the spot"),
    Audience.GROUPS: _("Members of certain groups of drivers"),
}


class GroupForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Such as Residents, Fleet or Guests.")
    )
    audience = forms.ChoiceField(
        label=_("Who pays these prices?"),
        choices=list(AUDIENCES.items()),
        widget=forms.RadioSelect,
        initial=Audience.REGISTERED,
    )
    driver_groups: forms.ModelMultipleChoiceField[DriverGroup] = forms.ModelMultipleChoiceField(
        label=_("Groups of drivers"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever is in one of them pays these prices."),
    )

    def __init__(
        self, data: Any = None, *, operator: Operator, group: TariffGroup | None = None
    ) -> None:
        super().__init__(data, initial=_initial(group) if group else {})
        self._operator = operator
        self._group = group
        chosen = cast("forms.ModelMultipleChoiceField[DriverGroup]", self.fields["driver_groups"])
        chosen.queryset = DriverGroup.objects.order_by("name", "id")

    def save(self, *, actor: Actor, now: datetime) -> TariffGroup:
        """Raises UnableToSaveTariffGroup."""
        values = dict(self.cleaned_data)
        if values["audience"] != Audience.GROUPS:
            values["driver_groups"] = []  # they were out of sight
        if self._group is None:
            return create_group(operator=self._operator, actor=actor, now=now, **values)
        return update_group(group=self._group, changes=values, actor=actor, now=now)  # type: ignore[arg-type]


def _initial(group: TariffGroup) -> dict[str, Any]:
    chosen = [one.pk for one in group.driver_groups.all()]
    return {"name": group.name, "audience": group.audience, "driver_groups": chosen}
