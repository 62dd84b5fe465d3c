"""From a brand's five inputs to CSS custom properties that are always readable (pure).

Contrast is WCAG 2.2's (success criterion 1.4.3). `--brand` is for fills with `--brand-on` on top;
`--brand-ink` is the brand as text or line, darkened (or lightened) until it can be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cbrt

DEFAULT_COLOR = "#0f6b56"
DEFAULT_FONT = "Inter"
MAX_RADIUS_PX = 24
FONTS = (
    "Inter",
    "Manrope",
    "Figtree",
    "Plus Jakarta Sans",
    "Source Sans 3",
    "Lora",
    "system-ui",
)
SCHEMES = ("auto", "light", "dark")

MIN_TEXT_CONTRAST = 4.5
_INK_CONTRAST = 4.8  # a little more than the rule: tints differ from page to page
_WHITE = "#ffffff"
_NEAR_BLACK = "#10151c"
_BLACK = "#000000"
_CARD_LIGHT, _CARD_DARK = "#ffffff", "#151b23"
_TINT_LIGHT, _TINT_DARK = 0.12, 0.26
_STEPS = 50

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Theme:
    """What a page needs to look like a brand: trusted CSS and the scheme to begin with."""

    css: str
    scheme: str


def theme_of(*, color: str, font: str, radius_px: int, scheme: str) -> Theme:
    """The theme of a brand. What is not valid is replaced by the default, never passed on."""
    color = color.lower() if _HEX.fullmatch(color) else DEFAULT_COLOR
    font = font if font in FONTS else DEFAULT_FONT
    radius = min(max(int(radius_px), 0), MAX_RADIUS_PX)
    family = font if font == "system-ui" else f'"{font}"'
    light = (
        f":root{{--brand:{color};--brand-on:{brand_on(color)};--brand-ink:{ink_on_light(color)};"
        f"--brand-font:{family};--brand-radius:{radius}px}}"
    )
    dark = f"[data-bs-theme=dark]{{--brand-ink:{ink_on_dark(color)}}}"
    return Theme(css=light + dark, scheme=scheme if scheme in SCHEMES else "auto")


def brand_on(color: str) -> str:
    """White if it can be read on the brand colour, else near-black, else black (one always can)."""
    for text in (_WHITE, _NEAR_BLACK):
        if contrast(color, text) >= MIN_TEXT_CONTRAST:
            return text
    return _BLACK


def ink_on_light(color: str) -> str:
    """The brand as text on white and on its own 12 % tint."""
    tint = mixed(color, _CARD_LIGHT, _TINT_LIGHT)
    return _until_readable(color, _BLACK, (_CARD_LIGHT, tint))


def ink_on_dark(color: str) -> str:
    """The brand as text on the dark card and on its own 26 % tint."""
    tint = mixed(color, _CARD_DARK, _TINT_DARK)
    return _until_readable(color, _WHITE, (_CARD_DARK, tint))


def _until_readable(color: str, towards: str, backgrounds: tuple[str, ...]) -> str:
    for step in range(_STEPS):
        ink = mixed(towards, color, step / _STEPS)
        if all(contrast(ink, background) >= _INK_CONTRAST for background in backgrounds):
            return ink
    return towards


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two #rrggbb colours, 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(color: str, with_color: str, share: float) -> str:
    """`share` of `color`, the rest `with_color`, as CSS `color-mix(in oklab, …)` does it."""
    parts = zip(_oklab(_linear(color)), _oklab(_linear(with_color)), strict=True)
    lightness, a, b = (share * one + (1 - share) * other for one, other in parts)
    return _hex(_from_oklab((lightness, a, b)))


def _linear(color: str) -> Rgb:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _decode(red), _decode(green), _decode(blue)


def _decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _hex(linear: Rgb) -> str:
    return "#" + "".join(f"{round(255 * _encode(value)):02x}" for value in linear)


def _encode(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _oklab(rgb: Rgb) -> Rgb:
    """Björn Ottosson's OKLab matrices, as in CSS Color 4 §9."""
    red, green, blue = rgb
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Rgb) -> Rgb:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
