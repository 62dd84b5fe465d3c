"""Form controls that stay fast with thousands of choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(forms.Select):
    """A `<select>` written at once; Django's own renders a template for every option."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 -- the shape of Widget.render
    ) -> SafeString:
        selected = {str(one) for one in self.format_value(value)}
        options = "".join(
            _option("" if key is None else str(key), label, selected) for key, label in self.choices
        )
        final = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(final), mark_safe(options))  # noqa: S308 -- each part is escaped in _option


class PlainSelectMultiple(PlainSelect, forms.SelectMultiple):
    """The same for several choices."""

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "multiple": True}


def _option(key: str, label: Any, selected: set[str]) -> str:
    mark = " selected" if key in selected else ""
    return f'<option value="{conditional_escape(key)}"{mark}>{conditional_escape(label)}</option>'
