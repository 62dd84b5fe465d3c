from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branding.models import Font, Scheme
from branding.theme import (
    FONTS,
    SCHEMES,
    brand_on,
    contrast,
    ink_on_dark,
    ink_on_light,
    mixed,
    theme_of,
)

COLORS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_as_wcag_defines_it(first: str, second: str, ratio: float) -> None:
    assert round(contrast(first, second), 2) == ratio
    assert contrast(first, second) == contrast(second, first)


@pytest.mark.parametrize(
    ("color", "text"),
    [
        ("#0f6b56", "#ffffff"),
        ("#f5b301", "#10151c"),
        ("#ffffff", "#10151c"),
        ("#000000", "#ffffff"),
    ],
)
def test_text_on_the_brand(color: str, text: str) -> None:
    assert brand_on(color) == text


def test_a_strong_colour_is_its_own_ink() -> None:
    assert ink_on_light("#0f6b56") == "#0f6b56"


@given(COLORS)
def test_every_colour_can_be_read(color: str) -> None:
    assert contrast(color, brand_on(color)) >= 4.5
    light, dark = ink_on_light(color), ink_on_dark(color)
    assert contrast(light, "#ffffff") >= 4.8
    assert contrast(light, mixed(color, "#ffffff", 0.12)) >= 4.8
    assert contrast(dark, "#151b23") >= 4.8
    assert contrast(dark, mixed(color, "#151b23", 0.26)) >= 4.5


@given(COLORS)
def test_mixing_with_everything_and_nothing(color: str) -> None:
    assert mixed(color, "#123456", 1) == color
    assert mixed(color, "#123456", 0) == "#123456"


def test_the_css_of_a_brand() -> None:
    theme = theme_of(color="#F5B301", font="Manrope", radius_px=8, scheme="dark")
    assert theme.scheme == "dark"
    assert theme.css.startswith(":root{--brand:#f5b301;--brand-on:#10151c;--brand-ink:#")
    assert '--brand-font:"Manrope";--brand-radius:8px}' in theme.css
    assert theme.css.endswith("}")
    assert "[data-bs-theme=dark]{--brand-ink:#" in theme.css


@given(st.text(), st.text(), st.integers(), st.text())
def test_nothing_else_gets_into_the_css(color: str, font: str, radius_px: int, scheme: str) -> None:
    theme = theme_of(color=color, font=font, radius_px=radius_px, scheme=scheme)
    shape = (
        r":root\{--brand:#[0-9a-f]{6};--brand-on:#[0-9a-f]{6};--brand-ink:#[0-9a-f]{6};"
        r'--brand-font:("[A-Za-z0-9 ]+"|system-ui);--brand-radius:\d{1,2}px\}'
        r"\[data-bs-theme=dark\]\{--brand-ink:#[0-9a-f]{6}\}"
    )
    assert re.fullmatch(shape, theme.css)
    assert theme.scheme in SCHEMES


def test_the_model_offers_what_the_theme_knows() -> None:
    assert tuple(Font.values) == FONTS
    assert tuple(Scheme.values) == SCHEMES
