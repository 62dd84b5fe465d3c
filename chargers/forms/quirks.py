"""The form of a rule on a make: every field may be left as the standard has it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.domain.quirk_fields import QUIRK_FIELDS, Field, default_of, read_sets
from chargers.domain.quirks import Rule
from chargers.forms.errors import ServiceForm
from chargers.forms.quirk_words import FIELD_WORDS, value_words
from chargers.models import QuirkRule
from chargers.services.quirks import save_quirk_rule
from common.widgets import PlainSelect

PATTERNS = ("vendor", "model", "firmware")


class QuirkRuleForm(ServiceForm):
    vendor = forms.CharField(
        label=_("Vendor"),
        max_length=50,
        required=False,
        help_text=_("As the station says it; * stands for any text. Empty fits every vendor."),
    )
    model = forms.CharField(label=_("Model"), max_length=50, required=False)
    firmware = forms.CharField(label=_("Firmware"), max_length=50, required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("Why: shown wherever the rule takes effect."),
    )

    def __init__(
        self, *args: Any, operator: Operator, rule: QuirkRule | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._operator = operator
        self._rule = rule
        for name, field in QUIRK_FIELDS.items():
            self.fields[name] = _form_field(name, field)

    @property
    def special_fields(self) -> list[forms.BoundField]:
        """What a rule may set, in the order of the domain."""
        return [self[name] for name in QUIRK_FIELDS]

    def sets(self) -> dict[str, Any]:
        """The fields that were filled in; after `is_valid()`."""
        given = {name: self.cleaned_data[name] for name in QUIRK_FIELDS}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def as_rule(self) -> Rule:
        """What would be saved, for a look at whom it concerns; after `is_valid()`."""
        values, _errors = read_sets(self.sets())
        patterns = {name: self.cleaned_data[name].strip() for name in PATTERNS}
        return Rule(**patterns, sets=values, is_own=True)

    def save(self, *, actor: Actor, now: datetime) -> QuirkRule:
        """Raises UnableToSaveQuirkRule."""
        return save_quirk_rule(
            operator=self._operator,
            rule=self._rule,
            **{name: self.cleaned_data[name] for name in (*PATTERNS, "note")},
            sets=self.sets(),
            actor=actor,
            now=now,
        )


def _form_field(name: str, field: Field) -> forms.Field:
    words = FIELD_WORDS[name]
    common: dict[str, Any] = {"label": words.label, "required": False, "help_text": words.help}
    standard = value_words(default_of(name))
    unset = _("as usual (%s)") % standard if standard else _("as usual")
    if field.kind is int:
        hint = forms.NumberInput(attrs={"placeholder": standard})
        return forms.IntegerField(min_value=field.low, max_value=field.high, widget=hint, **common)
    if field.kind is bool:
        choices = [("", unset), ("yes", _("yes")), ("no", _("no"))]
        return forms.TypedChoiceField(
            choices=choices, coerce=_truth, empty_value=None, widget=PlainSelect, **common
        )
    if field.kind is tuple:
        named = [(word, word.replace("_", " ")) for word in field.words]
        return forms.MultipleChoiceField(choices=named, **common)
    if issubclass(field.kind, StrEnum) or field.words:
        words_of = tuple(field.kind) if issubclass(field.kind, StrEnum) else field.words
        choices = [("", unset), *((str(word), value_words(word)) for word in words_of)]
        return forms.ChoiceField(choices=choices, widget=PlainSelect, **common)
    return forms.CharField(max_length=40, **common)


def _truth(word: str) -> bool:
    return word == "yes"


def initial_of(rule: QuirkRule) -> dict[str, Any]:
    """Present values for the form."""
    sets = {
        name: ("yes" if value else "no") if isinstance(value, bool) else value
        for name, value in rule.sets.items()
    }
    return {**{name: getattr(rule, name) for name in (*PATTERNS, "note")}, **sets}
