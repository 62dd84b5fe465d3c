"""Template tags for icons, small charts, assets and form fields: `{% load ui %}`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import assets, states, svg

register = template.Library()

WIDGET_CLASSES = {"checkbox": "form-check-input", "select": "form-select"}
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@cache
def _icons() -> dict[str, str]:
    text = resources.files("common").joinpath("icons.json").read_text(encoding="utf-8")
    icons: dict[str, str] = json.loads(text)
    return icons


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "", css: str = "") -> SafeString:
    """An inline SVG icon; with `label` it is announced, without it is decoration."""
    try:
        inner = _icons()[name]
    except KeyError:
        raise TemplateSyntaxError(f"no icon named {name!r}; see scripts/icons.txt") from None
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="ic {}" width="{}" height="{}" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        'stroke-linejoin="round" {}>{}</svg>',
        css,
        size,
        size,
        mark_safe(said),  # noqa: S308 - escaped above
        mark_safe(inner),  # noqa: S308 - our own file
    )


@register.simple_tag
def state_icon(state: str, size: int = 18) -> SafeString:
    """The icon that stands for a state's look."""
    return icon(states.ICONS[states.look(state)], size)


@register.inclusion_tag("components/spark.html")
def spark(values: Sequence[float] | None, label: str = "") -> dict[str, object]:
    """Trend line of numbers; draws nothing for fewer than two."""
    return {"spark": svg.sparkline(values or []), "label": label}


@register.inclusion_tag("components/bars.html")
def bars(
    items: Sequence[Mapping[str, Any]], label: str, *, width: int = 680, height: int = 220
) -> dict[str, object]:
    """Column chart. An item has `label`, `value`, and perhaps `text` (shown above), `on`."""
    plot = height - 40
    top = svg.nice_ceiling(max((item["value"] for item in items), default=0))
    columns = svg.bars([item["value"] for item in items], width, plot, top=top)
    drawn = [
        {
            **item,
            "x": round(bar.x, 1),
            "y": round(bar.y + 16, 1),
            "width": round(bar.width, 1),
            "height": round(bar.height, 1),
            "middle": round(bar.x + bar.width / 2, 1),
            "text_y": round(bar.y + 10, 1),
        }
        for item, bar in zip(items, columns, strict=True)
    ]
    lines = [round(16 + plot * part / 4, 1) for part in range(5)]
    return {
        "bars": drawn,
        "lines": lines,
        "label": label,
        "width": width,
        "height": height,
        "label_y": height - 6,
    }


@register.inclusion_tag("components/donut.html")
def donut(
    segments: Sequence[Mapping[str, Any]], label: str, centre: str = "", caption: str = ""
) -> dict[str, object]:
    """Ring of shares. A segment has `label`, `value` and a `state` that picks its colour."""
    arcs = svg.ring([segment["value"] for segment in segments], radius=40, gap=2)
    drawn = [
        {**segment, "look": states.look(segment["state"]), "arc": arc}
        for segment, arc in zip(segments, arcs, strict=False)
    ]
    return {
        "segments": segments,
        "drawn": drawn,
        "label": label,
        "centre": centre,
        "caption": caption,
    }


@register.inclusion_tag("components/stack.html")
def stack(segments: Sequence[Mapping[str, Any]], label: str) -> dict[str, object]:
    """One horizontal bar shared by states; segments as for `donut`."""
    total = sum(segment["value"] for segment in segments)
    shares = [
        {
            **segment,
            "look": states.look(segment["state"]),
            "share": f"{100 * segment['value'] / total:.2f}",
        }
        for segment in segments
        if total and segment["value"]
    ]
    return {"shares": shares, "label": label}


@register.filter
def look(state: str) -> str:
    """CSS class of a state: `{{ connector.status|look }}` -> "s-charging"."""
    return f"s-{states.look(state)}"


@register.filter
def state_words(state: str) -> str:
    """A state as people read it."""
    return states.words(state)


@register.simple_tag
def asset(name: str) -> str:
    """URL of a vendored file by its short name."""
    return static(assets.VENDORED[name])


@register.simple_tag
def importmap() -> SafeString:
    """Import map from bare names to (hashed) static URLs."""
    imports = {name: static(path) for name, path in assets.MODULES.items()}
    text = json.dumps({"imports": imports}, indent=1).translate(JSON_ESCAPES)
    return mark_safe(text)  # noqa: S308 - escaped for a script element


@register.simple_tag
def widget(field: BoundField, **attrs: str | bool) -> SafeString:
    """A form field's control with the CSS class that fits its kind."""
    control = field.field.widget
    if isinstance(control, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget(attrs=attrs)
    css = WIDGET_CLASSES.get(getattr(control, "input_type", ""), "form-control")
    if field.errors:
        css += " is-invalid"
    return field.as_widget(attrs={"class": css, **attrs})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label belongs behind the control."""
    return isinstance(field.field.widget, CheckboxInput)
