from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template, TemplateSyntaxError

from common import assets, clock, formats
from common.templatetags.format import pretty_json

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def render(source: str, **context: Any) -> str:
    return Template("{% load ui format %}" + source).render(Context(context))


class StationForm(forms.Form):
    name = forms.CharField(help_text="As drivers see it.")
    kind = forms.ChoiceField(choices=[("ac", "AC")], required=False)
    public = forms.BooleanField(required=False)
    roles = forms.MultipleChoiceField(
        choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, required=False
    )


def test_money_from_decimals_and_from_minor_units() -> None:
    html = render('{{ price|money:"EUR" }} {{ minor|minor_units:"JPY" }}', price=1, minor=1250)
    assert html == "€\u00a01.00 ¥\u00a01,250"


def test_icon_is_decoration_without_a_label() -> None:
    html = render('{% icon "bolt" 18 %}')
    assert html.startswith('<svg class="ic " width="18" height="18"')
    assert 'aria-hidden="true"' in html
    assert "<path d=" in html


def test_icon_escapes_its_label() -> None:
    html = render('{% icon "bolt" label=label %}', label='"><script>')
    assert 'role="img" aria-label="&quot;&gt;&lt;script&gt;"' in html


def test_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon named 'nope'"):
        render('{% icon "nope" %}')


def test_spark_draws_line_and_area() -> None:
    html = render("{% spark values %}", values=[0, 10])
    assert 'd="M0,28 L96,2"' in html
    assert 'aria-hidden="true"' in html


@pytest.mark.parametrize("values", [None, [], [1]])
def test_spark_draws_nothing_without_a_trend(values: list[int] | None) -> None:
    assert render("{% spark values %}", values=values).strip() == ""


def test_bars_name_their_columns_and_mark_one() -> None:
    items = [{"label": "Jan", "value": 50}, {"label": "Feb", "value": 100, "on": True, "text": "1"}]
    html = render('{% bars items "Energy by month" %}', items=items)
    assert html.count("<rect") == 2
    assert html.count("is-on") == 1
    assert 'aria-label="Energy by month"' in html
    assert ">Jan<" in html


def test_donut_pairs_segments_with_their_look() -> None:
    segments = [
        {"label": "Charging", "value": 1, "state": "Charging"},
        {"label": "Gone", "value": 1, "state": "offline"},
    ]
    html = render('{% donut segments "By state" "2" %}', segments=segments)
    assert html.count('class="part s-') == 2
    assert 'class="part s-charging"' in html
    assert ">Gone<" in html


def test_stack_leaves_out_what_is_not_there() -> None:
    segments = [{"value": 3, "state": "available"}, {"value": 0, "state": "faulted"}]
    html = render('{% stack segments "By state" %}', segments=segments)
    assert 'class="s-available" style="width:100.00%"' in html
    assert "s-faulted" not in html


def test_pill_carries_word_and_look() -> None:
    html = render('{% include "components/pill.html" with state="SuspendedEV" %}')
    assert html.strip() == '<span class="pill s-occupied">Suspended EV</span>'


def test_widget_class_follows_the_control() -> None:
    form = StationForm(data={})
    html = render(
        "{% widget form.name %}|{% widget form.kind %}|{% widget form.public %}"
        "|{% widget form.roles %}",
        form=form,
    )
    name, kind, public, roles = html.split("|")
    assert 'class="form-control is-invalid"' in name
    assert 'aria-describedby="id_name_helptext id_name_error"' in name
    assert 'class="form-select"' in kind
    assert 'class="form-check-input"' in public
    assert "class=" not in roles


def test_field_names_itself_in_its_error() -> None:
    html = render('{% include "components/field.html" %}', field=StationForm(data={})["name"])
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert '<span class="visually-hidden">Name: </span>This field is required.' in html


def test_form_errors_link_to_their_fields() -> None:
    html = render('{% include "components/form_errors.html" %}', form=StationForm(data={}))
    assert '<a href="#id_name">Name</a>: This field is required.' in html
    assert 'role="alert"' in html


def test_ago_keeps_the_instant_for_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    html = render("{{ at|ago }}", at=datetime(2026, 3, 1, 11, 55, tzinfo=UTC))
    assert '<time datetime="2026-03-01T11:55:00+00:00"' in html
    assert "data-ago>5\u00a0min ago</time>" in html
    assert render("{{ at|ago }}", at=None) == formats.DASH


def test_quantities() -> None:
    assert render("{{ 18420|kwh }} {{ 7360|kw }} {{ 32|unit:'A' }}") == (
        "18.4\u00a0kWh 7.4\u00a0kW 32\u00a0A"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [({"a": 1}, '{\n  "a": 1\n}'), ("[2]", "[\n  2\n]"), ("[2,", "[2,")],
)
def test_pretty_json(value: object, text: str) -> None:
    assert (
        Template(
            "{% load format %}{% autoescape off %}{{ v|pretty_json }}{% endautoescape %}"
        ).render(Context({"v": value}))
        == text
    )


def test_poison_frames_do_not_break_the_page_that_shows_them() -> None:
    assert pretty_json(r'["\ud800x","\ud83d\ude00"]') == '[\n  "\\ud800x",\n  "\U0001f600"\n]'
    for depth in (200, 900, 1_100, 100_000):
        text = "[" * depth + "]" * depth
        assert pretty_json(text) == text
    assert pretty_json("[[1]]") == "[\n  [\n    1\n  ]\n]"


def test_importmap_is_json_that_cannot_leave_its_script() -> None:
    text = render("{% importmap %}")
    assert set(json.loads(text)["imports"]) == set(assets.MODULES)
    assert "<" not in text


@pytest.mark.parametrize("path", [*assets.VENDORED.values(), *assets.MODULES.values()])
def test_every_asset_exists(path: str) -> None:
    assert finders.find(path) is not None


def test_vendored_files_are_those_that_were_recorded() -> None:
    records = json.loads((ROOT / "static/vendor/VENDOR.json").read_text(encoding="utf-8"))
    changed = [
        name
        for record in records
        for name, digest in record["files"].items()
        if hashlib.sha256((ROOT / name).read_bytes()).hexdigest() != digest
    ]
    assert changed == []


def test_templates_hold_no_inline_handlers_and_no_foreign_addresses() -> None:
    handler = re.compile(r"\son[a-z]+=|javascript:|(?:src|href)=\"(?:https?:)?//")
    bad = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if handler.search(path.read_text(encoding="utf-8"))
    ]
    assert bad == []
