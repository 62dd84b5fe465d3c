"""Refusals of services as errors of form fields."""

from __future__ import annotations

from django import forms

from chargers.exceptions import UnableTo


class ServiceForm(forms.Form):
    """A form whose values a service may still refuse."""

    def take(self, error: UnableTo) -> None:
        """Show a service's refusal at the fields that it names, else above the form."""
        if not error.errors:
            self.add_error(None, error.message)
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, message)
