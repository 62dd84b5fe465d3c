"""Helpers between forms and services."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BaseForm

from common.errors import UnableTo


def add_errors(form: BaseForm, error: UnableTo, rename: Mapping[str, str] | None = None) -> None:
    """Show a service's refusal at the fields it names; what has no field stands above the form.

    Args:
        form: a bound form that was valid.
        error: the refusal.
        rename: service's field name -> form's, where they differ.
    """
    names = rename or {}
    for name, message in error.errors.items():
        field = names.get(name, name)
        form.add_error(field if field in form.fields else None, message)
    if not error.errors:
        form.add_error(None, error.message)
